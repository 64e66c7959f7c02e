package io.cuvee.launcher.shell;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// A line that shows how far a statement is, once it has taken a while. Thread-safe.
final class QueryProgress implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 300;
  private static final long INTERVAL_MILLIS = 200;
  private static final int BAR = 20;

  /// How far the servers are.
  ///
  /// @param rowsDone looked at
  /// @param rowsTotal that are to be looked at; 0 while it is not known
  record State(long rowsDone, long rowsTotal) {}

  private final PrintWriter screen;
  private final IntSupplier width;
  private final Supplier<Optional<State>> source;
  private final long begun = System.nanoTime();
  private boolean drawn;
  private boolean closed;

  private QueryProgress(PrintWriter screen, IntSupplier width, Supplier<Optional<State>> source) {
    this.screen = screen;
    this.width = width;
    this.source = source;
  }

  /// Begins to watch.
  ///
  /// @param source asked now and then, on a thread of its own; empty if nothing is known
  static QueryProgress start(
      PrintWriter screen, IntSupplier width, Supplier<Optional<State>> source) {
    QueryProgress progress = new QueryProgress(screen, width, source);
    Thread.ofVirtual().name("shell-progress").start(progress::run);
    return progress;
  }

  private void run() {
    long pause = PATIENCE_MILLIS;
    while (rest(pause)) {
      Optional<State> state = source.get();
      draw(line(state, (System.nanoTime() - begun) / 1e9));
      pause = INTERVAL_MILLIS;
    }
  }

  /// Whether it goes on after the pause.
  private synchronized boolean rest(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    try {
      for (long left = millis; left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized void draw(String line) {
    if (!closed) {
      int columns = Math.max(20, width.getAsInt() - 1);
      screen.print(
          "\r" + (line.length() > columns ? line.substring(0, columns) : line) + "\u001b[K");
      screen.flush();
      drawn = true;
    }
  }

  static String line(Optional<State> state, double seconds) {
    if (state.isEmpty() || state.get().rowsTotal() <= 0) {
      return String.format(Locale.ROOT, "%.1f s · Ctrl-C cancels", seconds);
    }
    long total = state.get().rowsTotal();
    long done = Math.clamp(state.get().rowsDone(), 0, total);
    double share = (double) done / total;
    int filled = (int) (share * BAR);
    String left =
        done == total
            ? "merging"
            : done == 0
                ? ""
                : String.format(Locale.ROOT, "%.0f s left", seconds / share * (1 - share));
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%  %,d of %,d rows · %.1f s%s · Ctrl-C cancels",
        "█".repeat(filled),
        "░".repeat(BAR - filled),
        Math.floor(share * 100),
        done,
        total,
        seconds,
        left.isEmpty() ? "" : " · " + left);
  }

  /// Takes the line away; nothing is drawn after this.
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    if (drawn) {
      screen.print("\r\u001b[K");
      screen.flush();
      drawn = false;
    }
  }
}
