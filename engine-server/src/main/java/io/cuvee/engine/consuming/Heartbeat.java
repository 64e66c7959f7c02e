package io.cuvee.engine.consuming;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says again and again that some work is under way, as long as it gets on. Thread-safe.
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /// Tells whoever waits for the work.
  @FunctionalInterface
  interface Beat {
    void send() throws InterruptedException;
  }

  private final String work;
  private final Duration interval;
  private final Duration hung;
  private final Beat beat;
  private final Thread thread;
  private final LongSupplier nanoTime;
  private volatile long progressNanos;

  /// @param work what it is, for the log
  /// @param hung after so long without progress nothing is said any more
  Heartbeat(String work, Duration interval, Duration hung, Beat beat) {
    this(work, interval, hung, beat, System::nanoTime);
  }

  /// @param nanoTime a clock such as [System#nanoTime]
  Heartbeat(String work, Duration interval, Duration hung, Beat beat, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.progressNanos = nanoTime.getAsLong();
    this.work = work;
    this.interval = interval;
    this.hung = hung;
    this.beat = beat;
    this.thread = Thread.ofVirtual().name("heartbeat-" + work).start(this::run);
  }

  /// The work has got on.
  void progress() {
    progressNanos = nanoTime.getAsLong();
  }

  private void run() {
    try {
      while (nanoTime.getAsLong() - progressNanos < hung.toNanos()) {
        Thread.sleep(interval);
        beat.send();
      }
      LOG.warn("{} has not got on for {} s; others may take it over", work, hung.toSeconds());
    } catch (InterruptedException e) {
      LOG.debug("{} has ended", work);
    }
  }

  /// Waits until it says nothing more.
  void awaitSilence() throws InterruptedException {
    thread.join();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
