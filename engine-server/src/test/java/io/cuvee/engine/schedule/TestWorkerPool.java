package io.cuvee.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TestWorkerPool {
  @Test
  void unitsOfSeveralJobsTakeTurns() throws InterruptedException {
    List<String> turns = new CopyOnWriteArrayList<>();
    CountDownLatch bothWaiting = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(2);
    try (WorkerPool pool = new WorkerPool(1, "test")) {
      pool.wake(new Counted("block", 1, turns, bothWaiting, new CountDownLatch(1)), 1);
      pool.wake(new Counted("long", 6, turns, null, done), 1);
      pool.wake(new Counted("short", 2, turns, null, done), 1);
      bothWaiting.countDown();
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(turns.subList(1, 5)).containsExactly("long", "short", "long", "short");
  }

  private static final class Counted implements Job {
    private final String name;
    private final AtomicInteger left;
    private final List<String> turns;
    private final @org.jspecify.annotations.Nullable CountDownLatch gate;
    private final CountDownLatch done;

    Counted(
        String name,
        int units,
        List<String> turns,
        @org.jspecify.annotations.Nullable CountDownLatch gate,
        CountDownLatch done) {
      this.name = name;
      this.left = new AtomicInteger(units);
      this.turns = turns;
      this.gate = gate;
      this.done = done;
    }

    @Override
    public boolean run(int worker) {
      int unit = left.getAndDecrement();
      if (unit <= 0) {
        if (unit == 0) {
          done.countDown();
        }
        return false;
      }
      if (gate != null) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          return false;
        }
      }
      turns.add(name);
      return true;
    }
  }

  @Test
  void noWakeUpIsLost() throws InterruptedException {
    int rounds = 20_000;
    AtomicInteger posted = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(rounds);
    Job job =
        worker -> {
          int waiting = posted.getAndUpdate(value -> value > 0 ? value - 1 : 0);
          if (waiting == 0) {
            return false;
          }
          ran.incrementAndGet();
          all.countDown();
          return true;
        };
    try (WorkerPool pool = new WorkerPool(3, "test")) {
      for (int i = 0; i < rounds; i++) {
        posted.incrementAndGet();
        pool.wake(job, 3);
      }
      assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(ran).hasValue(rounds);
  }

  @Test
  void aJobThatThrowsDoesNotEndItsThread() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    try (WorkerPool pool = new WorkerPool(1, "test")) {
      pool.wake(
          worker -> {
            throw new IllegalStateException("as the test wants");
          },
          1);
      pool.wake(
          worker -> {
            done.countDown();
            return false;
          },
          1);
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
