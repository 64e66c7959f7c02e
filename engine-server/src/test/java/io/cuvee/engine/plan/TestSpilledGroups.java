package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.TestTables;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Groups that do not fit in memory: the answers are those of enough memory.
class TestSpilledGroups {
  private static final int ROWS = 150_000;
  private static final AggregateCall COUNT =
      new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);

  @TempDir Path directory;

  private SpillDirectory spill(long limit) {
    return SpillDirectory.open(
        new SpillConfig(
            "server", directory.resolve("spill"), new DataSize(limit), new DataSize(limit)));
  }

  @Test
  void answersOfAnyQueryAreThoseOfTheReference() throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    try (SpillDirectory spill = spill(1L << 30);
        RandomTable table = new RandomTable(random, directory.resolve("table"));
        WorkerPool three = new WorkerPool(3, "three")) {
      MemoryBudget budget = MemoryBudget.of("tests", 1L << 30, "nothing").alwaysSpillingTo(spill);
      int queries = Integer.getInteger("cuvee.test.queries", 80);
      for (int i = 0; i < queries; i++) {
        SegmentQuery query = TestRandomQueries.query(random, table);
        String what = "seed " + seed + ", query " + i + ": " + query;
        TestRandomQueries.check(query, table, three, budget, what);
        assertThat(budget.usedBytes()).as(what).isZero();
        assertThat(spill.usedBytes()).as(what).isZero();
      }
      assertThat(spill.writtenBytes()).isPositive();
    }
    assertNoFiles();
  }

  private void assertNoFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("spill"))) {
      assertThat(files).isEmpty();
    }
  }

  private List<Segment> segments() {
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path target = directory.resolve("s" + i);
      // Every second segment has half of its ids in common with the one before.
      TestTables.build(target, "s" + i, ROWS, (long) i * ROWS / 2);
      segments.add(Segment.open(target, Verify.STRUCTURE));
    }
    return segments;
  }

  private static CollectedAnswer run(
      SegmentQuery query,
      List<Segment> segments,
      MemoryBudget budget,
      long queryBytes,
      CollectedAnswer answer)
      throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(2, "test")) {
      new QueryEngine(pool, budget, queryBytes)
          .start(
              query,
              segments,
              QueryContext.withTimeout("q", Duration.ofSeconds(60)),
              answer,
              () -> {});
      return answer.await();
    }
  }

  /// The results of each group, after the states were merged as a broker does.
  private static Map<Object, List<Object>> results(
      Page page, List<AggregateCall> calls, List<Integer> widths) {
    int[] groups = new int[page.rowCount()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = i;
    }
    List<Values> columns = new ArrayList<>();
    int at = 1;
    for (int c = 0; c < calls.size(); c++) {
      Accumulator accumulator = Accumulators.create(calls.get(c), MemoryBudget.unlimited());
      accumulator.ensureGroups(groups.length);
      accumulator.merge(groups, groups.length, page.columns().subList(at, at + widths.get(c)));
      columns.add(accumulator.results(groups.length));
      at += widths.get(c);
    }
    Map<Object, List<Object>> found = new HashMap<>();
    for (int i = 0; i < groups.length; i++) {
      List<Object> row = new ArrayList<>();
      for (Values column : columns) {
        row.add(String.valueOf(column.get(i)));
      }
      assertThat(found.put(page.column(0).get(i), row)).as("a group twice").isNull();
    }
    return found;
  }

  @Test
  void moreGroupsThanFitAreExactInAFewMegabytes() throws Exception {
    List<AggregateCall> calls =
        List.of(
            COUNT,
            new AggregateCall("SUM", List.of(TestTables.DELAY), false, null, ColumnType.LONG),
            new AggregateCall("COUNT", List.of(TestTables.ORIGIN), true, null, ColumnType.LONG),
            new AggregateCall("AVG", List.of(TestTables.DELAY), false, null, ColumnType.DOUBLE));
    SegmentQuery query =
        TestTables.aggregation(null, List.of(TestTables.ID), calls.toArray(new AggregateCall[0]));
    List<Integer> widths = List.of(1, 2, 1, 3);
    List<Segment> segments = segments();
    try (SpillDirectory spill = spill(1L << 30)) {
      CollectedAnswer free =
          run(query, segments, MemoryBudget.unlimited(), 1L << 40, new CollectedAnswer());
      Map<Object, List<Object>> expected = results(free.page(query), calls, widths);
      MemoryBudget budget = MemoryBudget.of("tests", 16 << 20, "server.memory").spillingTo(spill);
      CollectedAnswer tight = run(query, segments, budget, 8 << 20, new CollectedAnswer());
      assertThat(results(tight.page(query), calls, widths)).isEqualTo(expected);
      assertThat(expected).hasSize(2 * ROWS);
      assertThat(tight.stats().spilledBytes()).isPositive();
      assertThat(tight.stats().spillFiles()).isPositive();
      assertThat(free.stats().spilledBytes()).isZero();
      assertThat(budget.peakBytes()).isLessThanOrEqualTo(8 << 20);
      assertThat(budget.usedBytes()).isZero();
      assertThat(spill.usedBytes()).isZero();
    } finally {
      segments.forEach(Segment::close);
    }
    assertNoFiles();
  }

  @Test
  void theFirstGroupsOfAnOrderAreTheRightOnes() throws Exception {
    SegmentQuery query =
        new SegmentQuery(
            "flights",
            TestTables.COLUMNS,
            TestTables.TYPES,
            null,
            new SegmentQuery.Aggregation(
                List.of(TestTables.ID), List.of(COUNT), List.of(new SortKey(0, true, false)), 100));
    List<Segment> segments = segments();
    try (SpillDirectory spill = spill(1L << 30)) {
      MemoryBudget budget = MemoryBudget.of("tests", 8 << 20, "server.memory").spillingTo(spill);
      CollectedAnswer answer = run(query, segments, budget, 4 << 20, new CollectedAnswer());
      Page page = answer.page(query);
      assertThat(answer.stats().spilledBytes()).isPositive();
      assertThat(page.rowCount()).isEqualTo(100);
      for (int i = 0; i < 100; i++) {
        assertThat(page.column(0).get(i)).isEqualTo(2L * ROWS - 1 - i);
      }
    } finally {
      segments.forEach(Segment::close);
    }
  }

  @Test
  void aCancelledQueryLeavesNoFile() throws Exception {
    SegmentQuery query = TestTables.aggregation(null, List.of(TestTables.ID), COUNT);
    List<Segment> segments = segments();
    try (SpillDirectory spill = spill(1L << 30);
        WorkerPool pool = new WorkerPool(2, "test")) {
      MemoryBudget budget = MemoryBudget.of("tests", 8 << 20, "server.memory").spillingTo(spill);
      CollectedAnswer answer = new CollectedAnswer();
      ResultSink slow = new UntilSpilled(answer, spill);
      QueryTask task =
          new QueryEngine(pool, budget, 2 << 20)
              .start(
                  query,
                  segments,
                  QueryContext.withTimeout("q", Duration.ofSeconds(60)),
                  slow,
                  () -> {});
      while (spill.usedBytes() == 0 && !answer.hasEnded()) {
        Thread.onSpinWait();
      }
      task.cancel();
      assertThat(answer.await().failure().code()).isEqualTo(ErrorCode.QUERY_CANCELLED);
      assertThat(spill.usedBytes()).isZero();
      assertThat(budget.usedBytes()).isZero();
    } finally {
      segments.forEach(Segment::close);
    }
    assertNoFiles();
  }

  /// Takes nothing any more once something is on disk.
  private record UntilSpilled(ResultSink sink, SpillDirectory spill) implements ResultSink {
    @Override
    public boolean isReady() {
      return spill.usedBytes() == 0;
    }

    @Override
    public void page(Page page) {
      sink.page(page);
    }

    @Override
    public void end(io.cuvee.common.wire.QueryStats stats) {
      sink.end(stats);
    }

    @Override
    public void fail(io.cuvee.common.error.CuveeException failure) {
      sink.fail(failure);
    }
  }

  @Test
  void aFullDiskIsAnErrorThatNamesTheSetting() throws Exception {
    SegmentQuery query = TestTables.aggregation(null, List.of(TestTables.ID), COUNT);
    List<Segment> segments = segments();
    try (SpillDirectory spill = spill(100_000)) {
      MemoryBudget budget = MemoryBudget.of("tests", 8 << 20, "server.memory").spillingTo(spill);
      CollectedAnswer answer = run(query, segments, budget, 2 << 20, new CollectedAnswer());
      assertThat(answer.failure().code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
      assertThat(answer.failure())
          .hasMessageContaining("server.query-spill")
          .hasMessageContaining(directory.toString());
      assertThat(spill.usedBytes()).isZero();
      assertThat(budget.usedBytes()).isZero();
    } finally {
      segments.forEach(Segment::close);
    }
    assertNoFiles();
  }

  @Test
  void groupsByComputedKeysFitToo() throws Exception {
    Expression key =
        Expression.call(
            "PLUS", ColumnType.LONG, TestTables.ID, new Expression.Literal(1L, ColumnType.LONG));
    SegmentQuery query = TestTables.aggregation(null, List.of(key), COUNT);
    List<Segment> segments = segments();
    try (SpillDirectory spill = spill(1L << 30)) {
      MemoryBudget budget = MemoryBudget.of("tests", 8 << 20, "server.memory").spillingTo(spill);
      CollectedAnswer answer = run(query, segments, budget, 4 << 20, new CollectedAnswer());
      assertThat(answer.page(query).rowCount()).isEqualTo(2 * ROWS);
      assertThat(answer.stats().spilledBytes()).isPositive();
    } finally {
      segments.forEach(Segment::close);
    }
  }
}
