package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.kernel.CivilDate;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// Functions of points in time, in UTC.
final class TimeKernels {
  private TimeKernels() {}

  static void register(Map<String, Factory> all) {
    for (String field :
        List.of(
            "YEAR",
            "QUARTER",
            "MONTH",
            "WEEK",
            "DAY",
            "HOUR",
            "MINUTE",
            "SECOND",
            "DAY_OF_WEEK",
            "DAY_OF_YEAR")) {
      TimeField known = TimeField.find(field);
      all.put(field, (arguments, _) -> field(arguments.getFirst(), known));
    }
    all.put(
        "MILLISECOND", (arguments, _) -> field(arguments.getFirst(), TimeField.MILLI_OF_SECOND));
    all.put("EXTRACT", TimeKernels::extract);
    all.put("DATE_TRUNC", TimeKernels::truncate);
    all.put("TIMESTAMP_ADD", TimeKernels::add);
    all.put("TIMESTAMP_DIFF", (arguments, _) -> difference(arguments));
    all.put("LAST_DAY", (arguments, _) -> lastDay(arguments));
    all.put("DAYNAME", (arguments, _) -> dayName(arguments));
    all.put("MONTHNAME", (arguments, _) -> monthName(arguments));
    all.put("TO_EPOCH_MILLIS", (arguments, _) -> ofTimestamp(arguments, millis -> millis));
    all.put(
        "TO_EPOCH_SECONDS",
        (arguments, _) -> ofTimestamp(arguments, millis -> Math.floorDiv(millis, 1000L)));
    all.put(
        "FROM_EPOCH_MILLIS", (arguments, _) -> Coercion.to(arguments.getFirst(), ColumnType.LONG));
    all.put("FROM_EPOCH_SECONDS", (arguments, _) -> fromSeconds(arguments));
    all.put("FORMAT_TIMESTAMP", (arguments, _) -> format(arguments));
    all.put("PARSE_TIMESTAMP", (arguments, _) -> parse(arguments));
  }

  private interface LongFunction {
    long apply(long value);
  }

  private static Kernel ofTimestamp(List<Operand> arguments, LongFunction function) {
    return RowKernels.toLong(
        arguments,
        (values, row) -> function.apply(((LongValues) values[0]).values()[row]),
        ColumnType.TIMESTAMP);
  }

  private static Kernel field(Operand argument, TimeField field) {
    return ofTimestamp(List.of(argument), field::of);
  }

  /// What a text argument names: looked up once if it is the same for all rows.
  private static <T> Function<BytesValuesRow, T> named(Operand operand, Function<String, T> find) {
    if (operand.constant() instanceof byte[] name) {
      String text = new String(name, StandardCharsets.UTF_8);
      try {
        T found = find.apply(text);
        return _ -> found;
      } catch (CuveeException unknown) {
        // Fails for the rows that need it.
        return _ -> find.apply(text);
      }
    }
    return row -> find.apply(row.texts.text(row.row));
  }

  private record BytesValuesRow(BytesValues texts, int row) {}

  private static <T> T named(Function<BytesValuesRow, T> names, Values texts, int row) {
    return names.apply(new BytesValuesRow((BytesValues) texts, row));
  }

  private static Kernel extract(List<Operand> arguments, ColumnType type) {
    if (type.equals(ColumnType.DOUBLE)) {
      return Kernels.find("EPOCH").create(arguments.subList(1, 2), type);
    }
    Function<BytesValuesRow, TimeField> fields = named(arguments.getFirst(), TimeField::find);
    return RowKernels.toLong(
        arguments,
        (values, row) -> named(fields, values[0], row).of(((LongValues) values[1]).values()[row]),
        ColumnType.STRING,
        ColumnType.TIMESTAMP);
  }

  private static Kernel truncate(List<Operand> arguments, ColumnType type) {
    Function<BytesValuesRow, TimeUnit> units = named(arguments.getFirst(), TimeUnit::find);
    Kernel kernel =
        RowKernels.toLong(
            arguments,
            (values, row) ->
                named(units, values[0], row).truncate(((LongValues) values[1]).values()[row]),
            ColumnType.STRING,
            ColumnType.TIMESTAMP);
    return Coercion.to(new Operand(kernel, ColumnType.TIMESTAMP, null, false), type);
  }

  private static Kernel add(List<Operand> arguments, ColumnType type) {
    Function<BytesValuesRow, TimeUnit> units = named(arguments.getFirst(), TimeUnit::find);
    Kernel kernel =
        RowKernels.toLong(
            arguments,
            (values, row) ->
                named(units, values[0], row)
                    .add(
                        ((LongValues) values[2]).values()[row],
                        ((LongValues) values[1]).values()[row]),
            ColumnType.STRING,
            ColumnType.LONG,
            ColumnType.TIMESTAMP);
    return Coercion.to(new Operand(kernel, ColumnType.TIMESTAMP, null, false), type);
  }

  private static Kernel difference(List<Operand> arguments) {
    Function<BytesValuesRow, TimeUnit> units = named(arguments.getFirst(), TimeUnit::find);
    return RowKernels.toLong(
        arguments,
        (values, row) ->
            named(units, values[0], row)
                .between(
                    ((LongValues) values[1]).values()[row], ((LongValues) values[2]).values()[row]),
        ColumnType.STRING,
        ColumnType.TIMESTAMP);
  }

