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
  static int skipBlank(String text, int start) {
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
        int close = text.indexOf("*/", at + 2);
        if (close < 0) {
          throw error(text, at, "A comment that begins with /* is not closed with */");
        }
        at = close + 2;
      } else {
        break;
      }
    }
    return at;
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
    char quote = text.charAt(start);
    int at = start + 1;
    while (true) {
      int close = text.indexOf(quote, at);
      if (close < 0) {
        throw error(
            text,
            start,
            (quote == '\'' ? "A string" : "A quoted name")
                + " that begins with "
                + quote
                + " is not closed");
      }
      if (quote == '`' || close + 1 >= text.length() || text.charAt(close + 1) != quote) {
        return close + 1;
      }
      at = close + 2;
    }
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
