package io.cuvee.launcher.shell;

import java.util.ArrayList;
import java.util.List;

/// A text of statements that end in semicolons.
public final class SqlScript {
  private SqlScript() {}

  /// The statements, without their semicolons; comments stay, statements that are only comments or
  /// space do not. Semicolons in quotes, back-ticks and comments end nothing.
  public static List<String> statements(String text) {
    List<String> statements = new ArrayList<>();
    int start = 0;
    boolean content = false;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\'' || c == '"' || c == '`') {
        content = true;
        int end = text.indexOf(c, i + 1);
        i = end < 0 ? text.length() : end + 1;
      } else if (text.startsWith("--", i)) {
        int end = text.indexOf('\n', i);
        i = end < 0 ? text.length() : end + 1;
      } else if (text.startsWith("/*", i)) {
        int end = text.indexOf("*/", i + 2);
        i = end < 0 ? text.length() : end + 2;
      } else if (c == ';') {
        if (content) {
          statements.add(text.substring(start, i).strip());
        }
        start = i + 1;
        content = false;
        i++;
      } else {
        content |= !Character.isWhitespace(c);
        i++;
      }
    }
    if (content) {
      statements.add(text.substring(start).strip());
    }
    return statements;
  }
}
