package io.cuvee.launcher.shell;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An error as the shell prints it: its state and message, and where the message names a place,
/// that line of the statement with a caret under it.
final class ErrorText {
  private static final Pattern PLACE = Pattern.compile("at line (\\d{1,6}), column (\\d{1,7})");

  /// Of a long line so much is shown around the place.
  private static final int MAX_LINE = 100;

  private ErrorText() {}

  static String of(SQLException error, String statement) {
    return of(error.getSQLState(), String.valueOf(error.getMessage()), statement);
  }

  static String of(String sqlState, String message, String statement) {
    String head = "ERROR " + sqlState + ": " + message;
    Matcher place = PLACE.matcher(message);
    List<String> lines = statement.lines().toList();
    if (!place.find()
        || message.contains("The PQL was read as")
        || Integer.parseInt(place.group(1)) > lines.size()
        || Integer.parseInt(place.group(1)) == 0) {
      return head;
    }
    String line = lines.get(Integer.parseInt(place.group(1)) - 1).replace('\t', ' ');
    int column = Integer.parseInt(place.group(2)) - 1;
    if (column < 0 || column > line.length()) {
      return head;
    }
    int from = Math.max(0, Math.min(column - MAX_LINE / 2, line.length() - MAX_LINE));
    int to = Math.min(line.length(), from + MAX_LINE);
    String shown =
        (from > 0 ? "…" : "") + line.substring(from, to) + (to < line.length() ? "…" : "");
    int indent = ResultPrinter.width(line.substring(from, column)) + (from > 0 ? 1 : 0);
    return head + "\n  " + shown + "\n  " + " ".repeat(indent) + "^";
  }
}
