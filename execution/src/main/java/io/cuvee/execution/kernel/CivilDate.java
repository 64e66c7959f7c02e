package io.cuvee.execution.kernel;

/// Days since 1970-01-01 and dates of the proleptic Gregorian calendar, without allocation. After
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
public final class CivilDate {
  public static final long MILLIS_PER_DAY = 86_400_000L;

  private CivilDate() {}

  /// Year, month 1–12 and day 1–31 in one long; take it apart with [#year], [#month] and [#day].
  public static long ofEpochDay(long epochDay) {
    long shifted = epochDay + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    long dayOfEra = shifted - era * 146_097;
    long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long monthFromMarch = (5 * dayOfYear + 2) / 153;
    long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    return year << 16 | month << 8 | day;
  }

  public static long year(long civil) {
    return civil >> 16;
  }

  public static int month(long civil) {
    return (int) (civil >> 8 & 0xff);
  }

  public static int day(long civil) {
    return (int) (civil & 0xff);
  }

  public static long epochDay(long year, int month, int day) {
    long shifted = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(shifted, 400L);
    long yearOfEra = shifted - era * 400;
    long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  public static int daysInMonth(long year, int month) {
    return switch (month) {
      case 2 -> isLeap(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  public static boolean isLeap(long year) {
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  /// 1 for Monday to 7 for Sunday.
  public static int isoDayOfWeek(long epochDay) {
    return (int) Math.floorMod(epochDay + 3, 7L) + 1;
  }

  /// The day, `months` months later, that is the last of its month if the day of month does not
  /// exist there.
  public static long plusMonths(long epochDay, long months) {
    long civil = ofEpochDay(epochDay);
    long total = Math.addExact(year(civil) * 12 + month(civil) - 1, months);
    long year = Math.floorDiv(total, 12L);
    int month = (int) Math.floorMod(total, 12L) + 1;
    return epochDay(year, month, Math.min(day(civil), daysInMonth(year, month)));
  }
}
