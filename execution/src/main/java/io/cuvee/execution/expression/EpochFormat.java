package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Operand;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How Pinot's DATETIMECONVERT writes a time: `1:MILLISECONDS:EPOCH`, `EPOCH|DAYS|1`, `TIMESTAMP`,
/// or `1:DAYS:SIMPLE_DATE_FORMAT:yyyy-MM-dd` with a pattern of java.time.
///
/// @param unitMillis of a number; ignored if there is a pattern
/// @param pattern of a text; absent for numbers
record EpochFormat(long unitMillis, @Nullable DateTimeFormatter pattern) {
  static Kernel convert(List<Operand> operands, ColumnType type) {
    boolean text =
        !operands.getFirst().type().dataType().isNumeric()
            && !operands.getFirst().type().dataType().isTime();
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          EpochFormat input = of(text(arguments[1]));
          EpochFormat output = of(text(arguments[2]));
          long millis = input.parse(Objects.requireNonNull(arguments[0]));
          long step = granularity(text(arguments[3]));
          return output.format(millis - Math.floorMod(millis, step), type);
        },
        text ? ColumnType.STRING : ColumnType.LONG,
        ColumnType.STRING);
  }

  private static String text(@Nullable Object value) {
    return (String) Objects.requireNonNull(value);
  }

  /// How many milliseconds a unit of this name has.
  static long unitMillis(String name) {
    return switch (name.strip().toUpperCase(Locale.ROOT)) {
      case "MILLISECONDS", "MILLISECOND" -> 1;
      case "SECONDS", "SECOND" -> 1000;
      case "MINUTES", "MINUTE" -> 60_000;
      case "HOURS", "HOUR" -> 3_600_000;
      case "DAYS", "DAY" -> 86_400_000;
      default ->
          throw new CuveeException(
              ErrorCode.INVALID_PARAMETER,
              "'" + name + "' is no unit here. Use MILLISECONDS, SECONDS, MINUTES, HOURS or DAYS.");
    };
  }

  private static long count(String number, String where) {
    try {
      long count = Long.parseLong(number.strip());
      if (count > 0 && count <= 1_000_000) {
        return count;
      }
    } catch (NumberFormatException wrong) {
      // Said below.
    }
    throw wrong(where);
  }

  private static CuveeException wrong(String format) {
    return new CuveeException(
        ErrorCode.INVALID_PARAMETER,
        "'"
            + format
            + "' is no format of DATETIMECONVERT. Write '1:MILLISECONDS:EPOCH', '1:DAYS' for a"
            + " granularity, or '1:DAYS:SIMPLE_DATE_FORMAT:yyyy-MM-dd'.");
  }

  private static long granularity(String text) {
    String[] parts = text.split("[:|]");
    if (parts.length != 2) {
      throw wrong(text);
    }
    boolean unitFirst = text.indexOf('|') >= 0;
    return count(parts[unitFirst ? 1 : 0], text) * unitMillis(parts[unitFirst ? 0 : 1]);
  }

  static EpochFormat of(String text) {
    if (text.equalsIgnoreCase("TIMESTAMP")
        || text.toUpperCase(Locale.ROOT).endsWith(":TIMESTAMP")) {
      return new EpochFormat(1, null);
    }
    if (text.indexOf('|') >= 0) {
      String[] parts = text.split("\\|");
      if (parts[0].equalsIgnoreCase("EPOCH") && parts.length > 1) {
        long size = parts.length > 2 ? count(parts[2], text) : 1;
        return new EpochFormat(size * unitMillis(parts[1]), null);
      }
      if (parts[0].equalsIgnoreCase("SIMPLE_DATE_FORMAT") && parts.length > 1) {
        return pattern(parts[1], parts.length > 2 ? parts[2] : "UTC");
      }
      throw wrong(text);
    }
    String[] parts = text.split(":", 4);
    if (parts.length >= 3 && parts[2].equalsIgnoreCase("EPOCH")) {
      return new EpochFormat(count(parts[0], text) * unitMillis(parts[1]), null);
    }
    if (parts.length == 4 && parts[2].equalsIgnoreCase("SIMPLE_DATE_FORMAT")) {
      int zone = parts[3].indexOf("tz(");
      return zone < 0
          ? pattern(parts[3], "UTC")
          : pattern(
              parts[3].substring(0, zone).strip(),
              parts[3].substring(zone + 3).replace(")", "").strip());
    }
    throw wrong(text);
  }

  private static EpochFormat pattern(String pattern, String zone) {
    try {
      return new EpochFormat(
          1, DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneId.of(zone)));
    } catch (IllegalArgumentException | DateTimeException wrong) {
      throw wrong(pattern);
    }
  }

  private long parse(Object value) {
    DateTimeFormatter format = pattern;
    if (format == null) {
      try {
        long number =
            value instanceof Long whole ? whole : Long.parseLong(value.toString().strip());
        return Math.multiplyExact(number, unitMillis);
      } catch (NumberFormatException | ArithmeticException wrong) {
        throw new CuveeException(
            ErrorCode.DATA_EXCEPTION, "'" + value + "' is no time in these units.", wrong);
      }
    }
    try {
      TemporalAccessor parsed = format.parse(value.toString());
      LocalDate date = parsed.query(TemporalQueries.localDate());
      LocalTime time = parsed.query(TemporalQueries.localTime());
      if (date == null) {
        throw new DateTimeException("no date");
      }
      ZoneId zone = format.getZone() == null ? ZoneOffset.UTC : format.getZone();
      return LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time)
          .atZone(zone)
          .toInstant()
          .toEpochMilli();
    } catch (DateTimeException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "'" + value + "' does not fit the pattern.", wrong);
    }
  }

  private Object format(long millis, ColumnType type) {
    DateTimeFormatter format = pattern;
    if (format != null) {
      return format.format(Instant.ofEpochMilli(millis));
    }
    long number = Math.floorDiv(millis, unitMillis);
    return type.equals(ColumnType.STRING) ? (Object) Long.toString(number) : (Object) number;
  }
}
