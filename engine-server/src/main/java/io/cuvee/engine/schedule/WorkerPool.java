package io.cuvee.engine.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A fixed number of platform threads that run jobs unit by unit, round robin, so that a long query
/// delays a short one by one unit only. Thread-safe.
public final class WorkerPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();

  /// Jobs that may have work, the next one first; guarded by the lock, as all below.
  private final ArrayDeque<Job> runnable = new ArrayDeque<>();

  /// For each job in `runnable` how often it was woken, so that a wake-up while a unit finds
  /// nothing is not lost.
  private final Map<Job, Long> wakeUps = new HashMap<>();

  private int idle;
  private boolean closed;
  private final List<Thread> threads = new ArrayList<>();

  public WorkerPool(int size, String name) {
    for (int i = 0; i < size; i++) {
      int worker = i;
      Thread thread =
          Thread.ofPlatform().daemon().name(name + "-" + i).unstarted(() -> runJobs(worker));
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /// How many threads there are; workers are numbered below this.
  public int size() {
    return threads.size();
  }

  /// Says that a job, new or known, may have work.
  ///
  /// @param parallelism how many threads it can use at most now; no more are woken
  public void wake(Job job, int parallelism) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (wakeUps.merge(job, 1L, Long::sum) == 1) {
        runnable.add(job);
      }
      for (int i = Math.min(idle, parallelism); i > 0; i--) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void runJobs(int worker) {
    while (true) {
      Job job;
      long seen;
      lock.lock();
      try {
        while (runnable.isEmpty()) {
          if (closed) {
            return;
          }
          idle++;
          try {
            work.await();
          } finally {
            idle--;
          }
        }
        job = runnable.remove();
        runnable.add(job);
        seen = wakeUps.get(job);
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
      boolean worked;
      try {
        worked = job.run(worker);
      } catch (Throwable failure) {
        LOG.error("A job failed outside of its own handling", failure);
        worked = false;
      }
      if (!worked) {
        retire(job, seen);
      }
    }
  }

  private void retire(Job job, long seen) {
    lock.lock();
    try {
      Long now = wakeUps.get(job);
      if (now != null && now == seen) {
        wakeUps.remove(job);
        runnable.remove(job);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Stops after the units that are running now.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      runnable.clear();
      wakeUps.clear();
      work.signalAll();
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
