package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.CivilDate;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// How values are written as text, which CAST, results and messages share: numbers as PostgreSQL
/// prints them, `true` and `false`, `2001-01-31`, `23:59:59.123`, `2001-01-31 23:59:59.123` (the
/// fraction without trailing zeros, none if it is 0), UUIDs in small letters, BYTES as hexadecimal
/// digits, arrays as `{a,b}`. [TextParsing] reads them back.
public final class TextForms {
  private static final HexFormat HEX = HexFormat.of();
  private static final int DOUBLE_DIGITS = 15;
  private static final int FLOAT_DIGITS = 6;

  private TextForms() {}

  /// The text of a value that is not NULL.
  ///
  /// @param value in the Java form of [io.cuvee.common.plan.Expression.Literal]
  public static String text(Object value, ColumnType type) {
    StringBuilder out = new StringBuilder();
    append(out, value, type);
    return out.toString();
  }

  static void append(StringBuilder out, Object value, ColumnType type) {
    if (type.isArray()) {
      appendArray(out, (List<?>) value, type.elementType());
      return;
    }
    switch (type.dataType()) {
      case INT, LONG -> out.append((long) (Long) value);
      case FLOAT -> appendFloat(out, (float) (double) (Double) value);
      case DOUBLE -> appendDouble(out, (Double) value);
      case BIG_DECIMAL -> out.append(((BigDecimal) value).toPlainString());
      case BOOLEAN -> out.append((Long) value != 0);
      case TIMESTAMP -> appendTimestamp(out, (Long) value);
      case DATE -> appendDate(out, (Long) value);
      case TIME -> appendTime(out, (int) (long) (Long) value);
      case STRING, JSON -> out.append(new String((byte[]) value, StandardCharsets.UTF_8));
      case UUID -> appendUuid(out, (byte[]) value, 0);
      case BYTES -> out.append(HEX.formatHex((byte[]) value));
    }
  }

  private static void appendArray(StringBuilder out, List<?> elements, ColumnType type) {
    out.append('{');
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      String element = text(java.util.Objects.requireNonNull(elements.get(i)), type);
      if (needsQuotes(element)) {
        out.append('"').append(element.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      } else {
        out.append(element);
      }
    }
    out.append('}');
  }

  private static boolean needsQuotes(String element) {
    if (element.isEmpty() || element.equalsIgnoreCase("NULL")) {
      return true;
    }
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (c == ',' || c == '{' || c == '}' || c == '"' || c == '\\' || Character.isWhitespace(c)) {
        return true;
      }
    }
    return false;
  }

  /// Appends `2001-01-31 23:59:59.123`.
  public static void appendTimestamp(StringBuilder out, long millis) {
    appendDate(out, Math.floorDiv(millis, CivilDate.MILLIS_PER_DAY));
    out.append(' ');
    appendTime(out, (int) Math.floorMod(millis, CivilDate.MILLIS_PER_DAY));
  }

  /// Appends `23:59:59.123`.
  public static void appendTime(StringBuilder out, int ofDay) {
    appendTwo(out, ofDay / 3_600_000);
    out.append(':');
    appendTwo(out, ofDay / 60_000 % 60);
    out.append(':');
    appendTwo(out, ofDay / 1000 % 60);
    int fraction = ofDay % 1000;
    if (fraction != 0) {
      out.append('.').append((char) ('0' + fraction / 100));
      if (fraction % 100 != 0) {
        out.append((char) ('0' + fraction / 10 % 10));
        if (fraction % 10 != 0) {
          out.append((char) ('0' + fraction % 10));
        }
      }
    }
  }

  /// Appends `2001-01-31`.
  public static void appendDate(StringBuilder out, long epochDay) {
    long civil = CivilDate.ofEpochDay(epochDay);
    long year = CivilDate.year(civil);
    if (year < 0) {
      out.append('-');
    }
    String digits = Long.toString(Math.abs(year));
    out.repeat('0', Math.max(0, 4 - digits.length())).append(digits).append('-');
    appendTwo(out, CivilDate.month(civil));
    out.append('-');
    appendTwo(out, CivilDate.day(civil));
  }

  private static void appendTwo(StringBuilder out, int value) {
    out.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }

  static void appendUuid(StringBuilder out, byte[] bytes, int from) {
    for (int i = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) {
        out.append('-');
      }
      HEX.toHexDigits(out, bytes[from + i]);
    }
  }

  /// Appends the shortest text that reads back as the same double: `1`, `0.5`, `1e+20`, `NaN`,
  /// `-Infinity`.
  public static void appendDouble(StringBuilder out, double value) {
    appendShortest(out, Double.toString(value), DOUBLE_DIGITS);
  }

  /// Appends the shortest text that reads back as the same float.
  public static void appendFloat(StringBuilder out, float value) {
    appendShortest(out, Float.toString(value), FLOAT_DIGITS);
  }

  /// Brings Java's `-1.25E-7` into the form `-1.25e-07`, which is used below 0.0001 and from 10 to
  /// the power of `digits`, or else into plain digits.
  private static void appendShortest(StringBuilder out, String java, int digits) {
    int start = java.charAt(0) == '-' ? 1 : 0;
    if (java.charAt(start) == 'N' || java.charAt(start) == 'I') {
      out.append(java);
      return;
    }
    out.append(java, 0, start);
    int e = java.indexOf('E');
    int point = java.indexOf('.');
    int mantissaEnd = e < 0 ? java.length() : e;
    String all = java.substring(start, point) + java.substring(point + 1, mantissaEnd);
    int exponent =
        point - start - 1 + (e < 0 ? 0 : Integer.parseInt(java, e + 1, java.length(), 10));
    int first = 0;
    while (first < all.length() - 1 && all.charAt(first) == '0') {
      first++;
      exponent--;
    }
    int last = all.length();
    while (last > first + 1 && all.charAt(last - 1) == '0') {
      last--;
    }
    String significant = all.substring(first, last);
    if (significant.equals("0")) {
      out.append('0');
    } else if (exponent < -4 || exponent >= digits) {
      out.append(significant.charAt(0));
      if (significant.length() > 1) {
        out.append('.').append(significant, 1, significant.length());
      }
      out.append('e').append(exponent < 0 ? '-' : '+');
      int size = Math.abs(exponent);
      out.append(size < 10 ? "0" : "").append(size);
    } else if (exponent < 0) {
      out.append("0.").repeat('0', -exponent - 1).append(significant);
    } else if (significant.length() <= exponent + 1) {
      out.append(significant).repeat('0', exponent + 1 - significant.length());
    } else {
      out.append(significant, 0, exponent + 1)
          .append('.')
          .append(significant, exponent + 1, significant.length());
    }
  }

  /// What a text that is not a value of `type` fails with.
  static CuveeException malformed(String text, DataType type) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
    return new CuveeException(
        ErrorCode.DATA_EXCEPTION, "'" + shown + "' is not a value of type " + type + example(type));
  }

  private static String example(DataType type) {
    return switch (type) {
      case TIMESTAMP -> " (like 2001-01-31 23:59:59.123).";
      case DATE -> " (like 2001-01-31).";
      case TIME -> " (like 23:59:59.123).";
      case BOOLEAN -> " (true or false).";
      case BYTES -> " (hexadecimal digits).";
      case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL, STRING, JSON, UUID -> ".";
    };
  }
}
