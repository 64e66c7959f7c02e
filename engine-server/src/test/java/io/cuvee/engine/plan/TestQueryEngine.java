package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.TestTables;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestQueryEngine {
  private static final int ROWS = 70_000;

  @TempDir Path directory;

  private final List<Segment> segments = new ArrayList<>();
  private final AtomicInteger releases = new AtomicInteger();
  private WorkerPool pool;

  @BeforeEach
  void start() {
    pool = new WorkerPool(2, "test");
    for (int i = 0; i < 2; i++) {
      Path target = directory.resolve("s" + i);
      TestTables.build(target, "s" + i, ROWS, (long) i * ROWS);
      segments.add(Segment.open(target, Verify.STRUCTURE));
    }
  }

  @AfterEach
  void stop() {
    pool.close();
    segments.forEach(Segment::close);
  }

  private CollectedAnswer run(SegmentQuery query, List<Segment> over) throws InterruptedException {
    CollectedAnswer answer = new CollectedAnswer();
    new QueryEngine(pool, MemoryBudget.unlimited(), Long.MAX_VALUE)
        .start(
            query,
            over,
            QueryContext.withTimeout("q", Duration.ofSeconds(30)),
            answer,
            releases::incrementAndGet);
    return answer.await();
  }

  @Test
  void withoutSegmentsThereIsOneRowWithoutKeysAndNoneWithKeys() throws InterruptedException {
    assertThat(run(TestTables.count(), List.of()).page(TestTables.count()).column(0).get(0))
        .isEqualTo(0L);
    assertThat(
            run(TestTables.delaysByOrigin(), List.of())
                .page(TestTables.delaysByOrigin())
                .rowCount())
        .isZero();
    assertThat(run(TestTables.allRows(), List.of()).page(TestTables.allRows()).rowCount()).isZero();
    assertThat(releases).hasValue(3);
  }

  @Test
  void aCountIsAnsweredInTheCallingThread() {
    CollectedAnswer answer = new CollectedAnswer();
    pool.close();
    new QueryEngine(pool, MemoryBudget.unlimited(), Long.MAX_VALUE)
        .start(
            TestTables.count(),
            segments,
            QueryContext.withTimeout("q", Duration.ofSeconds(30)),
            answer,
            releases::incrementAndGet);
    assertThat(answer.hasEnded()).isTrue();
    assertThat(answer.page(TestTables.count()).column(0).get(0)).isEqualTo(2L * ROWS);
    assertThat(answer.stats().docsScanned()).isEqualTo(2L * ROWS);
    assertThat(answer.stats().segmentsMatched()).isEqualTo(2);
    assertThat(releases).hasValue(1);
  }

  @Test
  void valuesThatEarlierSegmentsHadAreCountedOnce() throws InterruptedException {
    SegmentQuery query =
        TestTables.aggregation(
            null,
            List.of(),
            new AggregateCall("COUNT", List.of(TestTables.ID), true, null, ColumnType.LONG));
    List<Segment> repeated = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      repeated.add(segments.get(i % 4 / 2));
    }
    Page page = run(query, repeated).page(query);
    assertThat(page.column(0).get(0)).asInstanceOf(LIST).hasSize(2 * ROWS).doesNotHaveDuplicates();
  }

  /// The sums of each segment fit 64 bits, those of all do not.
  @Test
  void sumsOfManySegmentsWithTheSameGroupsAreExact() throws InterruptedException {
    SegmentQuery query =
        TestTables.aggregation(
            null,
            List.of(TestTables.DELAY),
            new AggregateCall("SUM", List.of(TestTables.ID), false, null, ColumnType.LONG),
            new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG));
    long first = Long.MAX_VALUE / 500 * 100;
    TestTables.build(directory.resolve("high"), "high", 4, first);
    try (Segment high = Segment.open(directory.resolve("high"), Verify.STRUCTURE)) {
      int times = 11;
      Page page = run(query, Collections.nCopies(times, high)).page(query);
      assertThat(page.rowCount()).isEqualTo(4);
      for (int i = 0; i < 4; i++) {
        BigInteger sum =
            new BigInteger(Long.toUnsignedString((Long) page.column(1).get(i)))
                .add(BigInteger.valueOf((Long) page.column(2).get(i)).shiftLeft(Long.SIZE));
        long id = first + (Long) page.column(0).get(i) - first % 100;
        assertThat(sum).isEqualTo(BigInteger.valueOf(id).multiply(BigInteger.valueOf(times)));
        assertThat(page.column(3).get(i)).isEqualTo((long) times);
      }
    }
  }

  @Test
  void segmentsWhoseSmallestAndLargestValueExcludeAllRowsArePruned() throws InterruptedException {
    SegmentQuery query =
        TestTables.aggregation(
            Expression.call(
                "LT",
                ColumnType.BOOLEAN,
                TestTables.ID,
                new Expression.Literal(100L, ColumnType.LONG)),
            List.of(),
            new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG));
    CollectedAnswer answer = run(query, segments);
    assertThat(answer.page(query).column(0).get(0)).isEqualTo(100L);
    QueryStats stats = answer.stats();
    assertThat(stats.segmentsPruned()).isEqualTo(1);
    assertThat(stats.segmentsMatched()).isEqualTo(1);
    assertThat(stats.totalDocs()).isEqualTo(2L * ROWS);
    // Zone maps leave one block to look at.
    assertThat(stats.entriesScannedInFilter()).isEqualTo(2048);
  }

  @Test
  void aColumnThatASegmentDoesNotHaveIsNull() throws InterruptedException {
    Expression.Column added = new Expression.Column(1, ColumnType.STRING);
    List<String> columns = List.of("origin", "added");
    List<ColumnType> types = List.of(ColumnType.STRING, ColumnType.STRING);
    AggregateCall all = new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);
    AggregateCall some = new AggregateCall("COUNT", List.of(added), false, null, ColumnType.LONG);
    AggregateCall least = new AggregateCall("MIN", List.of(added), false, null, ColumnType.STRING);
    SegmentQuery query =
        new SegmentQuery(
            "flights",
            columns,
            types,
            Expression.call("IS_NULL", ColumnType.BOOLEAN, added),
            new SegmentQuery.Aggregation(
                List.of(added), List.of(all, some, least), List.of(), SegmentQuery.NO_LIMIT));
    assertThat(NaiveQuery.rows(run(query, segments).page(query)))
        .containsExactly(List.of(NaiveQuery.NULL, 2L * ROWS, 0L, NaiveQuery.NULL));
    SegmentQuery none =
        new SegmentQuery(
            "flights",
            columns,
            types,
            Expression.call("NE", ColumnType.BOOLEAN, added, TestTables.text("x")),
            new SegmentQuery.Selection(List.of(added), List.of(), SegmentQuery.NO_LIMIT));
    assertThat(run(none, segments).page(none).rowCount()).isZero();
    SegmentQuery sorted =
        new SegmentQuery(
            "flights",
            columns,
            types,
            null,
            new SegmentQuery.Selection(
                List.of(added, new Expression.Column(0, ColumnType.STRING)),
                List.of(new SortKey(0, true, true)),
                3));
    assertThat(run(sorted, segments).page(sorted).rowCount()).isEqualTo(3);
  }

  @Test
  void aColumnOfAnotherTypeIsAnErrorThatNamesTheSegment() throws InterruptedException {
    SegmentQuery query =
        new SegmentQuery(
            "flights",
            List.of("origin"),
            List.of(ColumnType.DOUBLE),
            null,
            new SegmentQuery.Selection(
                List.of(new Expression.Column(0, ColumnType.DOUBLE)), List.of(), 10));
    CuveeException failure = run(query, segments).failure();
    assertThat(failure.code()).isEqualTo(ErrorCode.TYPE_MISMATCH);
    assertThat(failure).hasMessageContaining("'origin'").hasMessageContaining("in segment s");
    assertThat(releases).hasValue(1);
  }

  @Test
  void aRowThatFailsIsAnErrorUnlessAnotherConditionExcludesIt() throws InterruptedException {
    Expression quotient =
        Expression.call(
            "DIVIDE",
            ColumnType.INT,
            new Expression.Literal(100L, ColumnType.INT),
            TestTables.DELAY);
    Expression large =
        Expression.call(
            "GT", ColumnType.BOOLEAN, quotient, new Expression.Literal(50L, ColumnType.INT));
    AggregateCall count = new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);
    assertThat(run(TestTables.aggregation(large, List.of(), count), segments).failure().code())
        .isEqualTo(ErrorCode.DIVISION_BY_ZERO);
    Expression guarded =
        Expression.call(
            "AND",
            ColumnType.BOOLEAN,
            Expression.call(
                "NE",
                ColumnType.BOOLEAN,
                TestTables.DELAY,
                new Expression.Literal(0L, ColumnType.INT)),
            large);
    SegmentQuery query = TestTables.aggregation(guarded, List.of(), count);
    assertThat(run(query, segments).page(query).column(0).get(0)).isEqualTo(2L * ROWS / 100);
  }

  @Test
  void aQueryBeyondItsMemoryFailsAndGivesItBack() throws InterruptedException {
    MemoryBudget budget = MemoryBudget.of("all queries", 64 << 20, "server.memory");
    SegmentQuery query =
        TestTables.aggregation(
            null,
            List.of(TestTables.ID),
            new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG));
    CollectedAnswer answer = new CollectedAnswer();
    new QueryEngine(pool, budget, 1 << 20)
        .start(
            query,
            segments,
            QueryContext.withTimeout("q", Duration.ofSeconds(30)),
            answer,
            releases::incrementAndGet);
    assertThat(answer.await().failure().code()).isEqualTo(ErrorCode.MEMORY_LIMIT);
    assertThat(answer.failure()).hasMessageContaining("server.query-memory");
    assertThat(budget.usedBytes()).isZero();
    assertThat(releases).hasValue(1);
  }

  @Test
  void aQueryWhoseTimeIsOverFails() throws InterruptedException {
    CollectedAnswer answer = new CollectedAnswer();
    new QueryEngine(pool, MemoryBudget.unlimited(), Long.MAX_VALUE)
        .start(
            TestTables.delaysByOrigin(),
            segments,
            QueryContext.withTimeout("q", Duration.ZERO),
            answer,
            releases::incrementAndGet);
    assertThat(answer.await().failure().code()).isEqualTo(ErrorCode.QUERY_TIMEOUT);
    assertThat(releases).hasValue(1);
  }

  @Test
  void anUnknownFunctionIsRefusedAtOnce() {
    SegmentQuery query =
        TestTables.aggregation(
            null, List.of(Expression.call("NO_SUCH", ColumnType.LONG, TestTables.ID)));
    assertThatThrownBy(() -> run(query, segments))
        .isInstanceOfSatisfying(
            CuveeException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.FUNCTION_NOT_FOUND));
    assertThat(releases).hasValue(0);
  }

  @Test
  void groupingByAnArrayIsRefused() {
    Expression tags = new Expression.Column(0, ColumnType.arrayOf(DataType.STRING));
    SegmentQuery query =
        new SegmentQuery(
            "flights",
            List.of("tags"),
            List.of(tags.type()),
            null,
            new SegmentQuery.Aggregation(
                List.of(tags), List.of(), List.of(), SegmentQuery.NO_LIMIT));
    assertThatThrownBy(() -> run(query, segments))
        .isInstanceOfSatisfying(
            CuveeException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.FEATURE_NOT_SUPPORTED));
  }
}
