package io.cuvee.broker.query;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.QueryContext;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets so many queries work at the same time, keeps a bounded number waiting in their order, and
/// refuses the rest. Thread-safe.
public final class Admission {
  private static final long LOOK_MILLIS = 100;

  private final int maxRunning;
  private final int maxWaiting;
  private final Semaphore permits;
  private final AtomicInteger waiting = new AtomicInteger();

  public Admission(int maxRunning, int maxWaiting) {
    this.maxRunning = maxRunning;
    this.maxWaiting = maxWaiting;
    this.permits = new Semaphore(maxRunning, true);
  }

  /// The right to work; closing gives it back.
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /// Waits for a turn.
  ///
  /// @throws CuveeException `TOO_MANY_REQUESTS` if too many wait already, `QUERY_TIMEOUT` or
  ///   `QUERY_CANCELLED` if that happens to the query meanwhile
  public Turn enter(QueryContext context) {
    if (!permits.tryAcquire()) {
      await(context);
    }
    return permits::release;
  }

  private void await(QueryContext context) {
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      throw new CuveeException(
          ErrorCode.TOO_MANY_REQUESTS,
          "The broker is busy: "
              + maxRunning
              + " queries run and "
              + maxWaiting
              + " wait. Try again later, or raise broker.max-concurrent-queries.");
    }
    try {
      do {
        context.check();
      } while (!permits.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "Query " + context.queryId() + " was interrupted.", e);
    } finally {
      waiting.decrementAndGet();
    }
  }

  public int waiting() {
    return waiting.get();
  }
}
