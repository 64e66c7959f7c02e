package io.cuvee.engine.plan;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.ReadableSegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Answers queries row at a time, without any of the engine's short-cuts.
final class NaiveQuery {
  private final SegmentQuery query;
  private final List<Page> rows = new ArrayList<>();

  NaiveQuery(SegmentQuery query, List<? extends ReadableSegment> segments) {
    this.query = query;
    for (ReadableSegment segment : segments) {
      read(segment);
    }
  }

  private void read(ReadableSegment segment) {
    int count = segment.docCount();
    List<Values> columns = new ArrayList<>();
    for (int i = 0; i < query.columns().size(); i++) {
      Optional<SegmentColumn> column = segment.column(query.columns().get(i));
      columns.add(
          column.isPresent()
              ? column.get().values(0, count)
              : nulls(query.columnTypes().get(i), count));
    }
    Page page = new Page(count, columns);
    if (segment.liveRows().isPresent()) {
      int[] live = IntStream.range(0, count).filter(segment.liveRows().get()::contains).toArray();
      page = page.select(live, live.length);
      count = live.length;
    }
    if (query.filter() != null && count > 0) {
      LongValues truths = (LongValues) Evaluator.compile(query.filter()).evaluate(page);
      int[] passing = new int[count];
      int found = 0;
      for (int i = 0; i < count; i++) {
        if (!truths.isNull(i) && truths.values()[i] != 0) {
          passing[found++] = i;
        }
      }
      page = page.select(passing, found);
    }
    rows.add(page);
  }

