package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.kernel.CivilDate;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How points in time are written, by PostgreSQL's patterns (`YYYY-MM-DD HH24:MI:SS`) or C's
/// (`%Y-%m-%d`). Immutable.
final class TimePattern {
  /// Patterns that are kept; they are few, but could be made of the rows.
  private static final int MAX_KEPT = 1000;

  private static final Map<String, TimePattern> POSTGRES = new ConcurrentHashMap<>();
  private static final Map<String, TimePattern> PERCENTS = new ConcurrentHashMap<>();

  private enum Field {
    YEAR(4),
    YEAR_OF_THREE(3),
    SHORT_YEAR(2),
    YEAR_OF_ONE(1),
    YEAR_WITH_COMMA(5),
    ERA(0),
    DOTTED_ERA(0),
    QUARTER(1),
    MONTH(2),
    MONTH_NAME(0),
    MONTH_SHORT(0),
    DAY(2),
    DAY_NAME(0),
    DAY_SHORT(0),
    DAY_OF_WEEK(1),
    DAY_FROM_SUNDAY(1),
    ISO_DAY_OF_WEEK(1),
    DAY_OF_YEAR(3),
    WEEK(2),
    WEEK_OF_YEAR(2),
    WEEK_OF_MONTH(1),
    WEEK_FROM_SUNDAY(2),
    WEEK_FROM_MONDAY(2),
    ISO_YEAR(4),
    ISO_YEAR_OF_THREE(3),
    ISO_YEAR_OF_TWO(2),
    ISO_YEAR_OF_ONE(1),
    ISO_DAY_OF_YEAR(3),
    JULIAN_DAY(0),
    ROMAN_MONTH(0),
    HOUR(2),
    HOUR12(2),
    MINUTE(2),
    SECOND(2),
    TENTH(1),
    HUNDREDTH(2),
    MILLI(3),
    TEN_THOUSANDTH(4),
    HUNDRED_THOUSANDTH(5),
    MICRO(6),
    NANO(9),
    SECOND_OF_DAY(5),
    EPOCH(0),
    HALF(0),
    DOTTED_HALF(0),
    ZONE(0),
    CENTURY(2);

    private final int digits;

    Field(int digits) {
      this.digits = digits;
    }

    boolean isLongName() {
      return this == MONTH_NAME || this == DAY_NAME;
    }
  }

  private enum Letters {
    AS_IS,
    UPPER,
    LOWER
  }

  private static final List<String> ROMAN =
      List.of("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII");

  private static final long JULIAN_DAY_OF_1970 = 2_440_588;

  /// How wide PostgreSQL writes names of months and days, and Roman numerals.
  private static final int NAME_WIDTH = 9;

  private static final int ROMAN_WIDTH = 4;

  /// The year where a text names none.
  private static final int POSTGRES_YEAR = 1;

  private static final int PERCENTS_YEAR = 1900;

  /// A field, or the text between fields.
  ///
  /// @param padded whether it has the field's full width
  private record Part(@Nullable Field field, String text, boolean padded, Letters letters) {}

  /// In an order in which no name hides a longer one.
  private static final Map<String, Field> NAMES = names();

  private static final Map<Character, Field> LETTERS =
      Map.ofEntries(
          Map.entry('Y', Field.YEAR),
          Map.entry('y', Field.SHORT_YEAR),
          Map.entry('m', Field.MONTH),
          Map.entry('B', Field.MONTH_NAME),
          Map.entry('b', Field.MONTH_SHORT),
          Map.entry('h', Field.MONTH_SHORT),
          Map.entry('d', Field.DAY),
          Map.entry('e', Field.DAY),
          Map.entry('A', Field.DAY_NAME),
          Map.entry('a', Field.DAY_SHORT),
          Map.entry('w', Field.DAY_FROM_SUNDAY),
          Map.entry('u', Field.ISO_DAY_OF_WEEK),
          Map.entry('j', Field.DAY_OF_YEAR),
          Map.entry('V', Field.WEEK),
          Map.entry('U', Field.WEEK_FROM_SUNDAY),
          Map.entry('W', Field.WEEK_FROM_MONDAY),
          Map.entry('G', Field.ISO_YEAR),
          Map.entry('H', Field.HOUR),
          Map.entry('I', Field.HOUR12),
          Map.entry('M', Field.MINUTE),
          Map.entry('S', Field.SECOND),
          Map.entry('g', Field.MILLI),
          Map.entry('f', Field.MICRO),
          Map.entry('s', Field.EPOCH),
          Map.entry('p', Field.HALF),
          Map.entry('Z', Field.ZONE),
          Map.entry('z', Field.ZONE));

