package io.cuvee.controller.retention;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.type.DataType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// When the values of a time column are, by the column's type and format.
final class RowTimes {
  private static final long LONGEST_YEARS = 10_000;

  /// The patterns whose numbers grow with time, with what one step is; others have no largest value
  /// that is the last one.
  private static final Map<String, ChronoUnit> PATTERNS =
      Map.of(
          "yyyyMMdd", ChronoUnit.DAYS,
          "yyyyMMddHH", ChronoUnit.HOURS,
          "yyyyMMddHHmm", ChronoUnit.MINUTES,
          "yyyyMMddHHmmss", ChronoUnit.SECONDS,
          "yyyyMMddHHmmssSSS", ChronoUnit.MILLIS);

  private RowTimes() {}

  /// The moment when the time is over that a value stands for, as it is stored: the next midnight
  /// after a day. Empty if the column does not say how to read it.
  static Optional<Instant> end(FieldSpec field, long value) {
    try {
      if (field.type().dataType() == DataType.TIMESTAMP) {
        return Optional.of(Instant.ofEpochMilli(Math.addExact(value, 1)));
      }
      if (field.type().dataType() == DataType.DATE) {
        return Optional.of(
            LocalDate.ofEpochDay(Math.addExact(value, 1)).atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      return field.format() == null ? Optional.empty() : formatted(field.format(), value);
    } catch (RuntimeException e) {
      // A value that is no time in this format is none.
      return Optional.empty();
    }
  }

  /// The forms are `EPOCH|SECONDS|1` and `1:SECONDS:EPOCH`, `SIMPLE_DATE_FORMAT|yyyyMMdd` and
  /// `1:DAYS:SIMPLE_DATE_FORMAT:yyyyMMdd`.
  private static Optional<Instant> formatted(String format, long value) {
    boolean pipes = format.indexOf('|') >= 0;
    List<String> parts = List.of(format.split(pipes ? "\\|" : ":", pipes ? 3 : 4));
    String kind = parts.get(pipes ? 0 : 2).toUpperCase(Locale.ROOT);
    return switch (kind) {
      case "EPOCH" -> {
        String unit = parts.size() > 1 ? parts.get(1) : "MILLISECONDS";
        String size = pipes ? parts.size() > 2 ? parts.get(2) : "1" : parts.get(0);
        yield epoch(unit.strip().toUpperCase(Locale.ROOT), Long.parseLong(size.strip()), value);
      }
      case "SIMPLE_DATE_FORMAT" ->
          parts.size() == (pipes ? 2 : 4)
              ? simpleDate(parts.getLast(), Long.toString(value))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Instant> epoch(String unit, long size, long value) {
    Duration one = Duration.of(size, TimeUnit.valueOf(unit).toChronoUnit());
    Duration since = one.multipliedBy(Math.addExact(value, 1));
    return size < 1 || since.toDays() / 365 > LONGEST_YEARS
        ? Optional.empty()
        : Optional.of(Instant.EPOCH.plus(since));
  }

  private static Optional<Instant> simpleDate(String pattern, String text) {
    ChronoUnit step = PATTERNS.get(pattern);
    if (step == null) {
      return Optional.empty();
    }
    TemporalAccessor read =
        DateTimeFormatter.ofPattern(pattern.replace('y', 'u'), Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT)
            .parse(text);
    LocalTime time = read.query(TemporalQueries.localTime());
    LocalDateTime begin = LocalDate.from(read).atTime(time == null ? LocalTime.MIDNIGHT : time);
    return Optional.of(begin.plus(1, step).toInstant(ZoneOffset.UTC));
  }
}
