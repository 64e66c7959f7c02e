package io.cuvee.launcher.command;

import io.cuvee.launcher.shell.Screen;
import java.util.function.Consumer;

/// A line on standard error that says what is being done; silent where that is no terminal.
final class StatusLine implements Consumer<String>, AutoCloseable {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final String what;
  private final boolean shown = Screen.isInteractive();
  private long last = System.nanoTime() - INTERVAL_NANOS;

  StatusLine(String what) {
    this.what = what;
  }

  @Override
  public void accept(String text) {
    long now = System.nanoTime();
    if (shown && now - last >= INTERVAL_NANOS) {
      last = now;
      System.err.print("\r" + what + ": " + text + "\u001b[K");
    }
  }

  @Override
  public void close() {
    if (shown) {
      System.err.print("\r\u001b[K");
    }
  }
}
