package io.cuvee.calcite.operator;

import java.util.Locale;
import java.util.Map;
import org.apache.calcite.avatica.util.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The names of time units and fields as our functions take them.
public final class TimeUnits {
  private static final Map<String, String> BY_NAME =
      Map.ofEntries(
          Map.entry("DAYS", "DAY"),
          Map.entry("HOURS", "HOUR"),
          Map.entry("MILLISECONDS", "MILLISECOND"),
          Map.entry("MILLIS", "MILLISECOND"),
          Map.entry("MINUTES", "MINUTE"),
          Map.entry("MONTHS", "MONTH"),
          Map.entry("QUARTERS", "QUARTER"),
          Map.entry("SECONDS", "SECOND"),
          Map.entry("WEEKS", "WEEK"),
          Map.entry("YEARS", "YEAR"),
          Map.entry("SQL_TSI_SECOND", "SECOND"),
          Map.entry("SQL_TSI_MINUTE", "MINUTE"),
          Map.entry("SQL_TSI_HOUR", "HOUR"),
          Map.entry("SQL_TSI_DAY", "DAY"),
          Map.entry("SQL_TSI_WEEK", "WEEK"),
          Map.entry("SQL_TSI_MONTH", "MONTH"),
          Map.entry("SQL_TSI_QUARTER", "QUARTER"),
          Map.entry("SQL_TSI_YEAR", "YEAR"));

  private TimeUnits() {}

  /// Our name of a unit that a statement names.
  public static String canonical(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return BY_NAME.getOrDefault(upper, upper);
  }

  /// Our name of Calcite's unit.
  public static String of(TimeUnit unit) {
    return canonical(unit.name());
  }

  static boolean isWholeDays(@Nullable String unit) {
    return switch (unit == null ? "" : canonical(unit)) {
      case "DAY", "WEEK", "MONTH", "QUARTER", "YEAR" -> true;
      default -> false;
    };
  }
}