  private final String pattern;
  private final List<Part> parts;
  private final int defaultYear;

  private TimePattern(String pattern, List<Part> parts, int defaultYear) {
    this.pattern = pattern;
    this.parts = List.copyOf(parts);
    this.defaultYear = defaultYear;
  }

  private static Map<String, Field> names() {
    Map<String, Field> names = new LinkedHashMap<>();
    names.put("YYYY", Field.YEAR);
    names.put("YYY", Field.YEAR_OF_THREE);
    names.put("YY", Field.SHORT_YEAR);
    names.put("Y", Field.YEAR_OF_ONE);
    names.put("RRRR", Field.YEAR);
    names.put("RR", Field.SHORT_YEAR);
    names.put("Y,YYY", Field.YEAR_WITH_COMMA);
    names.put("IYYY", Field.ISO_YEAR);
    names.put("IYY", Field.ISO_YEAR_OF_THREE);
    names.put("IY", Field.ISO_YEAR_OF_TWO);
    names.put("I", Field.ISO_YEAR_OF_ONE);
    names.put("AD", Field.ERA);
    names.put("BC", Field.ERA);
    names.put("A.D.", Field.DOTTED_ERA);
    names.put("B.C.", Field.DOTTED_ERA);
    names.put("MONTH", Field.MONTH_NAME);
    names.put("MON", Field.MONTH_SHORT);
    names.put("RM", Field.ROMAN_MONTH);
    names.put("MM", Field.MONTH);
    names.put("MI", Field.MINUTE);
    names.put("MS", Field.MILLI);
    names.put("DAY", Field.DAY_NAME);
    names.put("DY", Field.DAY_SHORT);
    names.put("DDD", Field.DAY_OF_YEAR);
    names.put("IDDD", Field.ISO_DAY_OF_YEAR);
    names.put("DD", Field.DAY);
    names.put("D", Field.DAY_OF_WEEK);
    names.put("ID", Field.ISO_DAY_OF_WEEK);
    names.put("J", Field.JULIAN_DAY);
    names.put("IW", Field.WEEK);
    names.put("WW", Field.WEEK_OF_YEAR);
    names.put("W", Field.WEEK_OF_MONTH);
    names.put("HH24", Field.HOUR);
    names.put("HH12", Field.HOUR12);
    names.put("HH", Field.HOUR12);
    names.put("SSSSS", Field.SECOND_OF_DAY);
    names.put("SSSS", Field.SECOND_OF_DAY);
    names.put("SS", Field.SECOND);
    names.put("US", Field.MICRO);
    names.put("FF1", Field.TENTH);
    names.put("FF2", Field.HUNDREDTH);
    names.put("FF3", Field.MILLI);
    names.put("FF4", Field.TEN_THOUSANDTH);
    names.put("FF5", Field.HUNDRED_THOUSANDTH);
    names.put("FF6", Field.MICRO);
    names.put("FF9", Field.NANO);
    names.put("AM", Field.HALF);
    names.put("PM", Field.HALF);
    names.put("A.M.", Field.DOTTED_HALF);
    names.put("P.M.", Field.DOTTED_HALF);
    names.put("TZ", Field.ZONE);
    names.put("OF", Field.ZONE);
    names.put("CC", Field.CENTURY);
    names.put("Q", Field.QUARTER);
    return names;
  }

