package io.cuvee.calcite.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The threads on which statements are planned anew. They are few, so that a flood of new
/// statements cannot starve the rest, and have deep stacks, since planning recurses over the
/// statement.
final class PlanningThreads {
  private static final int MAX_WAITING = 1_000;
  private static final long STACK_BYTES = 256L << 20;

  private final ThreadPoolExecutor executor;

  PlanningThreads() {
    int count = Math.max(2, Runtime.getRuntime().availableProcessors());
    this.executor =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(null, task, "sql-planner", STACK_BYTES);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  <T> T run(Supplier<T> task) {
    Future<T> future;
    try {
      future = executor.submit(task::get);
    } catch (RejectedExecutionException e) {
      throw new CuveeException(
          ErrorCode.TOO_MANY_REQUESTS,
          "More than " + MAX_WAITING + " new statements wait to be planned. Try again later.",
          e);
    }
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(false);
      Thread.currentThread().interrupt();
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "The query was cancelled while it was planned.", e);
    } catch (ExecutionException e) {
      // Ours carry what the client is told; the stack is that of the planner's thread.
      throw CuveeException.of(e.getCause());
    }
  }
}
