package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.execution.kernel.CivilDate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Units of time: a fixed number of milliseconds, or a number of months.
enum TimeUnit {
  MICROSECOND(0, 0),
  MILLISECOND(1, 0),
  SECOND(1000, 0),
  MINUTE(60_000, 0),
  HOUR(3_600_000, 0),
  DAY(CivilDate.MILLIS_PER_DAY, 0),
  WEEK(7 * CivilDate.MILLIS_PER_DAY, 0),
  MONTH(0, 1),
  QUARTER(0, 3),
  YEAR(0, 12),
  DECADE(0, 120),
  CENTURY(0, 1200),
  MILLENNIUM(0, 12_000);

  private static final Map<String, TimeUnit> BY_NAME = names();

  private final long millis;
  private final int months;

  TimeUnit(long millis, int months) {
    this.millis = millis;
    this.months = months;
  }

  private static Map<String, TimeUnit> names() {
    Map<String, TimeUnit> names = new HashMap<>();
    for (TimeUnit unit : values()) {
      names.put(unit.name(), unit);
      names.put(unit.name() + "S", unit);
      names.put("SQL_TSI_" + unit.name(), unit);
    }
    return Map.copyOf(names);
  }

  /// @throws CuveeException `INVALID_PARAMETER` if there is no unit of this name
  static TimeUnit find(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    TimeUnit unit = BY_NAME.get(upper);
    if (unit == null) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "'"
              + name
              + "' is not a unit of time."
              + Suggestions.didYouMean(upper, BY_NAME.keySet()));
    }
    return unit;
  }

  /// The start of the unit that holds this point in time. Weeks start on Monday; decades with years
  /// that end in 0, centuries and millennia with years that end in 1.
  long truncate(long at) {
    if (this == MICROSECOND) {
      return at;
    }
    if (this == WEEK) {
      long day = Math.floorDiv(at, CivilDate.MILLIS_PER_DAY);
      return (day - CivilDate.isoDayOfWeek(day) + 1) * CivilDate.MILLIS_PER_DAY;
    }
    if (millis > 0) {
      return at - Math.floorMod(at, millis);
    }
    long civil = CivilDate.ofEpochDay(Math.floorDiv(at, CivilDate.MILLIS_PER_DAY));
    long year = CivilDate.year(civil);
    int month = CivilDate.month(civil);
    long startDay =
        switch (this) {
          case MONTH -> CivilDate.epochDay(year, month, 1);
          case QUARTER -> CivilDate.epochDay(year, (month - 1) / 3 * 3 + 1, 1);
          case DECADE -> CivilDate.epochDay(year - Math.floorMod(year, 10L), 1, 1);
          case CENTURY -> CivilDate.epochDay(year - Math.floorMod(year - 1, 100L), 1, 1);
          case MILLENNIUM -> CivilDate.epochDay(year - Math.floorMod(year - 1, 1000L), 1, 1);
          default -> CivilDate.epochDay(year, 1, 1);
        };
    return startDay * CivilDate.MILLIS_PER_DAY;
  }

  /// `count` units later. A day of month that does not exist becomes the last one.
  long add(long at, long count) {
    try {
      if (this == MICROSECOND) {
        return Math.addExact(at, Math.floorDiv(count, 1000L));
      }
      if (millis > 0) {
        return Math.addExact(at, Math.multiplyExact(count, millis));
      }
      long day = Math.floorDiv(at, CivilDate.MILLIS_PER_DAY);
      long ofDay = at - day * CivilDate.MILLIS_PER_DAY;
      long added = Math.multiplyExact(count, (long) months);
      if (Math.abs(added) > 12L * 600_000_000) {
        throw new ArithmeticException();
      }
      long newDay = CivilDate.plusMonths(day, added);
      return Math.addExact(Math.multiplyExact(newDay, CivilDate.MILLIS_PER_DAY), ofDay);
    } catch (ArithmeticException tooLarge) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW,
          "Adding " + count + " " + name() + " leaves the range of TIMESTAMP.");
    }
  }

  /// Whole units from `from` to `to`, cut towards zero.
  long between(long from, long to) {
    long difference = to - from;
    if (((to ^ from) & (to ^ difference)) < 0) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW, "The difference of two points in time does not fit BIGINT.");
    }
    if (this == MICROSECOND) {
      if (Math.multiplyHigh(difference, 1000) != difference * 1000 >> 63) {
        throw ArithmeticKernels.overflow("A difference in microseconds", false);
      }
      return difference * 1000;
    }
    return millis > 0 ? difference / millis : monthsBetween(from, to) / months;
  }

  private static long monthsBetween(long from, long to) {
    long a = position(from);
    long b = position(to);
    long months = (b >> 40) - (a >> 40);
    long restA = a & (1L << 40) - 1;
    long restB = b & (1L << 40) - 1;
    if (months > 0 && restB < restA) {
      return months - 1;
    }
    return months < 0 && restB > restA ? months + 1 : months;
  }

  /// Months since year 0 in the high bits, milliseconds since the start of the month in the low 40.
  private static long position(long at) {
    long day = Math.floorDiv(at, CivilDate.MILLIS_PER_DAY);
    long civil = CivilDate.ofEpochDay(day);
    long month = CivilDate.year(civil) * 12 + CivilDate.month(civil) - 1;
    long rest =
        (CivilDate.day(civil) - 1) * CivilDate.MILLIS_PER_DAY
            + Math.floorMod(at, CivilDate.MILLIS_PER_DAY);
    return month << 40 | rest;
  }
}
