package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestAggregates {
  private static final AggregateCall COUNT =
      new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);

  private static Expression column(int index, ColumnType type) {
    return new Expression.Column(index, type);
  }

  private static AggregateCall sum(int index, @Nullable Expression filter) {
    return new AggregateCall(
        "SUM", List.of(column(index, ColumnType.INT)), false, filter, ColumnType.LONG);
  }

  @Test
  void groupingSetsAgreeWithMaps() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 20; round++) {
      PlanNode.Scan table =
          fixture.table(
              "t",
              fixture.random.nextInt(200),
              0.2,
              ColumnType.INT,
              ColumnType.STRING,
              ColumnType.INT);
      List<List<Integer>> sets = List.of(List.of(0, 1), List.of(1), List.of());
      Expression positive =
          Expression.call(
              "GT",
              ColumnType.BOOLEAN,
              column(2, ColumnType.INT),
              new Expression.Literal(0L, ColumnType.INT));
      AggregateCall grouping =
          new AggregateCall(
              AggregateFunctions.GROUPING,
              List.of(
                  new Expression.Literal(0L, ColumnType.INT),
                  new Expression.Literal(1L, ColumnType.INT)),
              false,
              null,
              ColumnType.LONG);
      PlanNode.Aggregate node =
          new PlanNode.Aggregate(
              table,
              List.of(column(0, ColumnType.INT), column(1, ColumnType.STRING)),
              sets,
              List.of(COUNT, sum(2, positive), grouping));
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (List<Integer> set : sets) {
        Map<List<@Nullable Object>, long[]> groups = new LinkedHashMap<>();
        if (set.isEmpty()) {
          groups.put(Arrays.asList(null, null), new long[3]);
        }
        for (List<@Nullable Object> row : fixture.rows(table)) {
          List<@Nullable Object> key =
              Arrays.asList(
                  set.contains(0) ? row.get(0) : null, set.contains(1) ? row.get(1) : null);
          long[] state = groups.computeIfAbsent(key, _ -> new long[3]);
          state[0]++;
          if (row.get(2) instanceof Long value && value > 0) {
            state[1] += value;
            state[2]++;
          }
        }
        long bits = (set.contains(0) ? 0L : 2L) + (set.contains(1) ? 0L : 1L);
        groups.forEach((key, state) ->
            expected.add(
                OperatorFixture.concat(
                    key, Arrays.asList(state[0], state[2] == 0 ? null : (Object) state[1], bits))));
      }
      assertThat(fixture.run(node))
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void noRowsGiveOneRowWithoutKeysAndNoneWithKeys() {
    OperatorFixture fixture = new OperatorFixture(1);
    PlanNode.Scan table = fixture.table("t", 0, 0, ColumnType.INT);
    assertThat(
            fixture.run(
                new PlanNode.Aggregate(
                    table, List.of(), List.of(List.of()), List.of(COUNT, sum(0, null)))))
        .isEqualTo(List.of(Arrays.asList(0L, null)));
    assertThat(
            fixture.run(
                new PlanNode.Aggregate(
                    table,
                    List.of(column(0, ColumnType.INT)),
                    List.of(List.of(0)),
                    List.of(COUNT))))
        .isEmpty();
  }

  @Test
  void argumentsOfFilteredRowsAreNotComputed() {
    OperatorFixture fixture = new OperatorFixture(1);
    PlanNode.Scan table =
        fixture.table("t", List.of(Page.of(LongValues.of(0, 5, 0, 2))), ColumnType.INT);
    Expression x = column(0, ColumnType.INT);
    Expression quotient =
        Expression.call("DIVIDE", ColumnType.INT, new Expression.Literal(10L, ColumnType.INT), x);
    Expression nonZero =
        Expression.call("NE", ColumnType.BOOLEAN, x, new Expression.Literal(0L, ColumnType.INT));
    AggregateCall call =
        new AggregateCall("SUM", List.of(quotient), false, nonZero, ColumnType.LONG);
    assertThat(
            fixture.run(
                new PlanNode.Aggregate(table, List.of(), List.of(List.of()), List.of(call))))
        .isEqualTo(List.of(List.of(7L)));
  }

  /// A scan that delivers partial states.
  private static PlanNode.Scan partials(
      OperatorFixture fixture, List<Page> pages, List<Expression> keys, List<AggregateCall> calls) {
    fixture.table("states", pages);
    return new PlanNode.Scan(
        new SegmentQuery(
            "states",
            List.of(),
            List.of(),
            null,
            new SegmentQuery.Aggregation(keys, calls, List.of(), SegmentQuery.NO_LIMIT)));
  }

  @Test
  void partialStatesMerge() {
    OperatorFixture fixture = new OperatorFixture(1);
    Expression key = column(0, ColumnType.STRING);
    List<Page> pages =
        List.of(
            Page.of(
                BytesValues.of("a", "b"),
                LongValues.of(1, 2),
                LongValues.of(10, 20),
                LongValues.of(0, 0)),
            Page.of(BytesValues.of("b"), LongValues.of(5), LongValues.of(-21), LongValues.of(-1)));
    PlanNode.Scan scan = partials(fixture, pages, List.of(key), List.of(COUNT, sum(1, null)));
    assertThat(fixture.run(new PlanNode.MergeAggregate(scan, 1, List.of(COUNT, sum(1, null)))))
        .containsExactlyInAnyOrder(List.of("a", 1L, 10L), List.of("b", 7L, -1L));
    PlanNode.Scan counts =
        partials(
            fixture,
            List.of(Page.of(LongValues.of(3)), Page.of(LongValues.of(4))),
            List.of(),
            List.of(COUNT));
    assertThat(fixture.run(new PlanNode.MergeAggregate(counts, 0, List.of(COUNT))))
        .isEqualTo(List.of(List.of(7L)));
    PlanNode.Scan distinct =
        partials(fixture, List.of(Page.of(BytesValues.of("x", "x", "y"))), List.of(key), List.of());
    assertThat(fixture.run(new PlanNode.MergeAggregate(distinct, 1, List.of())))
        .isEqualTo(List.of(List.of("x"), List.of("y")));
  }

  @Test
  void groupsBeyondTheBudgetAreRefusedAndGivenBack() {
    OperatorFixture fixture = new OperatorFixture(1);
    long[] keys = new long[100_000];
    Arrays.setAll(keys, i -> i);
    PlanNode.Scan table =
        fixture.table("t", List.of(Page.of(LongValues.of(keys))), ColumnType.LONG);
    PlanNode node =
        new PlanNode.Aggregate(
            table, List.of(column(0, ColumnType.LONG)), List.of(List.of(0)), List.of(COUNT));
    MemoryBudget memory = MemoryBudget.of("query q", 100_000, "query.memory-limit");
    try (PageSource source =
        fixture.open(node, QueryContext.withTimeout("q", Duration.ofMinutes(1)), memory)) {
      assertThatThrownBy(source::next)
          .isInstanceOfSatisfying(
              CuveeException.class,
              error -> assertThat(error.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
          .hasMessageContaining("query q")
          .hasMessageContaining("query.memory-limit");
    }
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void deadlineAndCancellationEndTheQuery() {
    OperatorFixture fixture = new OperatorFixture(1);
    PlanNode.Scan table = fixture.table("t", 100, 0, ColumnType.LONG);
    PlanNode node =
        new PlanNode.Aggregate(
            table, List.of(column(0, ColumnType.LONG)), List.of(List.of(0)), List.of(COUNT));
    try (PageSource source =
        fixture.open(
            node, QueryContext.withTimeout("q7", Duration.ZERO), MemoryBudget.unlimited())) {
      assertThatThrownBy(source::next)
          .isInstanceOfSatisfying(
              CuveeException.class,
              error -> assertThat(error.code()).isEqualTo(ErrorCode.QUERY_TIMEOUT))
          .hasMessageContaining("q7");
    }
    QueryContext context = QueryContext.withTimeout("q8", Duration.ofMinutes(1));
    try (PageSource source = fixture.open(node, context, MemoryBudget.unlimited())) {
      context.cancel();
      assertThatThrownBy(source::next)
          .isInstanceOfSatisfying(
              CuveeException.class,
              error -> assertThat(error.code()).isEqualTo(ErrorCode.QUERY_CANCELLED));
    }
  }
}
