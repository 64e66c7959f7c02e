package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How queries share a pool of one thread, counted in the rows that a long one has delivered.
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
