package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestSort {
  private static final ColumnType[] TYPES = {
    ColumnType.INT,
    ColumnType.DOUBLE,
    ColumnType.STRING,
    ColumnType.BIG_DECIMAL,
    ColumnType.arrayOf(DataType.INT)
  };

  private static @Nullable Expression literal(long value) {
    return value < 0 ? null : new Expression.Literal(value, ColumnType.LONG);
  }

  @Test
  void ordersLikeAStableSort() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 25; round++) {
      PlanNode.Scan table = fixture.table("t", fixture.random.nextInt(9000), 0.2, TYPES);
      List<SortKey> order = new ArrayList<>();
      Comparator<List<@Nullable Object>> comparator = (_, _) -> 0;
      for (int i = 1 + fixture.random.nextInt(3); i > 0; i--) {
        SortKey key =
            new SortKey(
                fixture.random.nextInt(TYPES.length),
                fixture.random.nextBoolean(),
                fixture.random.nextBoolean());
        order.add(key);
        comparator = comparator.thenComparing((a, b) -> compare(key, a, b));
      }
      int offset = fixture.random.nextInt(3) == 0 ? fixture.random.nextInt(20) : -1;
      int limit = fixture.random.nextBoolean() ? fixture.random.nextInt(30) : -1;
      List<List<@Nullable Object>> expected = new ArrayList<>(fixture.rows(table));
      expected.sort(comparator);
      int from = Math.min(expected.size(), Math.max(0, offset));
      int to = limit < 0 ? expected.size() : Math.min(expected.size(), from + limit);
      PlanNode sort = new PlanNode.Sort(table, order, literal(offset), literal(limit));
      assertThat(fixture.run(sort))
          .as("seed %d, %s offset %d limit %d", seed, order, offset, limit)
          .isEqualTo(expected.subList(from, to));
    }
  }

  private static int compare(SortKey key, List<@Nullable Object> a, List<@Nullable Object> b) {
    Object x = a.get(key.column());
    Object y = b.get(key.column());
    if (x == null || y == null) {
      return x == null && y == null ? 0 : (x == null) == key.nullsFirst() ? -1 : 1;
    }
    return key.descending() ? -compareValues(x, y) : compareValues(x, y);
  }

  private static int compareValues(Object x, Object y) {
    return switch (x) {
      case Long number -> number.compareTo((Long) y);
      case Double number -> number.compareTo((Double) y);
      case BigDecimal number -> number.compareTo((BigDecimal) y);
      case String text -> text.compareTo((String) y);
      case List<?> list -> {
        List<?> other = (List<?>) y;
        for (int i = 0; i < Math.min(list.size(), other.size()); i++) {
          int order = compareValues(list.get(i), other.get(i));
          if (order != 0) {
            yield order;
          }
        }
        yield Integer.compare(list.size(), other.size());
      }
      default -> throw new IllegalStateException(x.toString());
    };
  }

  @Test
  void limitStopsPullingAndClosesItsInput() {
    OperatorFixture fixture = new OperatorFixture(1);
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pages.add(Page.of(LongValues.of(i, i, i)));
    }
    PlanNode limit =
        new PlanNode.Sort(
            fixture.table("t", pages, ColumnType.LONG), List.of(), literal(2), literal(3));
    QueryContext context = QueryContext.withTimeout("q", Duration.ofMinutes(1));
    try (PageSource source = fixture.open(limit, context, MemoryBudget.unlimited())) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      OperatorFixture.append(source.next(), rows);
      OperatorFixture.append(source.next(), rows);
      assertThat(rows).isEqualTo(List.of(List.of(0L), List.of(1L), List.of(1L)));
      assertThat(fixture.openScans).isZero();
      assertThat(source.next()).isNull();
    }
  }

  @Test
  void limitZeroReadsNothing() {
    OperatorFixture fixture = new OperatorFixture(1);
    PlanNode.Scan table = fixture.table("t", 10, 0, ColumnType.LONG);
    assertThat(
            fixture.run(
                new PlanNode.Sort(table, List.of(new SortKey(0, false, false)), null, literal(0))))
        .isEmpty();
  }

  @Test
  void negativeLimitsAreRefusedAndScansClosed() {
    OperatorFixture fixture = new OperatorFixture(1);
    PlanNode.Scan table = fixture.table("t", 10, 0, ColumnType.LONG);
    PlanNode sort =
        new PlanNode.Join(
            table,
            new PlanNode.Sort(table, List.of(), null, new Expression.Literal(-1L, ColumnType.LONG)),
            PlanNode.JoinKind.INNER,
            List.of(),
            List.of(),
            null);
    assertThatThrownBy(() -> fixture.run(sort)).hasMessageContaining("LIMIT");
    assertThat(fixture.openScans).isZero();
  }
}
