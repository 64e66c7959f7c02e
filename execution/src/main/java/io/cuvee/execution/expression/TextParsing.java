package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.CivilDate;
import io.cuvee.execution.kernel.Decimals;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;

/// Reads the text forms of values, with white space around them. All methods throw a
/// [CuveeException]: `DATA_EXCEPTION`, which shows the text, or `NUMERIC_OVERFLOW`.
public final class TextParsing {
  /// Longest text of a number that is looked at; longer ones are refused rather than parsed for
  /// minutes.
  private static final int MAX_NUMBER_LENGTH = 1000;

  private TextParsing() {}

  /// The value in the Java form of [io.cuvee.common.plan.Expression.Literal].
  public static Object parse(String text, DataType type) {
    return switch (type) {
      case INT -> {
        long value = parseLong(text, type);
        if (value != (int) value) {
          throw outOfRange(text, type);
        }
        yield value;
      }
      case LONG -> parseLong(text, type);
      case FLOAT -> {
        double value = parseDouble(text, type);
        if (Double.isFinite(value) && Float.isInfinite((float) value)) {
          throw outOfRange(text, type);
        }
        yield (double) (float) value;
      }
      case DOUBLE -> parseDouble(text, type);
      case BIG_DECIMAL -> parseDecimal(text, type);
      case BOOLEAN -> parseBoolean(text) ? 1L : 0L;
      case TIMESTAMP -> parseTimestamp(text);
      case DATE -> parseDate(text);
      case TIME -> parseTime(text);
      case STRING -> text.getBytes(StandardCharsets.UTF_8);
      case JSON -> {
        JsonSyntax.check(text);
        yield text.getBytes(StandardCharsets.UTF_8);
      }
      case UUID -> parseUuid(text);
      case BYTES -> parseHex(text);
    };
  }

  /// `23:59`, `23:59:59`, `23:59:59.123`.
  private static long parseTime(String text) {
    String trimmed = text.strip();
    try {
      LocalTime time = LocalTime.parse(trimmed.indexOf(':') == 1 ? "0" + trimmed : trimmed);
      if (time.truncatedTo(ChronoUnit.MILLIS).isBefore(time)) {
        throw TextForms.malformed(text, DataType.TIME);
      }
      return time.getLong(ChronoField.MILLI_OF_DAY);
    } catch (DateTimeParseException wrong) {
      throw TextForms.malformed(text, DataType.TIME);
    }
  }

  private static CuveeException outOfRange(String text, DataType type) {
    return new CuveeException(
        ErrorCode.NUMERIC_OVERFLOW, "'" + text.strip() + "' is out of the range of " + type + ".");
  }

