package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The texts of FORMAT: `{}` or `%s` for the next value, `{1}` for the value of that number from 0,
/// `{:>8.2f}` for how it is written: fill and alignment, sign, `#`, `0`, width, a separator of
/// thousands (`,`, `_`, `'` or `t` and any character), decimals, and `d`, `x`, `X`, `o`, `b`, `c`,
/// `e`, `f`, `g` or `s`.
final class FormatText {
  private static final Pattern PLACE =
      Pattern.compile("\\{\\{|\\}\\}|%%|%s|\\{(\\d*)(?::([^}]*))?\\}");
  private static final Pattern SPECIFICATION =
      Pattern.compile(
          "(?:(.)?([<>^]))?([-+ ])?(#)?(0)?(\\d{1,4})?(?:([,_'])|t(.))?(?:\\.(\\d{1,3}))?"
              + "([a-zA-Z])?");

  private FormatText() {}

  /// @param arguments the format, then the values in the Java form of a literal, texts as `String`
  /// @param types of the arguments
  static @Nullable Object of(@Nullable Object[] arguments, ColumnType[] types) {
    if (!(arguments[0] instanceof String format)) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    Matcher place = PLACE.matcher(format);
    int next = 1;
    int end = 0;
    while (place.find()) {
      text.append(format, end, place.start());
      end = place.end();
      String found = place.group();
      if (found.equals("{{") || found.equals("}}") || found.equals("%%")) {
        text.append(found.charAt(0));
        continue;
      }
      String number = place.group(1);
      int index = number == null || number.isEmpty() ? next++ : Integer.parseInt(number) + 1;
      if (index >= arguments.length) {
        throw failure(format, "has more places than there are values");
      }
      Object value = arguments[index];
      if (value == null && !found.equals("%s")) {
        return null;
      }
      if (value != null) {
        String specification = place.group(2);
        text.append(
            specification == null || specification.isEmpty()
                ? plain(value, types[index])
                : written(format, specification, value, types[index]));
      }
    }
    return text.append(format, end, format.length()).toString();
  }

  private static CuveeException failure(String format, String what) {
    return new CuveeException(ErrorCode.DATA_EXCEPTION, "FORMAT: '" + format + "' " + what + ".");
  }

  private static String plain(Object value, ColumnType type) {
    return value instanceof String text ? text : TextForms.text(value, type);
  }

  private static String written(
      String format, String specification, Object value, ColumnType type) {
    Matcher matcher = SPECIFICATION.matcher(specification);
    if (!matcher.matches()) {
      throw failure(format, "has a place that is not understood, {:" + specification + "}");
    }
    boolean number = !(value instanceof String) && isNumber(type);
    String kind = matcher.group(10) == null ? "" : matcher.group(10);
    String digits = matcher.group(9);
    boolean whole = value instanceof Long;
    if (!number && !kind.isEmpty() && !kind.equals("s")
        || number && (kind.equals("s") || !whole && "dxXobc".contains(kind) && !kind.isEmpty())) {
      throw failure(format, "does not fit its values, of which one is a " + type);
    }
    String body =
        number ? digits(value, kind, digits, matcher.group(4) != null) : plain(value, type);
    if (!number && digits != null) {
      body = body.substring(0, Math.min(body.length(), Integer.parseInt(digits)));
    }
    String separator = matcher.group(7) != null ? matcher.group(7) : matcher.group(8);
    String sign = "";
    if (number) {
      boolean negative = body.startsWith("-");
      body = negative ? body.substring(1) : body;
      String plus =
          matcher.group(3) == null || matcher.group(3).equals("-") ? "" : matcher.group(3);
      sign = negative ? "-" : plus;
      body = separator == null ? body : separated(body, separator);
    }
    int width = matcher.group(6) == null ? 0 : Integer.parseInt(matcher.group(6));
    int missing = width - body.codePointCount(0, body.length()) - sign.length();
    if (missing <= 0) {
      return sign + body;
    }
    String alignment = matcher.group(2);
    if (alignment == null && matcher.group(5) != null && number) {
      return sign + "0".repeat(missing) + body;
    }
    String fill = matcher.group(1) == null ? " " : matcher.group(1);
    int before =
        switch (alignment == null ? number ? ">" : "<" : alignment) {
          case ">" -> missing;
          case "^" -> missing / 2;
          default -> 0;
        };
    return fill.repeat(before) + sign + body + fill.repeat(missing - before);
  }

  private static boolean isNumber(ColumnType type) {
    return switch (type.dataType()) {
      case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL -> !type.isArray();
      case BOOLEAN, TIMESTAMP, DATE, TIME, STRING, JSON, BYTES, UUID -> false;
    };
  }

  private static String digits(
      Object value, String kind, @Nullable String decimals, boolean prefixed) {
    if (value instanceof Long whole) {
      BigInteger integer = BigInteger.valueOf(whole);
      switch (kind) {
        case "", "d" -> {
          return integer.toString();
        }
        case "x" -> {
          return prefix(integer, 16, prefixed ? "0x" : "");
        }
        case "X" -> {
          return prefix(integer, 16, prefixed ? "0X" : "").toUpperCase(Locale.ROOT);
        }
        case "o" -> {
          return prefix(integer, 8, prefixed ? "0" : "");
        }
        case "b" -> {
          return prefix(integer, 2, prefixed ? "0b" : "");
        }
        case "c" -> {
          return Character.toString(whole.intValue());
        }
        default -> {}
      }
    }
    BigDecimal exact = value instanceof BigDecimal decimal ? decimal : null;
    double real = ((Number) value).doubleValue();
    if (Double.isNaN(real) || Double.isInfinite(real)) {
      return Double.isNaN(real) ? "nan" : real < 0 ? "-inf" : "inf";
    }
    String precision = decimals == null ? "6" : decimals;
    return switch (kind) {
      case "e", "E" -> String.format(Locale.ROOT, "%." + precision + kind, real);
      case "f", "F" ->
          String.format(Locale.ROOT, "%." + precision + "f", exact == null ? real : exact);
      default ->
          decimals == null
              ? exact == null ? TextForms.text(real, ColumnType.DOUBLE) : exact.toPlainString()
              : significant(exact == null ? BigDecimal.valueOf(real) : exact, decimals);
    };
  }

  private static String significant(BigDecimal value, String digits) {
    BigDecimal rounded =
        value.round(new java.math.MathContext(Math.max(1, Integer.parseInt(digits))));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  private static String prefix(BigInteger value, int base, String prefix) {
    return (value.signum() < 0 ? "-" : "") + prefix + value.abs().toString(base);
  }

  private static String separated(String digits, String separator) {
    int end = 0;
    while (end < digits.length() && Character.isDigit(digits.charAt(end))) {
      end++;
    }
    List<String> groups = new ArrayList<>();
    for (int at = end; at > 0; at -= 3) {
      groups.addFirst(digits.substring(Math.max(0, at - 3), at));
    }
    return String.join(separator, groups) + digits.substring(end);
  }
}
