package io.cuvee.execution.expression;

import com.google.re2j.Pattern;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// The patterns of SIMILAR TO as regular expressions that have to match a whole text. `%` is any
/// text and `_` any character; `|`, `*`, `+`, `?`, `{n,m}`, parentheses and brackets are as in
/// regular expressions; all else stands for itself.
final class SimilarPattern {
  private SimilarPattern() {}

  /// @param escape the character that takes the meaning from the one after it, or an empty text
  /// @throws CuveeException `DATA_EXCEPTION` if `escape` is longer, or ends the pattern
  static String regex(String pattern, String escape) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "ESCAPE takes one character, not '" + escape + "'.");
    }
    int escapeChar = escape.isEmpty() ? -1 : escape.codePointAt(0);
    StringBuilder regex = new StringBuilder(pattern.length() + 16);
    int i = 0;
    while (i < pattern.length()) {
      int c = pattern.codePointAt(i);
      if (c == '[' && c != escapeChar) {
        i = brackets(pattern, i, escapeChar, regex);
        continue;
      }
      i += Character.charCount(c);
      if (c == escapeChar) {
        i = escaped(pattern, i, regex);
        continue;
      }
      switch (c) {
        case '%' -> regex.append(".*");
        case '_' -> regex.append('.');
        case '(' -> regex.append("(?:");
        case '|', '*', '+', '?', '{', '}', ')' -> regex.appendCodePoint(c);
        default -> regex.append(Pattern.quote(Character.toString(c)));
      }
    }
    return regex.toString();
  }

  /// Takes the character after an escape for itself.
  private static int escaped(String pattern, int at, StringBuilder regex) {
    if (at == pattern.length()) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "The SIMILAR TO pattern '" + pattern + "' ends with its escape character.");
    }
    int c = pattern.codePointAt(at);
    regex.append(Pattern.quote(Character.toString(c)));
    return at + Character.charCount(c);
  }

  /// Copies a set of characters, as `[a-z]`, `[^0-9]` or `[[:alpha:]_]`.
  private static int brackets(String pattern, int start, int escapeChar, StringBuilder regex) {
    regex.append('[');
    int i = start + 1;
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      regex.append('^');
      i++;
    }
    int first = i;
    while (i < pattern.length()) {
      int c = pattern.codePointAt(i);
      if (c == ']' && i > first) {
        regex.append(']');
        return i + 1;
      }
      int named = pattern.startsWith("[:", i) ? pattern.indexOf(":]", i + 2) : -1;
      if (named > 0) {
        regex.append(pattern, i, named + 2);
        i = named + 2;
        continue;
      }
      i += Character.charCount(c);
      if (c == escapeChar) {
        i = escaped(pattern, i, regex);
      } else if (c == '-') {
        regex.append('-');
      } else {
        regex.append(Pattern.quote(Character.toString(c)));
      }
    }
    throw new CuveeException(
        ErrorCode.DATA_EXCEPTION,
        "The SIMILAR TO pattern '" + pattern + "' has a [ without its ].");
  }
}