  /// A pattern as `YYYY-MM-DD HH24:MI:SS`; what is in double quotes stands for itself.
  static TimePattern ofPostgres(String pattern) {
    return kept(POSTGRES, pattern, TimePattern::readPostgres, POSTGRES_YEAR);
  }

  /// A pattern as `%Y-%m-%d`; `%-d` is without zeros before it.
  ///
  /// @throws CuveeException `DATA_EXCEPTION` for a letter that means nothing
  static TimePattern ofPercents(String pattern) {
    return kept(PERCENTS, pattern, TimePattern::readPercents, PERCENTS_YEAR);
  }

  private interface Reader {
    List<Part> read(String pattern);
  }

  private static TimePattern kept(
      Map<String, TimePattern> kept, String pattern, Reader reader, int defaultYear) {
    TimePattern known = kept.get(pattern);
    if (known == null) {
      known = new TimePattern(pattern, reader.read(pattern), defaultYear);
      if (kept.size() < MAX_KEPT) {
        kept.put(pattern, known);
      }
    }
    return known;
  }

  private static List<Part> readPostgres(String pattern) {
    List<Part> parts = new ArrayList<>();
    boolean padded = true;
    int i = 0;
    while (i < pattern.length()) {
      if (pattern.charAt(i) == '"') {
        int end = pattern.indexOf('"', i + 1);
        end = end < 0 ? pattern.length() : end;
        parts.add(text(pattern.substring(i + 1, end)));
        i = end + 1;
        continue;
      }
      if (pattern.regionMatches(true, i, "FM", 0, 2)) {
        padded = false;
        i += 2;
        continue;
      }
      if (pattern.regionMatches(true, i, "FX", 0, 2)) {
        i += 2;
        continue;
      }
      String name = nameAt(pattern, i);
      Field field = name == null ? null : NAMES.get(name);
      if (name == null || field == null) {
        parts.add(text(pattern.substring(i, i + 1)));
        i++;
        continue;
      }
      String written = pattern.substring(i, i + name.length());
      parts.add(new Part(field, "", padded, letters(written)));
      padded = true;
      i += name.length();
      // 1st, 2nd: the ordinal's letters are left out when a number is read. The T of a date and
      // time by ISO 8601 is none of them.
      if (pattern.regionMatches(true, i, "TH", 0, 2)
          && !pattern.regionMatches(true, i + 2, "H", 0, 1)) {
        parts.add(new Part(null, "th", true, Letters.AS_IS));
        i += 2;
      }
    }
    return parts;
  }

  private static Letters letters(String written) {
    if (Character.isLowerCase(written.charAt(0))) {
      return Letters.LOWER;
    }
    return Character.isLowerCase(written.charAt(written.length() - 1))
        ? Letters.AS_IS
        : Letters.UPPER;
  }

  private static @Nullable String nameAt(String pattern, int at) {
    String found = null;
    for (String name : NAMES.keySet()) {
      if (pattern.regionMatches(true, at, name, 0, name.length())
          && (found == null || found.length() < name.length())) {
        found = name;
      }
    }
    return found;
  }

  private static Part text(String text) {
    return new Part(null, text, true, Letters.AS_IS);
  }