  private static Values nulls(ColumnType type, int count) {
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      builder.appendNull();
    }
    return builder.build();
  }

  /// One list a row, in the order of segments and documents.
  private List<List<Object>> evaluate(List<Expression> expressions) {
    List<List<Object>> result = new ArrayList<>();
    for (Page page : rows) {
      List<Values> computed = new ArrayList<>();
      for (Expression expression : expressions) {
        computed.add(Evaluator.compile(expression).evaluate(page));
      }
      for (int i = 0; i < page.rowCount(); i++) {
        List<Object> row = new ArrayList<>();
        for (Values values : computed) {
          row.add(normal(values.get(i)));
        }
        result.add(row);
      }
    }
    return result;
  }

  /// All rows of a selection, sorted if it has an order, cut if it has a limit and an order.
  List<List<Object>> selection() {
    SegmentQuery.Selection selection = (SegmentQuery.Selection) query.output();
    List<List<Object>> all = evaluate(selection.projections());
    if (!selection.order().isEmpty()) {
      all.sort((a, b) -> compare(a, b, selection.order()));
      if (selection.limit() >= 0) {
        return all.subList(0, (int) Math.min(selection.limit(), all.size()));
      }
    }
    return all;
  }

  static int compare(List<Object> a, List<Object> b, List<SortKey> order) {
    for (SortKey key : order) {
      Object left = a.get(key.column());
      Object right = b.get(key.column());
      int result;
      if (left.equals(NULL) || right.equals(NULL)) {
        result = left.equals(right) ? 0 : left.equals(NULL) == key.nullsFirst() ? -1 : 1;
      } else {
        result = compareValues(left, right);
        result = key.descending() ? -result : result;
      }
      if (result != 0) {
        return result;
      }
    }
    return 0;
  }

  @SuppressWarnings("unchecked")
  private static int compareValues(Object a, Object b) {
    if (a instanceof ByteBuffer bytes) {
      return compareBytes(bytes, (ByteBuffer) b);
    }
    if (a instanceof List<?> list) {
      List<?> other = (List<?>) b;
      for (int i = 0; i < Math.min(list.size(), other.size()); i++) {
        int order = compareValues(list.get(i), other.get(i));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(list.size(), other.size());
    }
    return ((Comparable<Object>) a).compareTo(b);
  }

  private static int compareBytes(ByteBuffer a, ByteBuffer b) {
    for (int i = 0; i < Math.min(a.capacity(), b.capacity()); i++) {
      int order = Integer.compare(a.get(i) & 0xff, b.get(i) & 0xff);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.capacity(), b.capacity());
  }

  /// The final values of each group by its keys.
  Map<List<Object>, List<Object>> groups() {
    SegmentQuery.Aggregation aggregation = (SegmentQuery.Aggregation) query.output();
    List<Expression> inputs = new ArrayList<>(aggregation.groupKeys());
    for (AggregateCall call : aggregation.aggregates()) {
      inputs.add(
          call.arguments().isEmpty()
              ? new Expression.Literal(1L, ColumnType.LONG)
              : call.arguments().getFirst());
      inputs.add(
          call.filter() == null ? new Expression.Literal(1L, ColumnType.BOOLEAN) : call.filter());
    }
    int keyCount = aggregation.groupKeys().size();
    Map<List<Object>, List<List<Object>>> byKey = new LinkedHashMap<>();
    if (keyCount == 0) {
      byKey.put(List.of(), new ArrayList<>());
    }
    for (List<Object> row : evaluate(inputs)) {
      byKey.computeIfAbsent(row.subList(0, keyCount), key -> new ArrayList<>()).add(row);
    }
    Map<List<Object>, List<Object>> result = new LinkedHashMap<>();
    byKey.forEach((key, members) -> {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < aggregation.aggregates().size(); i++) {
        values.add(aggregate(aggregation.aggregates().get(i), members, keyCount + 2 * i));
      }
      result.put(key, values);
    });
    return result;
  }

  private static Object aggregate(AggregateCall call, List<List<Object>> members, int column) {
    List<Object> values = new ArrayList<>();
    for (List<Object> member : members) {
      if (member.get(column + 1).equals(1L) && !member.get(column).equals(NULL)) {
        values.add(member.get(column));
      }
    }
    if (call.distinct()) {
      values = new ArrayList<>(new java.util.LinkedHashSet<>(values));
    }
    if (call.function().equals("COUNT")) {
      return (long) values.size();
    }
    if (values.isEmpty()) {
      return NULL;
    }
    return switch (call.function()) {
      case "MIN" -> values.stream().min(NaiveQuery::compareValues).orElseThrow();
      case "MAX" -> values.stream().max(NaiveQuery::compareValues).orElseThrow();
      case "SUM" -> sum(values);
      case "AVG" ->
          switch (sum(values)) {
            case BigInteger total ->
                new BigDecimal(total)
                    .divide(BigDecimal.valueOf(values.size()), java.math.MathContext.DECIMAL128)
                    .doubleValue();
            case Double total -> total / values.size();
            default -> throw new IllegalArgumentException();
          };
      default -> throw new IllegalArgumentException(call.function());
    };
  }

  private static Object sum(List<Object> values) {
    if (values.getFirst() instanceof Long) {
      BigInteger total = BigInteger.ZERO;
      for (Object value : values) {
        total = total.add(BigInteger.valueOf((Long) value));
      }
      return total;
    }
    if (values.getFirst() instanceof BigDecimal) {
      return normal(
          values.stream().map(BigDecimal.class::cast).reduce(BigDecimal.ZERO, BigDecimal::add));
    }
    if (values.stream().anyMatch(value -> ((Double) value).isNaN())) {
      return Double.NaN;
    }
    BigDecimal total = BigDecimal.ZERO;
    for (Object value : values) {
      total = total.add(new BigDecimal((Double) value));
    }
    return total.doubleValue();
  }

  /// Stands for SQL NULL in rows.
  static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "NULL";
        }
      };

  /// A form in which SQL's equality is `equals`.
  static Object normal(@Nullable Object value) {
    return switch (value) {
      case null -> NULL;
      case Double number -> number == 0 ? (Object) 0.0 : number;
      case BigDecimal number ->
          number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case List<?> list -> list.stream().map(NaiveQuery::normal).toList();
      default -> value;
    };
  }

  static List<List<Object>> rows(Page page) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < page.rowCount(); i++) {
      List<Object> row = new ArrayList<>();
      for (Values column : page.columns()) {
        row.add(normal(column.get(i)));
      }
      rows.add(row);
    }
    return rows;
  }
}
