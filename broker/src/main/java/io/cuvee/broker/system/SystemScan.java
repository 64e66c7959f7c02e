package io.cuvee.broker.system;

import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.expression.Filter;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a fragment over rows that the broker itself has, a page at a time.
final class SystemScan implements PageSource {
  private final Iterator<List<@Nullable Object>> rows;
  private final int[] positions;
  private final List<ColumnType> types;
  private final @Nullable Filter filter;
  private final List<Evaluator> projections;
  private final QueryContext context;

  /// @param positions where in a row each column of the fragment is
  SystemScan(
      Iterator<List<@Nullable Object>> rows,
      int[] positions,
      SegmentQuery query,
      QueryContext context) {
    this.rows = rows;
    this.positions = positions;
    this.types = query.columnTypes();
    this.filter = query.filter() == null ? null : Filter.compile(query.filter());
    this.projections =
        switch (query.output()) {
          // The broker sorts and limits again.
          case SegmentQuery.Selection selection ->
              selection.projections().stream().map(Evaluator::compile).toList();
          case SegmentQuery.Aggregation aggregation ->
              throw new IllegalStateException(
                  "An aggregation was pushed into the scan of " + query.table() + ".");
        };
    this.context = context;
  }

  @Override
  public @Nullable Page next() {
    context.check();
    if (!rows.hasNext()) {
      return null;
    }
    List<ValuesBuilder> builders = new ArrayList<>(types.size());
    types.forEach(type -> builders.add(ValuesBuilder.of(type, 64)));
    int count = 0;
    while (count < Page.TARGET_ROWS && rows.hasNext()) {
      List<@Nullable Object> row = rows.next();
      for (int i = 0; i < positions.length; i++) {
        builders.get(i).appendObject(value(row.get(positions[i])));
      }
      count++;
    }
    Page page = new Page(count, builders.stream().map(ValuesBuilder::build).toList());
    Page passed = filter == null ? page : filter.apply(page);
    List<Values> columns = projections.stream().map(column -> column.evaluate(passed)).toList();
    return new Page(passed.rowCount(), columns);
  }

  /// A value in the form of [io.cuvee.common.plan.Expression.Literal].
  private static @Nullable Object value(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case Boolean truth -> truth ? 1L : 0L;
      case Integer number -> (long) number;
      case Instant time -> time.toEpochMilli();
      case List<?> list -> {
        List<Object> elements = new ArrayList<>(list.size());
        for (Object element : list) {
          elements.add(String.valueOf(element).getBytes(StandardCharsets.UTF_8));
        }
        yield elements;
      }
      default -> value;
    };
  }

  @Override
  public void close() {}
}
