package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.execution.kernel.CivilDate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Fields of a point in time, in UTC. Weeks follow ISO 8601.
enum TimeField {
  YEAR,
  ISOYEAR,
  QUARTER,
  MONTH,
  WEEK,
  DAY,
  /// 1 for Monday to 7 for Sunday.
  DAY_OF_WEEK,
  /// 0 for Sunday to 6 for Saturday, as PostgreSQL and DuckDB have it.
  DOW,
  DAY_OF_YEAR,
  HOUR,
  MINUTE,
  SECOND,
  /// Milliseconds of the minute, as in EXTRACT.
  MILLISECOND,
  MICROSECOND,
  /// Milliseconds of the second, as in the function MILLISECOND.
  MILLI_OF_SECOND,
  /// Seconds since 1970.
  EPOCH,
  DECADE,
  CENTURY,
  MILLENNIUM;

  private static final Map<String, TimeField> BY_NAME = names();

  private static Map<String, TimeField> names() {
    Map<String, TimeField> names = new HashMap<>();
    for (TimeField field : values()) {
      names.put(field.name(), field);
    }
    for (TimeField field :
        new TimeField[] {
          YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND
        }) {
      names.put(field.name() + "S", field);
    }
    names.put("ISODOW", DAY_OF_WEEK);
    names.put("DAYOFWEEK", DAY_OF_WEEK);
    names.put("DOY", DAY_OF_YEAR);
    names.put("DAYOFYEAR", DAY_OF_YEAR);
    names.put("DAY_OF_MONTH", DAY);
    names.put("DAYOFMONTH", DAY);
    names.put("WEEK_OF_YEAR", WEEK);
    return Map.copyOf(names);
  }

  /// @throws CuveeException `INVALID_PARAMETER` if there is no field of this name
  static TimeField find(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    TimeField field = BY_NAME.get(upper);
    if (field == null) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "'"
              + name
              + "' is not a field of a point in time."
              + Suggestions.didYouMean(upper, BY_NAME.keySet()));
    }
    return field;
  }

  long of(long millis) {
    long epochDay = Math.floorDiv(millis, CivilDate.MILLIS_PER_DAY);
    long ofDay = millis - epochDay * CivilDate.MILLIS_PER_DAY;
    return switch (this) {
      case YEAR -> CivilDate.year(CivilDate.ofEpochDay(epochDay));
      case QUARTER -> (CivilDate.month(CivilDate.ofEpochDay(epochDay)) - 1) / 3 + 1;
      case MONTH -> CivilDate.month(CivilDate.ofEpochDay(epochDay));
      case DAY -> CivilDate.day(CivilDate.ofEpochDay(epochDay));
      case ISOYEAR -> isoYear(epochDay);
      case WEEK -> week(epochDay);
      case DAY_OF_WEEK -> CivilDate.isoDayOfWeek(epochDay);
      case DOW -> CivilDate.isoDayOfWeek(epochDay) % 7;
      case DAY_OF_YEAR ->
          epochDay - CivilDate.epochDay(CivilDate.year(CivilDate.ofEpochDay(epochDay)), 1, 1) + 1;
      case HOUR -> ofDay / 3_600_000;
      case MINUTE -> ofDay / 60_000 % 60;
      case SECOND -> ofDay / 1000 % 60;
      case MILLISECOND -> ofDay % 60_000;
      case MICROSECOND -> ofDay % 60_000 * 1000;
      case MILLI_OF_SECOND -> ofDay % 1000;
      case EPOCH -> Math.floorDiv(millis, 1000L);
      case DECADE -> Math.floorDiv(CivilDate.year(CivilDate.ofEpochDay(epochDay)), 10L);
      case CENTURY -> period(CivilDate.year(CivilDate.ofEpochDay(epochDay)), 100);
      case MILLENNIUM -> period(CivilDate.year(CivilDate.ofEpochDay(epochDay)), 1000);
    };
  }

  /// The first century is the years 1 to 100.
  private static long period(long year, int length) {
    return year > 0 ? (year + length - 1) / length : -((length - year) / length);
  }

  /// A week belongs to the year of its Thursday.
  private static long thursday(long epochDay) {
    return epochDay - CivilDate.isoDayOfWeek(epochDay) + 4;
  }

  private static long isoYear(long epochDay) {
    return CivilDate.year(CivilDate.ofEpochDay(thursday(epochDay)));
  }

  private static long week(long epochDay) {
    long thursday = thursday(epochDay);
    long firstDay = CivilDate.epochDay(CivilDate.year(CivilDate.ofEpochDay(thursday)), 1, 1);
    return (thursday - firstDay) / 7 + 1;
  }
}
