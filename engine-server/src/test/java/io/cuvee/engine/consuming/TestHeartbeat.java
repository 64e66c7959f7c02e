package io.cuvee.engine.consuming;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TestHeartbeat {
  private static final Duration SOON = Duration.ofMillis(5);
  private static final Duration NEVER = Duration.ofDays(1);

  @Test
  void workThatGetsOnIsToldOf() throws InterruptedException {
    CountDownLatch beats = new CountDownLatch(3);
    try (Heartbeat _ = new Heartbeat("test", SOON, NEVER, beats::countDown)) {
      beats.await();
    }
  }

  @Test
  void workThatHangsIsNot() throws InterruptedException {
    Semaphore beats = new Semaphore(0);
    Duration hung = Duration.ofMinutes(5);
    AtomicLong clock = new AtomicLong();
    try (Heartbeat heartbeat = new Heartbeat("test", SOON, hung, beats::release, clock::get)) {
      beats.acquire();
      clock.addAndGet(hung.toNanos() - 1);
      beats.drainPermits();
      beats.acquire(2);
      heartbeat.progress();
      clock.addAndGet(hung.toNanos() - 1);
      beats.drainPermits();
      beats.acquire(2);
      clock.addAndGet(1);
      heartbeat.awaitSilence();
    }
  }

  @Test
  void workThatHasEndedIsNot() throws InterruptedException {
    Heartbeat heartbeat = new Heartbeat("test", SOON, NEVER, () -> {});
    heartbeat.close();
    heartbeat.awaitSilence();
  }
}
