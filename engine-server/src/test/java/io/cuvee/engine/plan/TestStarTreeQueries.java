package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.engine.startree.StarTreePlan;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.store.ReadableSegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compares answers from star-trees with a row-at-a-time reference over random rows, trees and
/// queries.
class TestStarTreeQueries {
  private static final long SEED = Long.getLong("cuvee.test.seed", 20_261_122);
  private static final int QUERIES = Integer.getInteger("cuvee.test.queries", 40);
  private static final List<String> DIMENSIONS =
      List.of(
          "few",
          "fewNull",
          "numbersNull",
          "dictDouble",
          "dictFloat",
          "time",
          "day",
          "flag",
          "price",
          "bytes",
          "nothing");
  private static final List<String> METRICS =
      List.of("rawLong", "rawInt", "rawDouble", "price", "huge", "dictFloat", "numbersNull");

  @TempDir Path directory;

  @RepeatedTest(4)
  void answersAreThoseOfTheRows(RepetitionInfo repetition) throws Exception {
    long seed = SEED + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    MemoryBudget budget = MemoryBudget.of("tests", 1L << 30, "nothing");
    List<StarTreeConfig> trees = List.of(tree(random), tree(random), tree(random));
    int used = 0;
    try (RandomTable table = new RandomTable(random, directory, trees);
        WorkerPool one = new WorkerPool(1, "one");
        WorkerPool three = new WorkerPool(3, "three")) {
      assertThat(table.segments()).allMatch(segment -> segment.starTrees().size() == 3);
      for (int i = 0; i < QUERIES; i++) {
        table.drawFrom(trees.get(random.nextInt(trees.size())).dimensions());
        SegmentQuery query = query(random, table);
        String what = "seed " + seed + ", query " + i + ": " + query;
        used += isAnsweredByTree(query, table.segments().getFirst()) ? 1 : 0;
        TestRandomQueries.check(query, table, one, budget, what + ", 1 thread");
        TestRandomQueries.check(query, table, three, budget, what + ", 3 threads");
        assertThat(budget.usedBytes()).as(what).isZero();
      }
    }
    assertThat(used)
        .as("queries that a star-tree answers, seed " + seed)
        .isGreaterThan(QUERIES / 5);
  }

  private static boolean isAnsweredByTree(SegmentQuery query, ReadableSegment segment) {
    return StarTreePlan.of(query).flatMap(plan -> plan.prepare(0, segment)).isPresent();
  }

  private static StarTreeConfig tree(Random random) {
    List<String> dimensions = new ArrayList<>(DIMENSIONS);
    Collections.shuffle(dimensions, random);
    List<String> chosen = dimensions.subList(0, 2 + random.nextInt(3));
    List<String> skipped = chosen.stream().filter(name -> random.nextInt(4) == 0).toList();
    List<StarTreeConfig.Metric> metrics = new ArrayList<>();
    for (String metric : METRICS) {
      metrics.add(new StarTreeConfig.Metric("AVG", metric));
      metrics.add(new StarTreeConfig.Metric("MINMAXRANGE", metric));
    }
    metrics.add(new StarTreeConfig.Metric("SUM", "numbersNull * rawInt"));
    metrics.add(new StarTreeConfig.Metric("MAX", "rawText"));
    int leaf = List.of(1, 7, 100, 10_000).get(random.nextInt(4));
    return new StarTreeConfig(chosen, skipped, metrics, leaf);
  }

