package io.cuvee.cluster.zookeeper;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that runs tasks in order. A task that fails is logged and does not stop the next.
final class TaskThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskThread.class);

  private final ScheduledThreadPoolExecutor executor;
  private final AtomicLong progress = new AtomicLong();
  private volatile @Nullable Thread worker;
  private volatile boolean busy;

  TaskThread(String name) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(task);
              worker = thread;
              return thread;
            });
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// Whether the caller is a task of this thread, which must not wait for another.
  boolean isCurrent() {
    return Thread.currentThread().equals(worker);
  }

  /// Grows as long as tasks get on with what they read.
  long progress() {
    return progress.get();
  }

  /// A part of a long task is done.
  void progressed() {
    progress.incrementAndGet();
  }

  /// Runs a step of a task that may take long and cannot tell how far it is: with very many nodes
  /// even their names, in one answer, or a listener.
  void step(Runnable step) {
    boolean within = busy;
    busy = true;
    try {
      step.run();
    } finally {
      progressed();
      busy = within;
    }
  }

  /// Whether a task is at such a step.
  boolean isBusy() {
    return busy;
  }

  /// Runs the task after those before it.
  ///
  /// @return false if the thread is closed and the task will not run
  boolean run(Runnable task) {
    return runLater(0, task);
  }

  boolean runLater(long delayMillis, Runnable task) {
    try {
      var _ = executor.schedule(() -> runLogged(task), delayMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A task of the cluster's state failed", e);
    }
  }

  /// Stops; the task that runs is interrupted, those that wait are dropped.
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
