package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Where in a statement's text words, quoted texts and comments begin and end.
public final class Lexemes {
  private Lexemes() {}

  /// `text` without comments and superfluous white space.
  public static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    int at = skipBlank(text, 0);
    while (at < text.length()) {
      int next = skip(text, at);
      plain.append(text, at, next);
      int blank = skipBlank(text, next);
      if (blank > next && blank < text.length()) {
        plain.append(' ');
      }
      at = blank;
    }
    return plain.toString();
  }

  /// The offset of the first character from `start` on that is neither white space nor comment.
  /// Comments in `/* … */` may hold others.
  public static int skipBlank(String text, int start) {
    int at = start;
    int end = text.length();
    while (at < end) {
      char c = text.charAt(at);
      if (c == ' ' || Character.isWhitespace(c)) {
        at++;
      } else if (c == '-' && at + 1 < end && text.charAt(at + 1) == '-') {
        while (at < end && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
          at++;
        }
      } else if (c == '/' && at + 1 < end && text.charAt(at + 1) == '*') {
        int close = commentEnd(text, at);
        if (close < 0) {
          throw error(text, at, "A comment that begins with /* is not closed with */");
        }
        at = close;
      } else {
        break;
      }
    }
    return at;
  }

  /// The offset behind the comment that begins with `/*` at `start`; -1 if it is not closed.
  public static int commentEnd(String text, int start) {
    int depth = 1;
    for (int at = start + 2; at + 1 < text.length(); at++) {
      if (text.startsWith("*/", at)) {
        at++;
        if (--depth == 0) {
          return at + 1;
        }
      } else if (text.startsWith("/*", at)) {
        at++;
        depth++;
      }
    }
    return -1;
  }

  /// The offset after the token, comment or quoted text at `start`; one character for what is none
  /// of these.
  static int skip(String text, int start) {
    int blank = skipBlank(text, start);
    if (blank > start) {
      return blank;
    }
    char c = text.charAt(start);
    return c == '\'' || c == '"' || c == '`' ? quoteEnd(text, start) : start + 1;
  }

  static int quoteEnd(String text, int start) {
    int end = closeOfQuote(text, start);
    if (end < 0) {
      char quote = text.charAt(start);
      throw error(
          text,
          start,
          (quote == '\'' ? "A string" : "A quoted name")
              + " that begins with "
              + quote
              + " is not closed");
    }
    return end;
  }

  /// The offset behind the string or quoted name at `start`; -1 if it is not closed.
  public static int closeOfQuote(String text, int start) {
    char quote = text.charAt(start);
    boolean escapes = quote == '\'' && isEscaping(text, start);
    for (int at = start + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && escapes) {
        at++;
      } else if (c == quote) {
        if (quote == '`' || at + 1 >= text.length() || text.charAt(at + 1) != quote) {
          return at + 1;
        }
        at++;
      }
    }
    return -1;
  }

  /// Whether the string at `start` is written as `E'it\'s'`.
  private static boolean isEscaping(String text, int start) {
    return start > 0
        && (text.charAt(start - 1) == 'E' || text.charAt(start - 1) == 'e')
        && (start == 1 || !isWordPart(text.charAt(start - 2)));
  }

  static @Nullable Keyword wordAt(String text, int start) {
    return Keyword.of(text, start, wordEnd(text, start));
  }

  static int wordEnd(String text, int start) {
    int at = start;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == '$'
        || (c > 127 && Character.isLetter(c));
  }

  static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c) || (c > 127 && Character.isLetterOrDigit(c));
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static CuveeException error(String text, int offset, String problem) {
    return new CuveeException(
        ErrorCode.SQL_PARSE, problem + " (" + TextPosition.of(text, offset) + ").");
  }
}