  private static SegmentQuery query(Random random, RandomTable table) {
    Expression filter = random.nextInt(5) == 0 ? null : table.condition(random.nextInt(3));
    List<Expression> keys = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      keys.add(table.randomScalar());
    }
    List<AggregateCall> calls = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      calls.add(call(random, table));
    }
    return query(filter, keys, calls);
  }

  private static SegmentQuery query(
      @Nullable Expression filter, List<Expression> keys, List<AggregateCall> calls) {
    return new SegmentQuery(
        "t",
        RandomTable.COLUMNS.stream().map(RandomTable.Kind::name).toList(),
        RandomTable.COLUMNS.stream().map(RandomTable.Kind::type).toList(),
        filter,
        new SegmentQuery.Aggregation(keys, calls, List.of(), SegmentQuery.NO_LIMIT));
  }

  private static AggregateCall call(Random random, RandomTable table) {
    Expression filter = random.nextInt(4) == 0 ? table.condition(1) : null;
    Expression.Column metric = table.column(METRICS.get(random.nextInt(METRICS.size())));
    boolean exact =
        switch (metric.type().dataType()) {
          case INT, LONG -> true;
          default -> false;
        };
    ColumnType sum =
        exact || metric.type().equals(ColumnType.BIG_DECIMAL)
            ? ColumnType.BIG_DECIMAL
            : ColumnType.DOUBLE;
    return switch (random.nextInt(8)) {
      case 0 -> new AggregateCall("COUNT", List.of(), false, filter, ColumnType.LONG);
      case 1 -> new AggregateCall("COUNT", List.of(metric), false, filter, ColumnType.LONG);
      case 2 ->
          new AggregateCall("COUNT", List.of(table.randomScalar()), true, filter, ColumnType.LONG);
      case 3 -> new AggregateCall("MIN", List.of(metric), false, filter, metric.type());
      case 4 -> new AggregateCall("MAX", List.of(metric), false, filter, metric.type());
      case 5 -> new AggregateCall("SUM", List.of(metric), false, filter, sum);
      case 6 ->
          new AggregateCall(
              "SUM",
              List.of(
                  Expression.call(
                      "TIMES",
                      ColumnType.LONG,
                      Expression.call("CAST", ColumnType.LONG, table.column("rawInt")),
                      table.column("numbersNull"))),
              false,
              filter,
              ColumnType.BIG_DECIMAL);
      default ->
          exact || metric.type().equals(ColumnType.DOUBLE)
              ? new AggregateCall("AVG", List.of(metric), false, filter, ColumnType.DOUBLE)
              : new AggregateCall(
                  "MAX", List.of(table.column("rawText")), false, filter, ColumnType.STRING);
    };
  }

  @Test
  void theyAreUsedUnlessTheQuerySaysNo() throws Exception {
    Random random = new Random(SEED);
    StarTreeConfig config =
        new StarTreeConfig(
            List.of("few", "fewNull"),
            List.of(),
            List.of(new StarTreeConfig.Metric("SUM", "rawInt")),
            1);
    try (RandomTable table = new RandomTable(random, directory, List.of(config));
        WorkerPool pool = new WorkerPool(1, "one")) {
      SegmentQuery query =
          query(
              null,
              List.of(table.column("few")),
              List.of(
                  new AggregateCall(
                      "SUM", List.of(table.column("rawInt")), false, null, ColumnType.LONG)));
      long rows = table.segments().stream().mapToLong(ReadableSegment::docCount).sum();
      QueryContext context = QueryContext.withTimeout("q", Duration.ofSeconds(60));
      CollectedAnswer with = run(query, table, pool, context);
      CollectedAnswer without = run(query, table, pool, context.withStarTrees(false));
      assertThat(without.stats().docsScanned()).isEqualTo(rows);
      assertThat(without.stats().starTreeSegments()).isZero();
      assertThat(with.stats().docsScanned()).isLessThanOrEqualTo(5L * table.segments().size());
      assertThat(with.stats().starTreeSegments()).isEqualTo(table.segments().size());
      assertThat(with.stats().totalDocs()).isEqualTo(rows);
      assertThat(NaiveQuery.rows(with.page(query)))
          .containsExactlyInAnyOrderElementsOf(NaiveQuery.rows(without.page(query)));
    }
  }

  private static AggregateCall sketch(
      String function, Expression argument, ColumnType type, Object... constants) {
    List<Expression> arguments = new ArrayList<>(List.of(argument));
    for (Object constant : constants) {
      arguments.add(
          new Expression.Literal(
              constant, constant instanceof Long ? ColumnType.LONG : ColumnType.DOUBLE));
    }
    return new AggregateCall(function, arguments, false, null, type);
  }

  private static AggregateCall distinct(String function, Expression argument, ColumnType type) {
    return new AggregateCall(function, List.of(argument), true, null, type);
  }

  private static AggregateCall plain(String function, Expression argument, ColumnType type) {
    return new AggregateCall(function, List.of(argument), false, null, type);
  }

  /// Of HLL and theta the estimates are equal, of variances all but the last digits, of KLL the
  /// ranks are within the error.
  @RepeatedTest(2)
  void sketchesAndSetsOfValuesAnswerAsTheRowsDo(RepetitionInfo repetition) throws Exception {
    long seed = SEED + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    List<StarTreeConfig.Metric> metrics = new ArrayList<>();
    List<String> columns = new ArrayList<>(METRICS);
    columns.add("rawText");
    for (String column : columns) {
      metrics.add(new StarTreeConfig.Metric("DISTINCTCOUNT", column));
      metrics.add(new StarTreeConfig.Metric("DISTINCTCOUNTHLL", column, 6));
      metrics.add(new StarTreeConfig.Metric("DISTINCTCOUNTTHETASKETCH", column, 64));
      metrics.add(new StarTreeConfig.Metric("MAX", column));
      if (!column.equals("rawText")) {
        metrics.add(new StarTreeConfig.Metric("PERCENTILEKLL", column, 100));
        metrics.add(new StarTreeConfig.Metric("MINMAXRANGE", column));
        metrics.add(new StarTreeConfig.Metric("VARIANCE", column));
      }
    }
    StarTreeConfig config =
        new StarTreeConfig(List.of("few", "fewNull", "flag"), List.of(), metrics, 1);
    int used = 0;
    try (RandomTable table = new RandomTable(random, directory, List.of(config));
        WorkerPool pool = new WorkerPool(2, "two")) {
      QueryContext context = QueryContext.withTimeout("q", Duration.ofSeconds(60));
      table.drawFrom(config.dimensions());
      for (int i = 0; i < QUERIES / 2; i++) {
        Expression.Column argument = table.column(columns.get(random.nextInt(columns.size())));
        List<AggregateCall> calls = new ArrayList<>();
        calls.add(distinct("COUNT", argument, ColumnType.LONG));
        calls.add(sketch("APPROX_COUNT_DISTINCT", argument, ColumnType.LONG, 6L));
        calls.add(sketch("DISTINCTCOUNTTHETASKETCH", argument, ColumnType.LONG, 64L));
        calls.add(plain("MAX", argument, argument.type()));
        boolean finite = argument.type().dataType().isNumeric();
        if (finite) {
          calls.add(plain("MINMAXRANGE", argument, ColumnType.DOUBLE));
          calls.add(plain("STDDEV_SAMP", argument, ColumnType.DOUBLE));
        }
        List<Expression> keys = new ArrayList<>();
        for (int k = random.nextInt(3); k > 0; k--) {
          keys.add(table.randomScalar());
        }
        Expression filter = random.nextInt(3) == 0 ? null : table.condition(1);
        SegmentQuery query = query(filter, keys, calls);
        used += isAnsweredByTree(query, table.segments().getFirst()) ? 1 : 0;
        String what = "seed " + seed + ", query " + i + ": " + query;
        TestRandomQueries.checkSame(
            query,
            run(query, table, pool, context.withStarTrees(false)).page(query),
            run(query, table, pool, context).page(query),
            what);
      }
    }
    assertThat(used)
        .as("queries that a star-tree answers, seed " + seed)
        .isGreaterThan(QUERIES / 10);
  }

  @Test
  void quantilesAreWithinTheErrorOfTheirSketch() throws Exception {
    Random random = new Random(SEED);
    StarTreeConfig config =
        new StarTreeConfig(
            List.of("few"),
            List.of(),
            List.of(new StarTreeConfig.Metric("PERCENTILEKLL", "rawLong")),
            1);
    try (RandomTable table = new RandomTable(random, directory, List.of(config));
        WorkerPool pool = new WorkerPool(1, "one")) {
      Expression.Column argument = table.column("rawLong");
      QueryContext context = QueryContext.withTimeout("q", Duration.ofSeconds(60));
      for (double fraction : new double[] {0, 0.25, 0.5, 0.99, 1}) {
        AggregateCall quantile =
            sketch("APPROX_PERCENTILE", argument, ColumnType.DOUBLE, fraction, 200L);
        SegmentQuery query = query(null, List.of(), List.of(quantile));
        CollectedAnswer answer = run(query, table, pool, context);
        assertThat(answer.stats().starTreeSegments()).isEqualTo(table.segments().size());
        double found =
            (Double) Objects.requireNonNull(TestRandomQueries.result(query, answer.page(query)));
        List<Long> values = new ArrayList<>();
        for (ReadableSegment segment : table.segments()) {
          Values read = segment.column("rawLong").orElseThrow().values(0, segment.docCount());
          for (int i = 0; i < read.count(); i++) {
            if (!read.isNull(i)) {
              values.add((Long) Objects.requireNonNull(read.get(i)));
            }
          }
        }
        double below = values.stream().filter(value -> value <= found).count();
        assertThat(below / values.size()).isBetween(fraction - 0.03, fraction + 0.03);
      }
    }
  }

  private static CollectedAnswer run(
      SegmentQuery query, RandomTable table, WorkerPool pool, QueryContext context)
      throws InterruptedException {
    CollectedAnswer answer = new CollectedAnswer();
    new QueryEngine(pool, MemoryBudget.unlimited(), 1L << 30)
        .start(query, table.segments(), context, answer, () -> {});
    return answer.await();
  }
}