  private static long parseLong(String text, DataType type) {
    String trimmed = text.strip();
    int digits = trimmed.length();
    if (digits == 0 || digits > MAX_NUMBER_LENGTH) {
      throw TextForms.malformed(text, type);
    }
    boolean negative = trimmed.charAt(0) == '-';
    int start = negative || trimmed.charAt(0) == '+' ? 1 : 0;
    if (start == digits || digits - start > 18) {
      return parseLongSlowly(text, trimmed, type);
    }
    long value = 0;
    for (int i = start; i < digits; i++) {
      int digit = trimmed.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return parseLongSlowly(text, trimmed, type);
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  /// Long texts, and whole numbers with a point or an exponent.
  private static long parseLongSlowly(String text, String trimmed, DataType type) {
    BigDecimal value = parseExact(text, trimmed, type);
    if (value.precision() - (long) value.scale() > 20) {
      throw outOfRange(text, type);
    }
    if (value.signum() != 0 && value.stripTrailingZeros().scale() > 0) {
      throw TextForms.malformed(text, type);
    }
    try {
      return value.longValueExact();
    } catch (ArithmeticException tooLarge) {
      throw outOfRange(text, type);
    }
  }

  private static BigDecimal parseDecimal(String text, DataType type) {
    return Decimals.limit(parseExact(text, text.strip(), type));
  }

  private static BigDecimal parseExact(String text, String trimmed, DataType type) {
    if (!isNumber(trimmed)) {
      throw TextForms.malformed(text, type);
    }
    try {
      return new BigDecimal(trimmed);
    } catch (NumberFormatException notDecimal) {
      throw TextForms.malformed(text, type);
    }
  }

  private static double parseDouble(String text, DataType type) {
    String trimmed = text.strip();
    if (isNumber(trimmed)) {
      try {
        double value = Double.parseDouble(trimmed);
        if (Double.isInfinite(value)) {
          throw outOfRange(text, type);
        }
        return value;
      } catch (NumberFormatException notNumber) {
        throw TextForms.malformed(text, type);
      }
    }
    return switch (trimmed.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "infinity", "+infinity", "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-infinity", "-inf" -> Double.NEGATIVE_INFINITY;
      default -> throw TextForms.malformed(text, type);
    };
  }

  /// Whether it has only what decimal numbers are made of. Java's parsers take more: `1d`, `0x1p3`,
  /// other scripts' digits.
  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > MAX_NUMBER_LENGTH) {
      return false;
    }
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digit = true;
      } else if (c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return false;
      }
    }
    return digit;
  }

  private static boolean parseBoolean(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "on", "1" -> true;
      case "false", "f", "no", "n", "off", "0" -> false;
      default -> throw TextForms.malformed(text, DataType.BOOLEAN);
    };
  }

  private static byte[] parseHex(String text) {
    String digits = text.startsWith("\\x") ? text.substring(2) : text;
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException notHex) {
      throw TextForms.malformed(text, DataType.BYTES);
    }
  }

  private static byte[] parseUuid(String text) {
    String trimmed = text.strip();
    if (trimmed.startsWith("{") && trimmed.endsWith("}")) {
      trimmed = trimmed.substring(1, trimmed.length() - 1);
    }
    String digits = trimmed.replace("-", "");
    boolean dashes =
        trimmed.length() == 32
            || trimmed.length() == 36
                && trimmed.charAt(8) == '-'
                && trimmed.charAt(13) == '-'
                && trimmed.charAt(18) == '-'
                && trimmed.charAt(23) == '-';
    if (digits.length() != 32 || !dashes) {
      throw TextForms.malformed(text, DataType.UUID);
    }
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException notHex) {
      throw TextForms.malformed(text, DataType.UUID);
    }
  }

  /// Milliseconds since 1970 of `2001-01-31[ 23:59[:59[.123]]][Z|±02[:00]]`, with `T` or blanks
  /// between, in UTC unless it says otherwise. A finer fraction is rounded.
  public static long parseTimestamp(String text) {
    return new TimeText(text, DataType.TIMESTAMP, true).timestamp();
  }

  /// Like [#parseTimestamp], but refuses a fraction that is finer than milliseconds.
  public static long parseTimestampExactly(String text) {
    return new TimeText(text, DataType.TIMESTAMP, false).timestamp();
  }

  /// Days since 1970 of `2001-01-31`; a time of day after it is cut off.
  public static long parseDate(String text) {
    return new TimeText(text, DataType.DATE, true).date();
  }

  /// One text of a date or a point in time.
  private static final class TimeText {
    private static final int MAX_YEAR_DIGITS = 6;

    private final String text;
    private final DataType type;
    private final boolean rounds;
    private int at;
    private int end;
    private long offsetMillis;
    private long epochDay;

    TimeText(String text, DataType type, boolean rounds) {
      this.text = text;
      this.type = type;
      this.rounds = rounds;
      this.end = text.length();
      while (at < end && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      while (end > at && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
    }

    long timestamp() {
      long local = local();
      return local - offsetMillis;
    }

    /// The day that is written, also before 24:00 and what is rounded up to it.
    long date() {
      local();
      return epochDay;
    }

    long local() {
      boolean negative = next('-');
      long year = digits(4, MAX_YEAR_DIGITS);
      expect('-');
      int month = (int) digits(1, 2);
      expect('-');
      int day = (int) digits(1, 2);
      year = negative ? -year : year;
      if (month < 1 || month > 12 || day < 1 || day > CivilDate.daysInMonth(year, month)) {
        throw fail();
      }
      epochDay = CivilDate.epochDay(year, month, day);
      long millis = epochDay * CivilDate.MILLIS_PER_DAY;
      if (at < end && !isZoneStart()) {
        millis += timeOfDay();
      }
      zone();
      if (at != end) {
        throw fail();
      }
      return millis;
    }

    private boolean isZoneStart() {
      char c = text.charAt(at);
      return c == 'Z' || c == 'z' || c == '+' || c == '-';
    }

    private long timeOfDay() {
      if (!next('T') && !next('t')) {
        expect(' ');
        while (next(' ')) {}
      }
      long hour = digits(1, 2);
      expect(':');
      long minute = digits(2, 2);
      long second = 0;
      long fraction = 0;
      if (next(':')) {
        second = digits(2, 2);
        if (next('.') || next(',')) {
          fraction = fraction();
        }
      }
      boolean midnightOfNextDay = hour == 24 && minute == 0 && second == 0 && fraction == 0;
      if (hour > 23 && !midnightOfNextDay || minute > 59 || second > 59) {
        throw fail();
      }
      return hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction;
    }

    private long fraction() {
      int start = at;
      long millis = 0;
      boolean roundUp = false;
      while (at < end && Character.digit(text.charAt(at), 10) >= 0) {
        int digit = Character.digit(text.charAt(at), 10);
        int position = at - start;
        if (position < 3) {
          millis = millis * 10 + digit;
        } else {
          roundUp |= position == 3 && digit >= 5;
          if (digit != 0 && !rounds) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "'"
                    + text
                    + "' is finer than milliseconds, which TIMESTAMP holds. Round it, or let the column truncate.");
          }
        }
        at++;
      }
      if (at == start) {
        throw fail();
      }
      for (int i = at - start; i < 3; i++) {
        millis *= 10;
      }
      return millis + (roundUp ? 1 : 0);
    }

    private void zone() {
      while (next(' ')) {}
      if (at == end || next('Z') || next('z')) {
        return;
      }
      if (text.regionMatches(true, at, "UTC", 0, 3)) {
        at += 3;
        return;
      }
      boolean west = next('-');
      if (!west) {
        expect('+');
      }
      long hours = digits(2, 2);
      long minutes = next(':') || at < end ? digits(2, 2) : 0;
      if (hours > 18 || minutes > 59) {
        throw fail();
      }
      offsetMillis = (hours * 60 + minutes) * (west ? -60_000 : 60_000);
    }

    private long digits(int least, int most) {
      int start = at;
      long value = 0;
      while (at < end && at - start < most && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        value = value * 10 + text.charAt(at) - '0';
        at++;
      }
      if (at - start < least) {
        throw fail();
      }
      return value;
    }

    private boolean next(char c) {
      if (at < end && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char c) {
      if (!next(c)) {
        throw fail();
      }
    }

    private CuveeException fail() {
      return TextForms.malformed(text, type);
    }
  }
}