  private static Kernel lastDay(List<Operand> arguments) {
    return ofTimestamp(
        arguments,
        millis -> {
          long civil = CivilDate.ofEpochDay(Math.floorDiv(millis, CivilDate.MILLIS_PER_DAY));
          long year = CivilDate.year(civil);
          int month = CivilDate.month(civil);
          return CivilDate.epochDay(year, month, CivilDate.daysInMonth(year, month));
        });
  }

  private static Kernel dayName(List<Operand> arguments) {
    return RowKernels.toText(
        arguments,
        (values, row, out) -> {
          long day =
              Math.floorDiv(((LongValues) values[0]).values()[row], CivilDate.MILLIS_PER_DAY);
          String name =
              DayOfWeek.of(CivilDate.isoDayOfWeek(day))
                  .getDisplayName(TextStyle.FULL, Locale.ENGLISH);
          out.append(name.getBytes(StandardCharsets.US_ASCII));
        },
        ColumnType.TIMESTAMP);
  }

  private static Kernel monthName(List<Operand> arguments) {
    return RowKernels.toText(
        arguments,
        (values, row, out) -> {
          long millis = ((LongValues) values[0]).values()[row];
          String name =
              Month.of((int) TimeField.MONTH.of(millis))
                  .getDisplayName(TextStyle.FULL, Locale.ENGLISH);
          out.append(name.getBytes(StandardCharsets.US_ASCII));
        },
        ColumnType.TIMESTAMP);
  }

  private static Kernel fromSeconds(List<Operand> arguments) {
    return RowKernels.toLong(
        arguments,
        (values, row) -> {
          long seconds = ((LongValues) values[0]).values()[row];
          if (Math.multiplyHigh(seconds, 1000) != seconds * 1000 >> 63) {
            throw ArithmeticKernels.overflow("FROM_EPOCH_SECONDS of " + seconds, false);
          }
          return seconds * 1000;
        },
        ColumnType.LONG);
  }

  private static DateTimeFormatter formatter(String pattern) {
    try {
      return new DateTimeFormatterBuilder()
          .appendPattern(pattern)
          .toFormatter(Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
    } catch (IllegalArgumentException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "'" + pattern + "' is not a java.time pattern: " + wrong.getMessage() + ".",
          wrong);
    }
  }

  private static Kernel format(List<Operand> arguments) {
    Function<BytesValuesRow, DateTimeFormatter> formats =
        named(arguments.get(1), TimeKernels::formatter);
    return RowKernels.toText(
        arguments,
        (values, row, out) -> {
          long millis = ((LongValues) values[0]).values()[row];
          try {
            String text = named(formats, values[1], row).format(Instant.ofEpochMilli(millis));
            out.append(text.getBytes(StandardCharsets.UTF_8));
          } catch (DateTimeException wrong) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "The pattern '" + ((BytesValues) values[1]).text(row) + "' does not fit TIMESTAMP.",
                wrong);
          }
        },
        ColumnType.TIMESTAMP,
        ColumnType.STRING);
  }

  private static Kernel parse(List<Operand> arguments) {
    Function<BytesValuesRow, ParsePattern> patterns =
        named(arguments.get(1), pattern -> new ParsePattern(formatter(pattern)));
    return RowKernels.toLong(
        arguments,
        (values, row) -> {
          String text = ((BytesValues) values[0]).text(row);
          try {
            return named(patterns, values[1], row).parse(text);
          } catch (DateTimeException | ArithmeticException wrong) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "'"
                    + text
                    + "' does not fit the pattern '"
                    + ((BytesValues) values[1]).text(row)
                    + "'.",
                wrong);
          }
        },
        ColumnType.STRING);
  }

  /// Parses by a pattern that may lack a part of the day, which then is 0, a month or day, which
  /// then is 1, or the zone, which then is UTC.
  private record ParsePattern(DateTimeFormatter formatter) {
    long parse(String text) {
      TemporalAccessor parsed = formatter.parse(text);
      if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
        return Instant.from(parsed).toEpochMilli();
      }
      LocalDate date = parsed.query(TemporalQueries.localDate());
      if (date == null) {
        int year =
            parsed.isSupported(ChronoField.YEAR)
                ? parsed.get(ChronoField.YEAR)
                : parsed.get(ChronoField.YEAR_OF_ERA);
        int month =
            parsed.isSupported(ChronoField.MONTH_OF_YEAR)
                ? parsed.get(ChronoField.MONTH_OF_YEAR)
                : 1;
        int day =
            parsed.isSupported(ChronoField.DAY_OF_MONTH) ? parsed.get(ChronoField.DAY_OF_MONTH) : 1;
        date = LocalDate.of(year, month, day);
      }
      LocalTime time = parsed.query(TemporalQueries.localTime());
      return LocalDateTime.of(date, Objects.requireNonNullElse(time, LocalTime.MIDNIGHT))
          .toInstant(ZoneOffset.UTC)
          .toEpochMilli();
    }
  }
}
