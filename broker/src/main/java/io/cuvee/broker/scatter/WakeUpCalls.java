package io.cuvee.broker.scatter;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Wakes those who wait for servers when their time has come, 25 ms late at most. A virtual thread
/// that waited for a time itself would wake a scheduler's thread twice for each query. Thread-safe.
final class WakeUpCalls implements AutoCloseable {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /// After so many with nobody there the thread rests.
  private static final int IDLE_TICKS = 40;

  private final Set<Sleeper> sleepers = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean resting;
  private volatile boolean closed;

  /// Who may want to be woken.
  interface Sleeper {
    /// Called every now and then on the clock's thread; must not block.
    void look(long nanoTime);
  }

  WakeUpCalls() {
    thread = Thread.ofPlatform().daemon().name("broker-clock").start(this::run);
  }

  void add(Sleeper sleeper) {
    sleepers.add(sleeper);
    if (resting) {
      LockSupport.unpark(thread);
    }
  }

  void remove(Sleeper sleeper) {
    sleepers.remove(sleeper);
  }

  private void run() {
    int idle = 0;
    while (!closed) {
      if (!sleepers.isEmpty()) {
        idle = 0;
      } else if (++idle > IDLE_TICKS) {
        resting = true;
        // Whoever comes after this look sees that it rests.
        if (sleepers.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        resting = false;
        idle = 0;
      }
      LockSupport.parkNanos(this, TICK_NANOS);
      long now = System.nanoTime();
      sleepers.forEach(sleeper -> sleeper.look(now));
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
