package io.cuvee.common.function;

import static io.cuvee.common.function.ScalarFunction.Argument.ANY;
import static io.cuvee.common.function.ScalarFunction.Argument.INTEGER;
import static io.cuvee.common.function.ScalarFunction.Argument.NUMERIC;
import static io.cuvee.common.function.ScalarFunction.Argument.TEXT;
import static io.cuvee.common.function.ScalarFunction.Argument.TIME;
import static io.cuvee.common.function.ScalarFunction.Argument.TIMESTAMP;

import io.cuvee.common.function.ScalarFunction.Result;
import java.util.List;

/// Functions of time, beside those that SQL itself has.
final class TimeFunctions {
  private TimeFunctions() {}

  static void declare(Declarations all) {
    all.function(
        "DAYS_BETWEEN",
        List.of(),
        Result.LONG,
        2,
        "Days from the second to the first; `date - date`.",
        TIME,
        TIME);
    all.function(
        "ADD_DAYS", List.of(), Result.FIRST, 2, "So many days later; `date + n`.", TIME, INTEGER);
    all.function(
        "SUBTRACT_DAYS",
        List.of(),
        Result.FIRST,
        2,
        "So many days earlier; `date - n`.",
        TIME,
        INTEGER);
    all.function(
        "MAKE_DATE",
        List.of(),
        Result.DATE,
        3,
        "Of year, month and day.",
        INTEGER,
        INTEGER,
        INTEGER);
    all.function(
        "MAKE_TIMESTAMP",
        List.of(),
        Result.TIMESTAMP,
        6,
        "Of year, month, day, hour, minute and seconds.",
        INTEGER,
        INTEGER,
        INTEGER,
        INTEGER,
        INTEGER,
        NUMERIC);
    all.function(
        "TO_CHAR",
        List.of(),
        Result.STRING,
        2,
        "A point in time or a number as text, by a pattern of PostgreSQL: YYYY-MM-DD HH24:MI:SS,"
            + " FM999,990.00.",
        ANY,
        TEXT);
    all.function(
        "TO_DATE",
        List.of(),
        Result.DATE,
        2,
        "The day that a text names, by a pattern of PostgreSQL.",
        TEXT,
        TEXT);
    all.function(
        "TO_TIMESTAMP",
        List.of(),
        Result.TIMESTAMP,
        1,
        "The point in time that a text names, by a pattern of PostgreSQL; of a number, that many"
            + " seconds after 1970.",
        ANY,
        TEXT);
    all.function(
        "STRFTIME",
        List.of(),
        Result.STRING,
        2,
        "A point in time as text, by a pattern as %Y-%m-%d %H:%M:%S.",
        TIME,
        TEXT);
    all.function(
        "STRPTIME",
        List.of(),
        Result.TIMESTAMP,
        2,
        "The point in time that a text names, by a pattern as %Y-%m-%d.",
        TEXT,
        TEXT);
    all.function(
        "AGE",
        List.of(),
        Result.STRING,
        2,
        "Years, months, days and the time of day from the second to the first, as text: 1 year 2"
            + " mons 3 days 04:05:06.",
        TIME,
        TIME);
    all.function("EPOCH", List.of(), Result.DOUBLE, 1, "Seconds since 1970, with fraction.", TIME);
    all.function("EPOCH_MS", List.of(), Result.LONG, 1, "Milliseconds since 1970.", TIME);
    all.function("EPOCH_US", List.of(), Result.LONG, 1, "Microseconds since 1970.", TIME);
    all.function("EPOCH_NS", List.of(), Result.LONG, 1, "Nanoseconds since 1970.", TIME);
    all.function(
        "JULIAN",
        List.of(),
        Result.DOUBLE,
        1,
        "Days since noon of the first day of 4713 BC.",
        TIME);
    all.function("ERA", List.of(), Result.LONG, 1, "1 after Christ, 0 before.", TIME);
    all.function("ISODOW", List.of(), Result.LONG, 1, "1 for Monday to 7 for Sunday.", TIME);
    all.function(
        "ISOYEAR",
        List.of("YEAROFWEEK", "YOW", "YEAR_OF_WEEK"),
        Result.LONG,
        1,
        "Year of the ISO week.",
        TIME);
    all.function(
        "YEARWEEK", List.of(), Result.LONG, 1, "Year and number of the ISO week, as 202601.", TIME);
    all.function("CENTURY", List.of(), Result.LONG, 1, "Field of a point in time.", TIME);
    all.function("DECADE", List.of(), Result.LONG, 1, "Field of a point in time.", TIME);
    all.function("MILLENNIUM", List.of(), Result.LONG, 1, "Field of a point in time.", TIME);
    all.function("WEEKDAY", List.of(), Result.LONG, 1, "0 for Sunday to 6 for Saturday.", TIME);
    all.function("MICROSECOND", List.of(), Result.LONG, 1, "Microseconds of the minute.", TIME);
    all.function(
        "ISFINITE",
        List.of(),
        Result.BOOLEAN,
        1,
        "Whether it is a point in time; always true here.",
        TIME);
    all.function(
        "TO_UTC_TIMESTAMP",
        List.of(),
        Result.TIMESTAMP,
        2,
        "The instant at which clocks of a zone show this; `t AT TIME ZONE zone`.",
        TIMESTAMP,
        TEXT);
    all.function(
        "FROM_UTC_TIMESTAMP",
        List.of(),
        Result.TIMESTAMP,
        2,
        "What clocks of a zone show at this instant.",
        TIMESTAMP,
        TEXT);
    all.function(
        "TIME_BUCKET_MILLIS",
        List.of(),
        Result.TIMESTAMP,
        3,
        "The start of the bucket of so many milliseconds that holds the second, if one starts at"
            + " the third.",
        INTEGER,
        TIMESTAMP,
        TIMESTAMP);
    all.function(
        "TIME_BUCKET_MONTHS",
        List.of(),
        Result.TIMESTAMP,
        3,
        "The start of the bucket of so many months that holds the second, if one starts at the"
            + " third.",
        INTEGER,
        TIMESTAMP,
        TIMESTAMP);
    all.function(
        "TIME_CONVERT",
        List.of("TIMECONVERT"),
        Result.LONG,
        3,
        "A number of units of the second kind as units of the third, as 'MILLISECONDS', 'HOURS',"
            + " 'DAYS'.",
        INTEGER,
        TEXT,
        TEXT);
    all.function(
        "DATETIMECONVERT",
        List.of(),
        Result.STATED,
        4,
        "Pinot's conversion of times from one format to another, as '1:MILLISECONDS:EPOCH' or"
            + " '1:DAYS:SIMPLE_DATE_FORMAT:yyyy-MM-dd', cut to a granularity as '1:HOURS'.",
        ANY,
        TEXT,
        TEXT,
        TEXT);
    all.function(
        "INTERVAL_TEXT",
        List.of(),
        Result.STRING,
        2,
        "Months and milliseconds as text: 1 year 2 mons 3 days 04:05:06.",
        INTEGER,
        INTEGER);
  }
}
