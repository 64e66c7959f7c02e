package io.cuvee.launcher.shell;

import io.cuvee.calcite.parser.Lexemes;
import java.util.ArrayList;
import java.util.List;

/// A piece of a statement's text, `[start, end)`.
record SqlToken(Kind kind, int start, int end) {
  /// What it is, as far as the shell cares.
  enum Kind {
    BLANK,
    COMMENT,
    WORD,
    NUMBER,
    TEXT,
    /// A name in double quotes or back-ticks.
    QUOTED,
    SEMICOLON,
    OTHER,
    /// Text, a name or a comment whose end is missing.
    OPEN
  }

  /// The pieces of a text, which together are all of it.
  static List<SqlToken> of(String text) {
    List<SqlToken> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      SqlToken token = at(text, at);
      tokens.add(token);
      at = token.end;
    }
    return tokens;
  }

  /// The piece that begins at `start`.
  static SqlToken at(String text, int start) {
    char c = text.charAt(start);
    if (c == '\'' || c == '"' || c == '`') {
      int end = Lexemes.closeOfQuote(text, start);
      return end < 0
          ? new SqlToken(Kind.OPEN, start, text.length())
          : new SqlToken(c == '\'' ? Kind.TEXT : Kind.QUOTED, start, end);
    }
    if (text.startsWith("--", start)) {
      int end = text.indexOf('\n', start);
      return new SqlToken(Kind.COMMENT, start, end < 0 ? text.length() : end + 1);
    }
    if (text.startsWith("/*", start)) {
      int end = Lexemes.commentEnd(text, start);
      return end < 0
          ? new SqlToken(Kind.OPEN, start, text.length())
          : new SqlToken(Kind.COMMENT, start, end);
    }
    if (c == ';') {
      return new SqlToken(Kind.SEMICOLON, start, start + 1);
    }
    int end = start + 1;
    if (Character.isWhitespace(c)) {
      while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      return new SqlToken(Kind.BLANK, start, end);
    }
    if (!isWordPart(c)) {
      return new SqlToken(Kind.OTHER, start, end);
    }
    while (end < text.length() && isWordPart(text.charAt(end))) {
      end++;
    }
    return new SqlToken(Character.isDigit(c) ? Kind.NUMBER : Kind.WORD, start, end);
  }

  static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || Character.isSurrogate(c);
  }

  String text(String all) {
    return all.substring(start, end);
  }

  /// The name that a word or a quoted name means.
  String name(String all) {
    return kind == Kind.QUOTED ? all.substring(start + 1, end - 1) : text(all);
  }
}
