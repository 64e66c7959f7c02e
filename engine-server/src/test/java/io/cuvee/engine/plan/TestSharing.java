package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.TestTables;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How queries share threads, mostly a pool of one, counted in the rows that a long one has
/// delivered.
class TestSharing {
  private static final int MORSELS = 16;

  /// Preparing, scanning, finishing, a page and the end of a short query, each after a morsel of
  /// the long one; and the morsel in which it came.
  private static final int TURNS = 6;

  @TempDir Path directory;

  private Segment large;
  private Segment small;
  private WorkerPool pool;

  @BeforeEach
  void start() {
    large = open("large", MORSELS * Block.MORSEL_ROWS);
    small = open("small", 1_000);
    pool = new WorkerPool(1, "shared");
  }

  @AfterEach
  void stop() {
    pool.close();
    large.close();
    small.close();
  }

  private Segment open(String name, int rows) {
    TestTables.build(directory.resolve(name), name, rows, 0);
    return Segment.open(directory.resolve(name), Verify.STRUCTURE);
  }

  private QueryTask start(SegmentQuery query, Segment segment, Duration limit, ResultSink sink) {
    return new QueryEngine(pool, MemoryBudget.unlimited(), Long.MAX_VALUE)
        .start(query, List.of(segment), QueryContext.withTimeout("q", limit), sink, () -> {});
  }

  @Test
  void aShortQueryWaitsForOneMorselOfALongOneAtATime() throws InterruptedException {
    CollectedAnswer shortAnswer = new CollectedAnswer();
    Delivered rows = new Delivered();
    rows.whenFirst(() ->
        start(
            TestTables.filteredCount(),
            small,
            Duration.ofSeconds(60),
            new Watched(shortAnswer, rows)));
    start(TestTables.allRows(), large, Duration.ofSeconds(60), rows);
    shortAnswer.await();
    rows.ended.join();
    assertThat(rows.delivered).isEqualTo(MORSELS * Block.MORSEL_ROWS);
    assertThat(rows.whenShortEnded).isPositive().isLessThanOrEqualTo(TURNS * Block.MORSEL_ROWS);
  }

  @Test
  void aCancelledQueryEndsAfterTheMorselThatItIsAt() {
    Delivered rows = new Delivered();
    AtomicReference<QueryTask> task = new AtomicReference<>();
    CompletableFuture<Void> started = new CompletableFuture<>();
    rows.whenFirst(() -> {
      started.join();
      task.get().cancel();
    });
    task.set(start(TestTables.allRows(), large, Duration.ofSeconds(60), rows));
    started.complete(null);
    assertThat(rows.failure()).isEqualTo(ErrorCode.QUERY_CANCELLED);
    assertThat(rows.delivered).isPositive().isLessThanOrEqualTo(Block.MORSEL_ROWS);
  }

  @Test
  void aQueryWhoseTimeIsOverEndsAfterTheMorselThatItIsAt() {
    Delivered rows = new Delivered();
    long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    rows.whenFirst(() -> {
      while (System.nanoTime() - deadline < 0) {
        Thread.onSpinWait();
      }
    });
    start(TestTables.allRows(), large, Duration.ofMillis(900), rows);
    assertThat(rows.failure()).isEqualTo(ErrorCode.QUERY_TIMEOUT);
    assertThat(rows.delivered).isLessThanOrEqualTo(Block.MORSEL_ROWS);
  }

  @Test
  void whenTheThreadThatStartedAQueryLeavesAllOthersWork() {
    try (WorkerPool two = new WorkerPool(2, "two")) {
      Meeting meeting = new Meeting(Thread.currentThread());
      new QueryEngine(two, MemoryBudget.unlimited(), Long.MAX_VALUE)
          .start(
              rowsWhoseIdsAreNot(-1),
              List.of(large),
              QueryContext.withTimeout("q", Duration.ofSeconds(60)),
              meeting,
              () -> {});
      assertThat(meeting.ended.join()).isTrue();
      assertThat(meeting.hasStarterWorked).isTrue();
    }
  }

  /// A condition lets a query begin in the thread that starts it.
  private static SegmentQuery rowsWhoseIdsAreNot(long id) {
    SegmentQuery all = TestTables.allRows();
    Expression condition =
        Expression.call(
            "NE",
            ColumnType.BOOLEAN,
            TestTables.ID,
            new Expression.Literal(id, TestTables.ID.type()));
    return new SegmentQuery(all.table(), all.columns(), all.columnTypes(), condition, all.output());
  }

  /// Keeps the thread that starts the query until a worker is there, and that one until there is
  /// another.
  private static final class Meeting implements ResultSink {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Thread starter;
    private volatile boolean hasStarterWorked;
    private final CountDownLatch one = new CountDownLatch(1);
    private final CountDownLatch both = new CountDownLatch(2);
    private final Set<Thread> seen = ConcurrentHashMap.newKeySet();

    /// Whether both were at work at once.
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    private volatile boolean haveMet;

    Meeting(Thread starter) {
      this.starter = starter;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void page(Page page) {
      if (Thread.currentThread().equals(starter)) {
        hasStarterWorked = true;
        haveMet = await(one);
        // Longer than a query may stay in the thread that starts it.
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      } else if (seen.add(Thread.currentThread())) {
        one.countDown();
        both.countDown();
        if (!await(both)) {
          haveMet = false;
        }
      }
    }

    private static boolean await(CountDownLatch latch) {
      try {
        return latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void end(QueryStats stats) {
      ended.complete(haveMet);
    }

    @Override
    public void fail(CuveeException failure) {
      ended.completeExceptionally(failure);
    }
  }

  /// Counts rows; all of its methods are called by the only worker.
  private static final class Delivered implements ResultSink {
    private final CompletableFuture<QueryStats> ended = new CompletableFuture<>();
    private volatile Runnable first = () -> {};
    private volatile long delivered;
    private volatile long whenShortEnded;

    void whenFirst(Runnable action) {
      first = action;
    }

    ErrorCode failure() {
      return ended.handle((stats, failure) -> ((CuveeException) failure).code()).join();
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
    public void page(Page page) {
      boolean isFirst = delivered == 0;
      delivered += page.rowCount();
      if (isFirst) {
        first.run();
      }
    }

    @Override
    public void end(QueryStats stats) {
      ended.complete(stats);
    }

    @Override
    public void fail(CuveeException failure) {
      ended.completeExceptionally(failure);
    }
  }

  /// The answer of a short query, which notes how far the long one is at its end.
  private record Watched(CollectedAnswer answer, Delivered other) implements ResultSink {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void page(Page page) {
      answer.page(page);
    }

    @Override
    public void end(QueryStats stats) {
      other.whenShortEnded = other.delivered;
      answer.end(stats);
    }

    @Override
    public void fail(CuveeException failure) {
      answer.fail(failure);
    }
  }
}
