package io.cuvee.launcher.shell;

import java.util.ArrayList;
import java.util.List;

/// A text of statements that end in semicolons, and of the shell's commands, which begin with a
/// backslash and end with their line.
public final class SqlScript {
  private final List<String> statements = new ArrayList<>();
  private boolean complete = true;

  private SqlScript(String text) {
    int start = 0;
    int at = 0;
    boolean content = false;
    while (at < text.length()) {
      if (!content && text.charAt(at) == '\\') {
        int end = text.indexOf('\n', at);
        end = end < 0 ? text.length() : end;
        statements.add(text.substring(at, end).strip());
        start = at = end;
        continue;
      }
      SqlToken token = SqlToken.at(text, at);
      at = token.end();
      switch (token.kind()) {
        case SEMICOLON -> {
          if (content) {
            statements.add(text.substring(start, token.start()).strip());
          }
          start = at;
          content = false;
        }
        case BLANK, COMMENT -> {}
        case WORD, NUMBER, TEXT, QUOTED, OTHER -> content = true;
        case OPEN -> {
          content |= !text.startsWith("/*", token.start());
          complete = false;
        }
      }
    }
    if (content) {
      statements.add(text.substring(start).strip());
      complete = false;
    }
  }

  /// The statements, without their semicolons, and the commands; comments stay, statements that are
  /// only comments or space do not. Semicolons in quotes, back-ticks and comments end nothing.
  public static List<String> statements(String text) {
    return new SqlScript(text).statements;
  }

  /// Whether the text ends where a statement or a command does, and not within one.
  static boolean isComplete(String text) {
    return new SqlScript(text).complete;
  }

  static boolean isCommand(String statement) {
    return statement.startsWith("\\");
  }
}
