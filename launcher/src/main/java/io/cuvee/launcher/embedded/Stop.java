package io.cuvee.launcher.embedded;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ends the process cleanly on SIGTERM and Ctrl-C: closes what runs, then exits with 0; with 1 if
/// closing takes too long.
public final class Stop {
  private static final Duration LIMIT = Duration.ofMillis(2_800);

  private final Thread hook;
  private final AutoCloseable running;
  private final Duration limit;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Stop(AutoCloseable running, Duration limit) {
    this.running = running;
    this.limit = limit;
    this.hook = new Thread(this::stopAndHalt, "stop");
  }

  /// From now on a signal closes `running`.
  public static Stop onSignal(AutoCloseable running) {
    return onSignal(running, LIMIT);
  }

  /// The same with a limit for closing.
  public static Stop onSignal(AutoCloseable running, Duration limit) {
    Stop stop = new Stop(running, limit);
    Runtime.getRuntime().addShutdownHook(stop.hook);
    return stop;
  }

  /// Blocks until a signal ends the process.
  public void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Closes now, as at the regular end of a command.
  public void now() {
    Runtime.getRuntime().removeShutdownHook(hook);
    close();
  }

  private boolean close() {
    if (!closed.compareAndSet(false, true)) {
      return true;
    }
    Thread closing =
        Thread.ofPlatform()
            .name("closing")
            .daemon()
            .start(() -> {
              try {
                running.close();
              } catch (Exception e) {
                System.err.println("cuvee: while stopping: " + e.getMessage());
              }
            });
    try {
      return closing.join(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void stopAndHalt() {
    // Halting inside the hook sets the exit code: after a signal it would be 128 and more, as if
    // something had failed.
    boolean clean = close();
    System.out.flush();
    Runtime.getRuntime().halt(clean ? 0 : 1);
  }
}
