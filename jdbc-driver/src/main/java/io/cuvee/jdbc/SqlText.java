package io.cuvee.jdbc;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Small questions about names, patterns and statements.
final class SqlText {
  /// The first word of a statement that changes something, after blanks and comments.
  private static final Pattern CHANGE =
      Pattern.compile(
          "(?:\\s|--[^\\n]*(?:\\n|$)|/\\*.*?\\*/)*+(?:CREATE|ALTER|DROP)\\b.*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private SqlText() {}

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// Whether a statement only asks, so that it may be run twice.
  static boolean isQuestion(String sql) {
    return !CHANGE.matcher(sql).matches();
  }

  /// Whether a name matches a metadata pattern: `%` is any text, `_` any character, a backslash
  /// escapes them, case does not matter, and an absent pattern matches everything.
  static boolean matches(@Nullable String pattern, @Nullable String name) {
    if (pattern == null) {
      return true;
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(
            regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL)
        .matcher(name == null ? "" : name)
        .matches();
  }
}
