package io.cuvee.launcher.command;

import io.cuvee.launcher.shell.Screen;
import io.cuvee.segment.build.BuildProgress;
import java.util.Locale;

/// A line on standard error that shows how far long work is; silent where that is no terminal.
final class Progress implements BuildProgress {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final String what;
  private final boolean shown = Screen.isInteractive();
  private final long begun = System.nanoTime();
  private long last;

  Progress(String what) {
    this.what = what;
  }

  void rows(long rows) {
    long now = System.nanoTime();
    if (shown && now - last > INTERVAL_NANOS) {
      last = now;
      System.err.printf(
          Locale.ROOT,
          "\r%s: %,d rows (%,.0f a second)\u001b[K",
          what,
          rows,
          rows / ((now - begun) / 1e9));
    }
  }

  @Override
  public void collected(long rows) {
    rows(rows);
  }

  @Override
  public void written(int columns, int ofColumns) {
    if (shown) {
      System.err.printf(
          Locale.ROOT,
          "\r%s\u001b[K",
          columns < ofColumns
              ? "Writing: " + columns + " of " + ofColumns + " columns"
              : "Writing indexes");
    }
  }

  void end() {
    if (shown) {
      System.err.print("\r\u001b[K");
    }
  }
}
