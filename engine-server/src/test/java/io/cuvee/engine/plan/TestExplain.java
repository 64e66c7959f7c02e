package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What segments say they would do.
class TestExplain {
  private static final AggregateCall COUNT =
      new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);

  @TempDir Path directory;

  @Test
  void eachSegmentSaysHowItFindsRowsAndWhatItMakesOfThem() throws Exception {
    StarTreeConfig tree = new StarTreeConfig(List.of("few", "flag"), List.of(), List.of(), 1);
    try (RandomTable table = RandomTable.large(new Random(11), directory, List.of(tree));
        WorkerPool pool = new WorkerPool(2, "two")) {
      Expression.Column few = table.column("few");
      Expression.Column rawDouble = table.column("rawDouble");
      Expression absent = equal(few, new Expression.Literal(99L, ColumnType.INT));
      Expression large =
          RandomTable.call("GT", rawDouble, new Expression.Literal(1.5, ColumnType.DOUBLE));

      assertThat(explain(table, pool, aggregation(null), true)).containsOnly("Metadata");
      assertThat(explain(table, pool, aggregation(absent), false))
          .containsOnly("Pruned by=MinMax(few)");
      assertThat(explain(table, pool, aggregation(null, few, table.column("flag")), true))
          .containsOnly("Aggregate groups=dense\n  StarTree(few, flag)");
      assertThat(explain(table, pool, aggregation(null, few, table.column("flag")), false))
          .containsOnly("Aggregate groups=dense\n  AllRows");
      assertThat(explain(table, pool, aggregation(large), false))
          .contains("Aggregate groups=one\n  ScanValues(rawDouble) by zones");
      assertThat(explain(table, pool, selection(large, List.of()), true))
          .contains("Select\n  ScanValues(rawDouble) by zones");
      assertThat(explain(table, pool, selection(null, List.of(new SortKey(0, true, true))), true))
          .containsOnly("SelectFirst\n  AllRows");
      Expression interval =
          RandomTable.call(
              "AND",
              RandomTable.call("GE", table.column("many"), text("v5000")),
              RandomTable.call("LE", table.column("many"), text("v5009")));
      assertThat(explain(table, pool, aggregation(interval, few), false))
          .anyMatch(plan -> plan.contains("InvertedIndex(many)"));
      Expression both =
          RandomTable.call(
              "OR",
              large,
              RandomTable.call(
                  "GT",
                  Expression.call("PLUS", ColumnType.LONG, few, table.column("rawInt")),
                  new Expression.Literal(7L, ColumnType.LONG)));
      assertThat(explain(table, pool, aggregation(both), false))
          .anyMatch(
              plan -> plan.contains("\n  Or\n    ") && plan.contains("    Compute(few, rawInt)"));
    }
  }

  private static Expression text(String value) {
    return new Expression.Literal(value.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  private static Expression equal(Expression left, Expression right) {
    return RandomTable.call("EQ", left, right);
  }

  private static SegmentQuery aggregation(@Nullable Expression filter, Expression... keys) {
    return query(
        filter,
        new SegmentQuery.Aggregation(
            List.of(keys), List.of(COUNT), List.of(), SegmentQuery.NO_LIMIT));
  }

  private static SegmentQuery selection(@Nullable Expression filter, List<SortKey> order) {
    return query(
        filter,
        new SegmentQuery.Selection(
            List.of(new Expression.Column(0, RandomTable.COLUMNS.getFirst().type())), order, 10));
  }

  private static SegmentQuery query(@Nullable Expression filter, SegmentQuery.Output output) {
    return new SegmentQuery(
        "t",
        RandomTable.COLUMNS.stream().map(RandomTable.Kind::name).toList(),
        RandomTable.COLUMNS.stream().map(RandomTable.Kind::type).toList(),
        filter,
        output);
  }

  /// The plan of each segment.
  private static List<String> explain(
      RandomTable table, WorkerPool pool, SegmentQuery query, boolean useStarTrees)
      throws InterruptedException {
    CollectedAnswer answer = new CollectedAnswer();
    MemoryBudget budget = MemoryBudget.of("tests", 1L << 30, "nothing");
    new QueryEngine(pool, budget, 1L << 30)
        .explain(
            query,
            table.segments(),
            QueryContext.withTimeout("q", Duration.ofSeconds(60)).withStarTrees(useStarTrees),
            answer,
            () -> {});
    Page page = answer.await().page(query);
    assertThat(budget.usedBytes()).isZero();
    assertThat(page.rowCount()).isEqualTo(table.segments().size());
    BytesValues names = (BytesValues) page.column(0);
    BytesValues plans = (BytesValues) page.column(1);
    for (int i = 0; i < page.rowCount(); i++) {
      assertThat(names.text(i)).isEqualTo("s" + i);
    }
    return java.util.stream.IntStream.range(0, page.rowCount()).mapToObj(plans::text).toList();
  }
}
