package io.cuvee.broker.result;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/// Text forms of dates and times, as `java.sql` writes them, in UTC.
public final class TimeText {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.MILLI_OF_SECOND, 0, 3, true)
          .toFormatter(Locale.ROOT);

  private TimeText() {}

  /// `2024-01-31 12:30:00.0`; the fraction has as many digits as it needs, one at least.
  public static void timestamp(JsonOut out, long millis) {
    long seconds = Math.floorDiv(millis, 1000L);
    LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    out.raw('"');
    date(out, time.getYear(), time.getMonthValue(), time.getDayOfMonth());
    out.raw(' ');
    two(out, time.getHour());
    out.raw(':');
    two(out, time.getMinute());
    out.raw(':');
    two(out, time.getSecond());
    out.raw('.');
    int fraction = Math.floorMod(millis, 1000);
    out.raw((char) ('0' + fraction / 100));
    if (fraction % 100 != 0) {
      out.raw((char) ('0' + fraction / 10 % 10));
    }
    if (fraction % 10 != 0) {
      out.raw((char) ('0' + fraction % 10));
    }
    out.raw('"');
  }

  /// `2024-01-31`.
  public static void date(JsonOut out, long days) {
    LocalDate date = LocalDate.ofEpochDay(days);
    out.raw('"');
    date(out, date.getYear(), date.getMonthValue(), date.getDayOfMonth());
    out.raw('"');
  }

  /// `12:30:00`, and a fraction unless it is 0.
  public static void time(JsonOut out, long millis) {
    out.raw('"').raw(LocalTime.ofNanoOfDay(millis * 1_000_000).format(TIME)).raw('"');
  }

  private static void date(JsonOut out, int year, int month, int day) {
    if (year < 0) {
      out.raw('-');
    }
    int size = Math.abs(year);
    for (int bound = 1000; bound > size && bound > 1; bound /= 10) {
      out.raw('0');
    }
    out.number(size);
    out.raw('-');
    two(out, month);
    out.raw('-');
    two(out, day);
  }

  private static void two(JsonOut out, int value) {
    out.raw((char) ('0' + value / 10)).raw((char) ('0' + value % 10));
  }
}