  private static List<Part> readPercents(String pattern) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '%' || i + 1 == pattern.length()) {
        parts.add(text(String.valueOf(c)));
        continue;
      }
      boolean padded = pattern.charAt(i + 1) != '-';
      i += padded || i + 2 == pattern.length() ? 1 : 2;
      char letter = pattern.charAt(i);
      switch (letter) {
        case '%' -> parts.add(text("%"));
        case 'n' -> parts.add(text("\n"));
        case 't' -> parts.add(text("\t"));
        case 'F', 'x' -> parts.addAll(readPercents("%Y-%m-%d"));
        case 'T', 'X' -> parts.addAll(readPercents("%H:%M:%S"));
        case 'R' -> parts.addAll(readPercents("%H:%M"));
        case 'D' -> parts.addAll(readPercents("%m/%d/%y"));
        case 'c' -> parts.addAll(readPercents("%Y-%m-%d %H:%M:%S"));
        default -> {
          Field field = LETTERS.get(letter);
          if (field == null) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "'"
                    + pattern
                    + "' is no pattern of a point in time: %"
                    + letter
                    + " means nothing.");
          }
          parts.add(new Part(field, "", padded && !field.isLongName(), Letters.AS_IS));
        }
      }
    }
    return parts;
  }

  String format(long millis) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      Field field = part.field();
      if (field == null) {
        text.append(part.text().equals("th") ? ordinal(text) : part.text());
      } else {
        append(text, part, field, millis);
      }
    }
    return text.toString();
  }

  private static String ordinal(CharSequence before) {
    int length = before.length();
    boolean teen = length > 1 && before.charAt(length - 2) == '1';
    return switch (teen || length == 0 ? '0' : before.charAt(length - 1)) {
      case '1' -> "st";
      case '2' -> "nd";
      case '3' -> "rd";
      default -> "th";
    };
  }

  private static void append(StringBuilder text, Part part, Field field, long millis) {
    String name =
        switch (field) {
          case MONTH_NAME -> month(millis, TextStyle.FULL);
          case MONTH_SHORT -> month(millis, TextStyle.SHORT);
          case DAY_NAME -> day(millis, TextStyle.FULL);
          case DAY_SHORT -> day(millis, TextStyle.SHORT);
          case HALF -> TimeField.HOUR.of(millis) < 12 ? "AM" : "PM";
          case DOTTED_HALF -> TimeField.HOUR.of(millis) < 12 ? "A.M." : "P.M.";
          case ERA -> TimeField.YEAR.of(millis) > 0 ? "AD" : "BC";
          case DOTTED_ERA -> TimeField.YEAR.of(millis) > 0 ? "A.D." : "B.C.";
          case ROMAN_MONTH -> ROMAN.get((int) TimeField.MONTH.of(millis) - 1);
          case YEAR_WITH_COMMA -> withComma(TimeField.YEAR.of(millis));
          case ZONE -> "+00";
          default -> null;
        };
    if (name != null) {
      String shown =
          switch (part.letters()) {
            case AS_IS -> name;
            case UPPER -> name.toUpperCase(Locale.ENGLISH);
            case LOWER -> name.toLowerCase(Locale.ENGLISH);
          };
      text.append(shown);
      if (part.padded()) {
        int width = field == Field.ROMAN_MONTH ? ROMAN_WIDTH : field.isLongName() ? NAME_WIDTH : 0;
        text.append(" ".repeat(Math.max(0, width - shown.length())));
      }
      return;
    }
    String digits = Long.toString(Math.abs(number(field, millis)));
    if (part.padded()) {
      text.append("0".repeat(Math.max(0, field.digits - digits.length())));
    }
    text.append(digits);
  }

  private static String withComma(long year) {
    return "%d,%03d".formatted(year / 1000, Math.abs(year % 1000));
  }

  /// By weeks that begin with Sunday (0) or Monday (1); the days before the first one are week 0.
  private static long weekFrom(int firstDay, long millis) {
    long day = Math.floorMod(TimeField.DAY_OF_WEEK.of(millis) - firstDay, 7L);
    return (TimeField.DAY_OF_YEAR.of(millis) + 6 - day) / 7;
  }

  private static long isoDayOfYear(long millis) {
    return (TimeField.WEEK.of(millis) - 1) * 7 + TimeField.DAY_OF_WEEK.of(millis);
  }

  private static String month(long millis, TextStyle style) {
    return Month.of((int) TimeField.MONTH.of(millis)).getDisplayName(style, Locale.ENGLISH);
  }

  private static String day(long millis, TextStyle style) {
    return DayOfWeek.of((int) TimeField.DAY_OF_WEEK.of(millis))
        .getDisplayName(style, Locale.ENGLISH);
  }

  private static long number(Field field, long millis) {
    return switch (field) {
      case YEAR -> TimeField.YEAR.of(millis);
      case YEAR_OF_THREE -> Math.floorMod(TimeField.YEAR.of(millis), 1000L);
      case SHORT_YEAR -> Math.floorMod(TimeField.YEAR.of(millis), 100L);
      case YEAR_OF_ONE -> Math.floorMod(TimeField.YEAR.of(millis), 10L);
      case QUARTER -> TimeField.QUARTER.of(millis);
      case MONTH -> TimeField.MONTH.of(millis);
      case DAY -> TimeField.DAY.of(millis);
      case DAY_OF_WEEK -> TimeField.DOW.of(millis) + 1;
      case DAY_FROM_SUNDAY -> TimeField.DOW.of(millis);
      case ISO_DAY_OF_WEEK -> TimeField.DAY_OF_WEEK.of(millis);
      case DAY_OF_YEAR -> TimeField.DAY_OF_YEAR.of(millis);
      case WEEK -> TimeField.WEEK.of(millis);
      case WEEK_OF_YEAR -> (TimeField.DAY_OF_YEAR.of(millis) - 1) / 7 + 1;
      case WEEK_OF_MONTH -> (TimeField.DAY.of(millis) - 1) / 7 + 1;
      case WEEK_FROM_SUNDAY -> weekFrom(0, millis);
      case WEEK_FROM_MONDAY -> weekFrom(1, millis);
      case ISO_YEAR -> TimeField.ISOYEAR.of(millis);
      case ISO_YEAR_OF_THREE -> Math.floorMod(TimeField.ISOYEAR.of(millis), 1000L);
      case ISO_YEAR_OF_TWO -> Math.floorMod(TimeField.ISOYEAR.of(millis), 100L);
      case ISO_YEAR_OF_ONE -> Math.floorMod(TimeField.ISOYEAR.of(millis), 10L);
      case ISO_DAY_OF_YEAR -> isoDayOfYear(millis);
      case JULIAN_DAY -> Math.floorDiv(millis, CivilDate.MILLIS_PER_DAY) + JULIAN_DAY_OF_1970;
      case HOUR -> TimeField.HOUR.of(millis);
      case HOUR12 -> Math.floorMod(TimeField.HOUR.of(millis) - 1, 12L) + 1;
      case MINUTE -> TimeField.MINUTE.of(millis);
      case SECOND -> TimeField.SECOND.of(millis);
      case TENTH -> Math.floorMod(millis, 1000L) / 100;
      case HUNDREDTH -> Math.floorMod(millis, 1000L) / 10;
      case MILLI -> Math.floorMod(millis, 1000L);
      case TEN_THOUSANDTH -> Math.floorMod(millis, 1000L) * 10;
      case HUNDRED_THOUSANDTH -> Math.floorMod(millis, 1000L) * 100;
      case MICRO -> Math.floorMod(millis, 1000L) * 1000;
      case NANO -> Math.floorMod(millis, 1000L) * 1_000_000;
      case SECOND_OF_DAY -> Math.floorMod(millis, CivilDate.MILLIS_PER_DAY) / 1000;
      case EPOCH -> Math.floorDiv(millis, 1000L);
      case CENTURY -> TimeField.CENTURY.of(millis);
      case MONTH_NAME,
          MONTH_SHORT,
          ROMAN_MONTH,
          YEAR_WITH_COMMA,
          DAY_NAME,
          DAY_SHORT,
          HALF,
          DOTTED_HALF,
          ERA,
          DOTTED_ERA,
          ZONE ->
          0;
    };
  }

  /// The point in time that a text names; what it does not name is the first of the year, midnight,
  /// and the year 1 (for C's patterns 1900).
  ///
  /// @throws CuveeException `DATA_EXCEPTION` if the text does not fit
  long parse(String text) {
    try {
      return new Parse(text).run();
    } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "'" + text + "' does not fit the pattern '" + pattern + "'.",
          wrong);
    }
  }

  private final class Parse {
    private final String text;
    private int at;
    private int year = defaultYear;
    private int month = 1;
    private int day = 1;
    private int dayOfYear;
    private int week;
    private int isoWeek;
    private int isoDay = 1;
    private boolean isoYear;
    private int isoDayOfYear;
    private boolean beforeChrist;
    private long julianDay = Long.MIN_VALUE;
    private int hour;
    private int minute;
    private int second;
    private long millis;
    private boolean half;
    private boolean afternoon;
    private long epoch = Long.MIN_VALUE;
    private int offsetMinutes;

    Parse(String text) {
      this.text = text;
    }

    long run() {
      for (int i = 0; i < parts.size(); i++) {
        Part part = parts.get(i);
        Field field = part.field();
        if (field == null) {
          separator(part.text());
        } else {
          boolean digitsFollow = i + 1 < parts.size() && parts.get(i + 1).field() != null;
          field(field, digitsFollow);
        }
      }
      while (at < text.length()) {
        if (!Character.isWhitespace(text.charAt(at++))) {
          throw new DateTimeException("more text");
        }
      }
      if (epoch != Long.MIN_VALUE) {
        return epoch * 1000;
      }
      if (half) {
        hour = hour % 12 + (afternoon ? 12 : 0);
      }
      Instant instant =
          LocalDateTime.of(date(), java.time.LocalTime.of(hour, minute, second))
              .toInstant(ZoneOffset.UTC);
      return instant.toEpochMilli() + millis - offsetMinutes * 60_000L;
    }

    private LocalDate date() {
      if (julianDay != Long.MIN_VALUE) {
        return LocalDate.ofEpochDay(julianDay - JULIAN_DAY_OF_1970);
      }
      int counted = beforeChrist ? 1 - year : year;
      if (isoYear && (isoWeek > 0 || isoDayOfYear > 0)) {
        LocalDate first =
            LocalDate.of(counted, 1, 4).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        return isoWeek > 0
            ? first.plusDays((isoWeek - 1) * 7L + isoDay - 1)
            : first.plusDays(isoDayOfYear - 1L);
      }
      if (dayOfYear > 0) {
        return LocalDate.ofYearDay(counted, dayOfYear);
      }
      return week > 0
          ? LocalDate.of(counted, 1, 1).plusDays((week - 1) * 7L)
          : LocalDate.of(counted, month, day);
    }

    /// The year nearest to 2020 with these last digits.
    private static int nearYear(int digits) {
      return digits < 70
          ? digits + 2000
          : digits < 100 ? digits + 1900 : digits < 520 ? digits + 2000 : digits + 1000;
    }

    /// Blanks and punctuation stand for any of their kind.
    private void separator(String expected) {
      for (int i = 0; i < expected.length(); i++) {
        char c = expected.charAt(i);
        if (Character.isLetterOrDigit(c)) {
          if (Character.toLowerCase(text.charAt(at)) != Character.toLowerCase(c)) {
            throw new DateTimeException("another letter");
          }
          at++;
        } else if (at < text.length() && !Character.isLetterOrDigit(text.charAt(at))) {
          at++;
        } else if (!Character.isWhitespace(c)) {
          throw new DateTimeException("no separator");
        }
      }
    }

    private int number(int digits) {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      int start = at;
      while (at < text.length() && at - start < digits && Character.isDigit(text.charAt(at))) {
        at++;
      }
      return Integer.parseInt(text.substring(start, at));
    }

    /// Digits behind the point.
    private void fraction(int digits) {
      int start = at;
      while (at < text.length() && at - start < digits && Character.isDigit(text.charAt(at))) {
        at++;
      }
      String fraction = text.substring(start, at);
      millis = Long.parseLong((fraction + "000").substring(0, 3));
    }

    private void field(Field field, boolean digitsFollow) {
      switch (field) {
        case YEAR, ISO_YEAR -> {
          year = number(digitsFollow ? 4 : 9);
          isoYear |= field == Field.ISO_YEAR;
        }
        case YEAR_WITH_COMMA -> {
          int thousands = number(6);
          at++;
          year = thousands * 1000 + number(3);
        }
        case YEAR_OF_THREE, SHORT_YEAR, YEAR_OF_ONE -> year = nearYear(number(field.digits));
        case ISO_YEAR_OF_THREE, ISO_YEAR_OF_TWO, ISO_YEAR_OF_ONE -> {
          year = nearYear(number(field.digits));
          isoYear = true;
        }
        case ERA, DOTTED_ERA -> {
          beforeChrist = Character.toUpperCase(text.charAt(at)) == 'B';
          at += text.startsWith(".", at + 1) ? 4 : 2;
        }
        case ISO_DAY_OF_WEEK -> isoDay = number(1);
        case QUARTER, DAY_OF_WEEK, DAY_FROM_SUNDAY -> number(1);
        case WEEK -> isoWeek = number(2);
        case WEEK_OF_YEAR -> week = number(2);
        case WEEK_OF_MONTH -> day = (number(1) - 1) * 7 + 1;
        case WEEK_FROM_SUNDAY, WEEK_FROM_MONDAY, CENTURY -> number(2);
        case ISO_DAY_OF_YEAR -> isoDayOfYear = number(3);
        case JULIAN_DAY -> julianDay = number(9);
        case MONTH -> month = number(2);
        case DAY -> day = number(2);
        case DAY_OF_YEAR -> dayOfYear = number(3);
        case HOUR -> hour = number(2);
        case HOUR12 -> hour = number(2);
        case MINUTE -> minute = number(2);
        case SECOND -> second = number(2);
        case TENTH, HUNDREDTH, MILLI -> fraction(field.digits);
        case TEN_THOUSANDTH, HUNDRED_THOUSANDTH, MICRO, NANO -> fraction(9);
        case SECOND_OF_DAY -> {
          int seconds = number(5);
          hour = seconds / 3600;
          minute = seconds / 60 % 60;
          second = seconds % 60;
        }
        case EPOCH -> epoch = Long.parseLong(rest());
        case HALF, DOTTED_HALF -> {
          half = true;
          afternoon = Character.toUpperCase(text.charAt(at)) == 'P';
          at += text.startsWith(".", at + 1) ? 4 : 2;
        }
        case ZONE -> zone();
        case MONTH_NAME, MONTH_SHORT -> month = monthNamed();
        case ROMAN_MONTH -> month = ROMAN.indexOf(word().toUpperCase(Locale.ENGLISH)) + 1;
        case DAY_NAME, DAY_SHORT -> isoDay = dayNamed();
      }
    }

    private String rest() {
      String rest = text.substring(at).strip();
      at = text.length();
      return rest;
    }

    private String word() {
      int start = at;
      while (at < text.length() && Character.isLetter(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }

    private int monthNamed() {
      String name = word();
      for (Month candidate : Month.values()) {
        if (name.length() >= 3
            && candidate
                .getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                .toLowerCase(Locale.ENGLISH)
                .startsWith(name.toLowerCase(Locale.ENGLISH))) {
          return candidate.getValue();
        }
      }
      throw new DateTimeException("no month");
    }

    private int dayNamed() {
      String name = word().toLowerCase(Locale.ENGLISH);
      for (DayOfWeek candidate : DayOfWeek.values()) {
        if (name.length() >= 3 && candidate.name().toLowerCase(Locale.ENGLISH).startsWith(name)) {
          return candidate.getValue();
        }
      }
      throw new DateTimeException("no day");
    }

    private void zone() {
      char sign = text.charAt(at);
      if (sign != '+' && sign != '-') {
        word();
        return;
      }
      at++;
      int hours = number(2);
      if (at < text.length() && text.charAt(at) == ':') {
        at++;
      }
      int minutes = at < text.length() && Character.isDigit(text.charAt(at)) ? number(2) : 0;
      offsetMinutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
    }
  }
}
