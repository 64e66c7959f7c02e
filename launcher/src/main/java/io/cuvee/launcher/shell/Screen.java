package io.cuvee.launcher.shell;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;

/// Whether a person is looking.
public final class Screen {
  static final int DEFAULT_WIDTH = 80;
  static final int DEFAULT_HEIGHT = 24;

  private Screen() {}

  /// Whether standard input and output are a terminal.
  // From JDK 25 on there is again no console where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  public static boolean isInteractive() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// Columns of the terminal.
  public static int width() {
    String columns = System.getenv("COLUMNS");
    try {
      return Integer.parseInt(columns == null ? sttySize() : columns.strip());
    } catch (IOException | NumberFormatException e) {
      return DEFAULT_WIDTH;
    }
  }

  private static String sttySize() throws IOException {
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader answer = stty.inputReader()) {
      String line = answer.readLine();
      return line == null ? "" : line.substring(line.indexOf(' ') + 1);
    }
  }
}
