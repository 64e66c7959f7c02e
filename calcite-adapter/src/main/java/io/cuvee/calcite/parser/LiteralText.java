package io.cuvee.calcite.parser;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// Reads the text of literals.
final class LiteralText {
  private LiteralText() {}

  /// The value of digits, or null if it is no `long`.
  static @Nullable Long integer(String text, int start, int end) {
    if (end - start > 18) {
      return null;
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      value = value * 10 + (text.charAt(i) - '0');
    }
    return value;
  }

  /// The value of digits with a point, or null if it has more digits than a DECIMAL.
  static @Nullable BigDecimal decimal(String text, int start, int end) {
    if (end - start > 38) {
      return null;
    }
    return new BigDecimal(text.substring(start, end));
  }

  /// The bytes between the quotes at `start` and before `end`.
  static byte[] string(String text, int start, int end) {
    String inner = text.substring(start + 1, end - 1);
    return (inner.indexOf('\'') >= 0 ? inner.replace("''", "'") : inner)
        .getBytes(StandardCharsets.UTF_8);
  }

  /// Days since 1970 of a quoted `yyyy-MM-dd`, or null if it is not one.
  static @Nullable Long date(String text, int start, int end) {
    if (end - start != 12 || !isDate(text, start + 1)) {
      return null;
    }
    try {
      return localDate(text, start + 1).toEpochDay();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /// Milliseconds since 1970 of a quoted `yyyy-MM-dd HH:mm:ss` with up to three more digits, or
  /// null if it is not one.
  static @Nullable Long timestamp(String text, int start, int end) {
    int length = end - start - 2;
    int from = start + 1;
    if (length < 19
        || length > 23
        || length == 20
        || !isDate(text, from)
        || text.charAt(from + 10) != ' '
        || !isPair(text, from + 11)
        || text.charAt(from + 13) != ':'
        || !isPair(text, from + 14)
        || text.charAt(from + 16) != ':'
        || !isPair(text, from + 17)) {
      return null;
    }
    int millis = 0;
    if (length > 19) {
      if (text.charAt(from + 19) != '.') {
        return null;
      }
      for (int i = 0; i < 3; i++) {
        int at = from + 20 + i;
        char c = i < length - 20 ? text.charAt(at) : '0';
        if (c < '0' || c > '9') {
          return null;
        }
        millis = millis * 10 + (c - '0');
      }
    }
    try {
      LocalDateTime time =
          localDate(text, from)
              .atTime(pair(text, from + 11), pair(text, from + 14), pair(text, from + 17));
      return time.toEpochSecond(ZoneOffset.UTC) * 1000 + millis;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static LocalDate localDate(String text, int from) {
    return LocalDate.of(
        pair(text, from) * 100 + pair(text, from + 2), pair(text, from + 5), pair(text, from + 8));
  }

  private static boolean isDate(String text, int from) {
    return isPair(text, from)
        && isPair(text, from + 2)
        && text.charAt(from + 4) == '-'
        && isPair(text, from + 5)
        && text.charAt(from + 7) == '-'
        && isPair(text, from + 8);
  }

  private static boolean isPair(String text, int at) {
    char tens = text.charAt(at);
    char ones = text.charAt(at + 1);
    return tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9';
  }

  private static int pair(String text, int at) {
    return (text.charAt(at) - '0') * 10 + (text.charAt(at + 1) - '0');
  }
}
