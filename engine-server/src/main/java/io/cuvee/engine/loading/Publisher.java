package io.cuvee.engine.loading;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the cluster what this server holds, many changes in one call, and again until it is heard.
/// Thread-safe.
final class Publisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final long RETRY_MILLIS = 500;

  private final ClusterState cluster;
  private final Thread thread;

  // Guarded by this object's lock.
  private Map<SegmentKey, Optional<Replica>> pending = new LinkedHashMap<>();
  private boolean busy;
  private boolean closed;

  Publisher(ClusterState cluster) {
    this.cluster = cluster;
    this.thread = Thread.ofVirtual().name("publisher").start(this::run);
  }

  synchronized void publish(SegmentKey key, Optional<Replica> replica) {
    pending.put(key, replica);
    notifyAll();
  }

  /// Waits until everything so far is published.
  ///
  /// @return whether it is
  synchronized boolean awaitPublished(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!pending.isEmpty() || busy) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || closed) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private void run() {
    try {
      while (true) {
        Map<SegmentKey, Optional<Replica>> changes;
        synchronized (this) {
          while (pending.isEmpty() && !closed) {
            wait();
          }
          if (closed) {
            return;
          }
          changes = pending;
          pending = new LinkedHashMap<>();
          busy = true;
        }
        boolean done = tryPublish(changes);
        synchronized (this) {
          busy = false;
          if (!done) {
            // What changed meanwhile is newer.
            changes.putAll(pending);
            pending = changes;
          }
          notifyAll();
        }
        if (!done) {
          Thread.sleep(RETRY_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Publisher stopped");
    }
  }

  private boolean tryPublish(Map<SegmentKey, Optional<Replica>> changes) {
    try {
      cluster.publish(changes);
      return true;
    } catch (RuntimeException failure) {
      LOG.warn(
          "Could not publish the state of {} segments, trying again: {}",
          changes.size(),
          failure.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
  }
}
