package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.expression.RowKernels.ToObject;
import io.cuvee.execution.kernel.CivilDate;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Points in time made of parts, of texts by patterns, and in zones; rarer fields.
final class CalendarKernels {
  private CalendarKernels() {}

  static void register(Map<String, Factory> all) {
    times(
        all,
        "DAYS_BETWEEN",
        arguments ->
            Math.floorDiv(whole(arguments[0]), CivilDate.MILLIS_PER_DAY)
                - Math.floorDiv(whole(arguments[1]), CivilDate.MILLIS_PER_DAY));
    all.put("ADD_DAYS", (operands, type) -> days(operands, type, 1));
    all.put("SUBTRACT_DAYS", (operands, type) -> days(operands, type, -1));
    all.put("MAKE_DATE", (operands, type) -> of(operands, type, CalendarKernels::date));
    all.put("MAKE_TIMESTAMP", (operands, type) -> of(operands, type, CalendarKernels::timestamp));
    all.put("TO_CHAR", CalendarKernels::toChar);
    all.put(
        "TO_DATE",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments ->
                    Math.floorDiv(
                        TimePattern.ofPostgres(text(arguments[1])).parse(text(arguments[0])),
                        CivilDate.MILLIS_PER_DAY),
                ColumnType.STRING));
    all.put("TO_TIMESTAMP", CalendarKernels::toTimestamp);
    all.put(
        "STRFTIME",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> TimePattern.ofPercents(text(arguments[1])).format(whole(arguments[0])),
                ColumnType.TIMESTAMP,
                ColumnType.STRING));
    all.put(
        "STRPTIME",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> TimePattern.ofPercents(text(arguments[1])).parse(text(arguments[0])),
                ColumnType.STRING));
    times(all, "AGE", arguments -> age(whole(arguments[0]), whole(arguments[1])));
    times(all, "EPOCH", arguments -> whole(arguments[0]) / 1000.0);
    times(all, "EPOCH_MS", arguments -> arguments[0]);
    times(all, "EPOCH_US", arguments -> scaled(whole(arguments[0]), 1000));
    times(all, "EPOCH_NS", arguments -> scaled(whole(arguments[0]), 1_000_000));
    times(
        all,
        "JULIAN",
        arguments -> whole(arguments[0]) / (double) CivilDate.MILLIS_PER_DAY + 2_440_588);
    times(all, "ERA", arguments -> TimeField.YEAR.of(whole(arguments[0])) > 0 ? 1L : 0L);
    times(all, "ISFINITE", _ -> 1L);
    times(
        all,
        "YEARWEEK",
        arguments ->
            TimeField.ISOYEAR.of(whole(arguments[0])) * 100
                + TimeField.WEEK.of(whole(arguments[0])));
    Map.of(
            "ISODOW", TimeField.DAY_OF_WEEK,
            "ISOYEAR", TimeField.ISOYEAR,
            "CENTURY", TimeField.CENTURY,
            "DECADE", TimeField.DECADE,
            "MILLENNIUM", TimeField.MILLENNIUM,
            "WEEKDAY", TimeField.DOW,
            "MICROSECOND", TimeField.MICROSECOND)
        .forEach((name, field) -> times(all, name, arguments -> field.of(whole(arguments[0]))));
    zoned(all, "TO_UTC_TIMESTAMP", CalendarKernels::toUtc);
    zoned(all, "FROM_UTC_TIMESTAMP", CalendarKernels::fromUtc);
    all.put(
        "TIME_BUCKET_MILLIS",
        (operands, type) ->
            of(
                operands,
                type,
                arguments ->
                    bucketOfMillis(whole(arguments[0]), whole(arguments[1]), whole(arguments[2]))));
    all.put(
        "TIME_BUCKET_MONTHS",
        (operands, type) ->
            of(
                operands,
                type,
                arguments ->
                    bucketOfMonths(whole(arguments[0]), whole(arguments[1]), whole(arguments[2]))));
    all.put(
        "TIME_CONVERT",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments ->
                    Math.floorDiv(
                        scaled(whole(arguments[0]), EpochFormat.unitMillis(text(arguments[1]))),
                        EpochFormat.unitMillis(text(arguments[2]))),
                ColumnType.LONG,
                ColumnType.STRING));
    all.put("DATETIMECONVERT", EpochFormat::convert);
    all.put(
        "INTERVAL_TEXT",
        (operands, type) ->
            of(operands, type, arguments -> interval(whole(arguments[0]), 0, whole(arguments[1]))));
  }

  private static Kernel days(List<Operand> operands, ColumnType type, int sign) {
    Kernel kernel =
        RowKernels.toObject(
            operands,
            ColumnType.TIMESTAMP,
            arguments -> TimeUnit.DAY.add(whole(arguments[0]), sign * whole(arguments[1])),
            ColumnType.TIMESTAMP,
            ColumnType.LONG);
    return Coercion.to(new Operand(kernel, ColumnType.TIMESTAMP, null, false), type);
  }

  private static void times(Map<String, Factory> all, String name, ToObject function) {
    all.put(
        name,
        (operands, type) -> RowKernels.toObject(operands, type, function, ColumnType.TIMESTAMP));
  }

  private static void zoned(Map<String, Factory> all, String name, Zoned function) {
    all.put(
        name,
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> function.apply(whole(arguments[0]), zone(text(arguments[1]))),
                ColumnType.TIMESTAMP,
                ColumnType.STRING));
  }

  private interface Zoned {
    long apply(long millis, ZoneId zone);
  }

  /// Arguments that are whole numbers, but a sixth that is a DOUBLE.
  private static Kernel of(List<Operand> operands, ColumnType type, ToObject function) {
    return RowKernels.toObject(
        operands,
        type,
        function,
        ColumnType.LONG,
        ColumnType.LONG,
        ColumnType.LONG,
        ColumnType.LONG,
        ColumnType.LONG,
        ColumnType.DOUBLE);
  }

  private static long whole(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private static String text(@Nullable Object value) {
    return (String) Objects.requireNonNull(value);
  }

  private static long scaled(long millis, long factor) {
    try {
      return Math.multiplyExact(millis, factor);
    } catch (ArithmeticException tooLarge) {
      throw ArithmeticKernels.overflow("Time since 1970", false);
    }
  }

  private static Object date(@Nullable Object[] arguments) {
    try {
      return LocalDate.of(
              Math.toIntExact(whole(arguments[0])),
              Math.toIntExact(whole(arguments[1])),
              Math.toIntExact(whole(arguments[2])))
          .toEpochDay();
    } catch (DateTimeException | ArithmeticException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "There is no day %s-%s-%s.".formatted(arguments[0], arguments[1], arguments[2]),
          wrong);
    }
  }

  private static Object timestamp(@Nullable Object[] arguments) {
    long hour = whole(arguments[3]);
    long minute = whole(arguments[4]);
    double second = (Double) Objects.requireNonNull(arguments[5]);
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0 && second < 61)) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "There is no time of day %s:%s:%s.".formatted(hour, minute, second));
    }
    return (Long) date(arguments) * CivilDate.MILLIS_PER_DAY
        + hour * 3_600_000
        + minute * 60_000
        + Math.round(second * 1000);
  }

  private static Kernel toChar(List<Operand> operands, ColumnType type) {
    ColumnType argument = operands.getFirst().type();
    if (argument.dataType().isTime()) {
      return RowKernels.toObject(
          operands,
          type,
          arguments -> TimePattern.ofPostgres(text(arguments[1])).format(whole(arguments[0])),
          ColumnType.TIMESTAMP,
          ColumnType.STRING);
    }
    MathKernels.numeric(operands.getFirst(), "TO_CHAR");
    return RowKernels.toObject(
        operands,
        type,
        arguments ->
            NumberPattern.of(text(arguments[1]))
                .format((BigDecimal) Objects.requireNonNull(arguments[0])),
        ColumnType.BIG_DECIMAL,
        ColumnType.STRING);
  }

  private static Kernel toTimestamp(List<Operand> operands, ColumnType type) {
    Operand first = operands.getFirst();
    if (operands.size() > 1) {
      return RowKernels.toObject(
          operands,
          type,
          arguments -> TimePattern.ofPostgres(text(arguments[1])).parse(text(arguments[0])),
          ColumnType.STRING);
    }
    if (first.type().dataType().isNumeric()) {
      return RowKernels.toObject(
          operands,
          type,
          arguments -> Math.round((Double) Objects.requireNonNull(arguments[0]) * 1000),
          ColumnType.DOUBLE);
    }
    return Coercion.to(first, ColumnType.TIMESTAMP);
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name, ZoneId.SHORT_IDS);
    } catch (DateTimeException unknown) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "'" + name + "' is no time zone. Write one as 'Europe/Paris', 'UTC' or '+02:00'.",
          unknown);
    }
  }

  private static LocalDateTime local(long millis) {
    return LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
  }

  private static long toUtc(long millis, ZoneId zone) {
    return local(millis).atZone(zone).toInstant().toEpochMilli();
  }

  private static long fromUtc(long millis, ZoneId zone) {
    return millis
        + zone.getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds() * 1000L;
  }

  private static long bucketOfMillis(long width, long at, long origin) {
    checkWidth(width);
    return at - Math.floorMod(at - origin, width);
  }

  private static long bucketOfMonths(long width, long at, long origin) {
    checkWidth(width);
    long months = TimeUnit.MONTH.between(origin, at);
    if (TimeUnit.MONTH.add(origin, months) > at) {
      months--;
    }
    return TimeUnit.MONTH.add(origin, Math.floorDiv(months, width) * width);
  }

  private static void checkWidth(long width) {
    if (width <= 0) {
      throw new CuveeException(ErrorCode.DATA_EXCEPTION, "A bucket of time must be longer than 0.");
    }
  }

  private static String age(long to, long from) {
    if (to < from) {
      String opposite = age(from, to);
      return opposite.equals("00:00:00") ? opposite : negated(opposite);
    }
    // As PostgreSQL borrows: days from the month in which the time begins.
    LocalDateTime start = LocalDateTime.ofInstant(Instant.ofEpochMilli(from), ZoneOffset.UTC);
    LocalDateTime end = LocalDateTime.ofInstant(Instant.ofEpochMilli(to), ZoneOffset.UTC);
    long millis = Math.floorMod(to - from, CivilDate.MILLIS_PER_DAY);
    int days = end.getDayOfMonth() - start.getDayOfMonth();
    days -= end.toLocalTime().isBefore(start.toLocalTime()) ? 1 : 0;
    long months = ChronoUnit.MONTHS.between(YearMonth.from(start), YearMonth.from(end));
    if (days < 0) {
      days += start.toLocalDate().lengthOfMonth();
      months--;
    }
    return interval(months, days, millis);
  }

  private static String negated(String interval) {
    return interval.replaceAll("(^| )(\\d)", "$1-$2");
  }

  /// As PostgreSQL writes an interval.
  static String interval(long months, long days, long millis) {
    StringBuilder text = new StringBuilder();
    part(text, months / 12, "year");
    part(text, months % 12, "mon");
    part(text, days + millis / CivilDate.MILLIS_PER_DAY, "day");
    long rest = millis % CivilDate.MILLIS_PER_DAY;
    if (rest != 0 || text.isEmpty()) {
      long size = Math.abs(rest);
      text.append(text.isEmpty() ? "" : " ")
          .append(rest < 0 ? "-" : "")
          .append(
              String.format(
                  Locale.ROOT,
                  "%02d:%02d:%02d",
                  size / 3_600_000,
                  size / 60_000 % 60,
                  size / 1000 % 60));
      if (size % 1000 != 0) {
        text.append(String.format(Locale.ROOT, ".%03d", size % 1000).replaceAll("0+$", ""));
      }
    }
    return text.toString();
  }

  private static void part(StringBuilder text, long count, String unit) {
    if (count != 0) {
      text.append(text.isEmpty() ? "" : " ")
          .append(count)
          .append(' ')
          .append(unit)
          .append(count == 1 ? "" : "s");
    }
  }
}
