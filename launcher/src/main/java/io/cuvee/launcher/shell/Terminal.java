package io.cuvee.launcher.shell;

import java.io.Console;

/// Whether a person is looking.
public final class Terminal {
  private Terminal() {}

  /// Whether standard input and output are a terminal.
  // From JDK 25 on there is again no console where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  public static boolean isInteractive() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
