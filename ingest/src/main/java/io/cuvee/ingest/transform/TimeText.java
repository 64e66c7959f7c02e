package io.cuvee.ingest.transform;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.OptionalLong;

/// Reads points in time and dates from text: `2001-01-31`, `2001-01-31 23:59`,
/// `2001-01-31T23:59:59.123Z`, `…+02:00`. Without a zone the time is UTC.
public final class TimeText {
  private final String text;
  private int at;

  private TimeText(String text) {
    this.text = text;
  }

  /// Days since 1970-01-01, or empty if it is not a date.
  public static OptionalLong parseDate(String text) {
    TimeText reader = new TimeText(text.strip());
    long days = reader.date();
    return days == BAD || reader.at != reader.text.length()
        ? OptionalLong.empty()
        : OptionalLong.of(days);
  }

  /// Nanoseconds since 1970-01-01T00:00:00Z, or empty if it is not a point in time between the
  /// years 1678 and 2262 (for coarser times outside, see [#parseMillis(String)]).
  static OptionalLong parseNanosOfSecond(String text) {
    TimeText reader = new TimeText(text.strip());
    return reader.timestamp() == BAD ? OptionalLong.empty() : OptionalLong.of(reader.nanos);
  }

  /// Milliseconds since 1970-01-01T00:00:00Z, cut, or empty if it is not a point in time.
  public static OptionalLong parseMillis(String text) {
    TimeText reader = new TimeText(text.strip());
    long seconds = reader.timestamp();
    return seconds == BAD
        ? OptionalLong.empty()
        : OptionalLong.of(seconds * 1000 + reader.nanos / 1_000_000);
  }

  private static final long BAD = Long.MIN_VALUE;
  private long nanos;

  private long date() {
    boolean negative = at < text.length() && text.charAt(at) == '-';
    if (negative) {
      at++;
    }
    int start = at;
    long year = digits(4, 6);
    if (year == BAD || !skip('-')) {
      return BAD;
    }
    long month = digits(1, 2);
    if (month == BAD || !skip('-')) {
      return BAD;
    }
    long day = digits(1, 2);
    if (day == BAD || start == at) {
      return BAD;
    }
    try {
      return LocalDate.of((int) (negative ? -year : year), (int) month, (int) day).toEpochDay();
    } catch (DateTimeException e) {
      return BAD;
    }
  }

  private long timestamp() {
    long days = date();
    if (days == BAD) {
      return BAD;
    }
    long seconds = days * 86_400;
    if (at == text.length()) {
      return seconds;
    }
    if (!skip('T') && !skip('t') && !skip(' ')) {
      return BAD;
    }
    long hour = digits(1, 2);
    if (hour == BAD || hour > 23 || !skip(':')) {
      return BAD;
    }
    long minute = digits(2, 2);
    if (minute == BAD || minute > 59) {
      return BAD;
    }
    long second = 0;
    if (skip(':')) {
      second = digits(2, 2);
      if (second == BAD || second > 59) {
        return BAD;
      }
      if (skip('.') || skip(',')) {
        int from = at;
        long fraction = digits(1, 9);
        if (fraction == BAD) {
          return BAD;
        }
        for (int i = at - from; i < 9; i++) {
          fraction *= 10;
        }
        nanos = fraction;
      }
    }
    long offset = zone();
    return offset == BAD || at != text.length()
        ? BAD
        : seconds + hour * 3600 + minute * 60 + second - offset;
  }

  /// Seconds east of UTC.
  private long zone() {
    while (skip(' ')) {
      // Between time and zone.
    }
    if (at == text.length() || skip('Z') || skip('z')) {
      return 0;
    }
    if (text.startsWith("UTC", at)) {
      at += 3;
      return 0;
    }
    boolean west = text.charAt(at) == '-';
    if (!skip('+') && !skip('-')) {
      return BAD;
    }
    long hours = digits(2, 2);
    if (hours == BAD || hours > 18) {
      return BAD;
    }
    skip(':');
    long minutes = at == text.length() ? 0 : digits(2, 2);
    if (minutes == BAD || minutes > 59) {
      return BAD;
    }
    return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
  }

  private boolean skip(char wanted) {
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private long digits(int min, int max) {
    long value = 0;
    int count = 0;
    while (at < text.length() && count < max) {
      char c = text.charAt(at);
      if (c < '0' || c > '9') {
        break;
      }
      value = value * 10 + (c - '0');
      at++;
      count++;
    }
    return count < min ? BAD : value;
  }
}
