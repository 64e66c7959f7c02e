package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Collects the values of one column, converting each to the column's type without losing anything:
/// a value out of range, or finer than the type, is an error. A missing value becomes the schema's
/// default, if it states one, else SQL NULL. A single value for an array column is an array of one.
/// Readers call one `write…` method a row, or for arrays [#beginArray()], one for each element,
/// [#endArray()]. Not thread-safe.
public final class FieldWriter {
  private static final int MAX_VALUE_BYTES = 64 << 20;
  private static final int MAX_DECIMAL_DIGITS = 38;

  private final FieldSpec field;
  private final DataType type;
  private final boolean truncates;
  private final int capacity;
  private ValuesBuilder rows;
  private ValuesBuilder cells;
  private boolean inArray;

  /// @param capacity rows that one page has
  public FieldWriter(FieldSpec field, int capacity) {
    this.field = field;
    this.type = field.type().dataType();
    String format = field.format();
    this.truncates = format != null && format.toLowerCase(Locale.ROOT).contains("truncate");
    this.capacity = capacity;
    this.rows = ValuesBuilder.of(field.type(), capacity);
    this.cells = cellsOf(rows);
  }

  public FieldSpec field() {
    return field;
  }

  public int count() {
    return rows.count();
  }

  /// The values so far; the next row begins anew.
  public Values take() {
    Values values = rows.build();
    rows = ValuesBuilder.of(field.type(), capacity);
    cells = cellsOf(rows);
    return values;
  }

  /// Drops all rows from `count` on, and one that was not ended.
  void truncate(int count) {
    rows.truncate(count);
    inArray = false;
  }

  private static ValuesBuilder cellsOf(ValuesBuilder rows) {
    return rows instanceof ValuesBuilder.Arrays1 arrays ? arrays.elements() : rows;
  }

  public void beginArray() {
    if (!field.type().isArray()) {
      throw bad("an array", "Make the column an array (singleValueField: false)");
    }
    inArray = true;
  }

  public void endArray() {
    inArray = false;
    ((ValuesBuilder.Arrays1) rows).endRow();
  }

  public void writeNull() {
    if (inArray) {
      throw bad("NULL inside an array", "Leave such elements out");
    }
    String text = field.defaultValue();
    if (text != null) {
      writeText(text);
    } else if (field.notNull()) {
      throw bad(
          "NULL", "The schema says notNull: give a value, or a defaultNullValue in the schema");
    } else {
      rows.appendNull();
    }
  }

  /// NULL, for a row that will not be stored.
  void writeNothing() {
    rows.appendNull();
  }

  /// A value of unknown type, as CSV has it.
  public void writeText(String text) {
    switch (type) {
      case STRING -> utf8(text);
      case JSON -> utf8(text);
      case INT, LONG -> writeDecimalOrLong(text);
      case FLOAT, DOUBLE -> real(parseDouble(text));
      case BIG_DECIMAL -> decimal(parseDecimal(text));
      case BOOLEAN -> append(parseBoolean(text) ? 1 : 0);
      case TIMESTAMP -> append(parseTimestamp(text));
      case DATE -> append(parseDate(text));
      case UUID -> bytes(parseUuid(text));
      case BYTES -> bytes(parseHex(text));
      case TIME -> throw bad(text, "No column is TIME");
    }
  }

  public void writeLong(long value) {
    switch (type) {
      case INT -> {
        if (value != (int) value) {
          throw bad(Long.toString(value), "It is beyond 32 bits: make the column LONG");
        }
        append(value);
      }
      case LONG, TIMESTAMP -> append(value);
      case FLOAT -> {
        if ((long) (float) value != value) {
          throw bad(
              Long.toString(value), "FLOAT cannot hold it exactly: make the column LONG or DOUBLE");
        }
        real((double) value);
      }
      case DOUBLE -> {
        if (Math.abs(value) > 1L << 53 && (long) (double) value != value) {
          throw bad(Long.toString(value), "DOUBLE cannot hold it exactly: make the column LONG");
        }
        real((double) value);
      }
      case BIG_DECIMAL -> decimal(BigDecimal.valueOf(value));
      case BOOLEAN -> {
        if (value != 0 && value != 1) {
          throw bad(Long.toString(value), "Use true, false, 1 or 0");
        }
        append(value);
      }
      case DATE -> {
        if (value != (int) value) {
          throw bad(Long.toString(value), "Write a date as 2001-01-31, or as days since 1970");
        }
        append(value);
      }
      case STRING, JSON -> utf8(Long.toString(value));
      case TIME, UUID, BYTES -> throw bad(Long.toString(value), "A number does not fit");
    }
  }

  public void writeDouble(double value) {
    switch (type) {
      case DOUBLE -> real(value);
      case FLOAT -> {
        if (Double.isFinite(value) && Float.isInfinite((float) value)) {
          throw bad(Double.toString(value), "It is beyond FLOAT: make the column DOUBLE");
        }
        real((float) value);
      }
      case INT, LONG, TIMESTAMP, DATE, BOOLEAN -> {
        if (value != Math.rint(value) || Math.abs(value) >= 0x1p63) {
          throw bad(Double.toString(value), "It is not a whole number: make the column DOUBLE");
        }
        writeLong((long) value);
      }
      case BIG_DECIMAL -> {
        if (!Double.isFinite(value)) {
          throw bad(
              Double.toString(value), "BIG_DECIMAL has no such value: make the column DOUBLE");
        }
        decimal(BigDecimal.valueOf(value));
      }
      case STRING, JSON -> utf8(Double.toString(value));
      case TIME, UUID, BYTES -> throw bad(Double.toString(value), "A number does not fit");
    }
  }

  public void writeDecimal(BigDecimal value) {
    switch (type) {
      case BIG_DECIMAL -> decimal(value);
      case INT, LONG, TIMESTAMP, DATE, BOOLEAN -> {
        try {
          writeLong(value.longValueExact());
        } catch (ArithmeticException e) {
          throw bad(
              value.toPlainString(),
              "It is not a whole number of 64 bits: make the column BIG_DECIMAL");
        }
      }
      case FLOAT, DOUBLE -> writeDouble(value.doubleValue());
      case STRING, JSON -> utf8(value.toPlainString());
      case TIME, UUID, BYTES -> throw bad(value.toPlainString(), "A number does not fit");
    }
  }

  public void writeBoolean(boolean value) {
    switch (type) {
      case BOOLEAN, INT, LONG -> append(value ? 1 : 0);
      case STRING, JSON -> utf8(Boolean.toString(value));
      case FLOAT, DOUBLE, BIG_DECIMAL, TIMESTAMP, DATE, TIME, UUID, BYTES ->
          throw bad(Boolean.toString(value), "A truth value does not fit");
    }
  }

  /// Text that is UTF-8 already; for types other than text it is parsed.
  public void writeUtf8(byte[] source, int offset, int length) {
    if (type.isText()) {
      bytes(source, offset, length);
    } else {
      writeText(new String(source, offset, length, StandardCharsets.UTF_8));
    }
  }

  /// Bytes that are not known to be text.
  public void writeBinary(byte[] value) {
    switch (type) {
      case BYTES -> bytes(value);
      case UUID -> {
        if (value.length != 16) {
          throw bad(value.length + " bytes", "A UUID has 16");
        }
        bytes(value);
      }
      case STRING, JSON -> utf8Checked(value);
      case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL, BOOLEAN, TIMESTAMP, DATE, TIME ->
          throw bad("bytes", "Only BYTES, UUID and text columns take bytes");
    }
  }

  /// A point in time.
  ///
  /// @param epochSeconds floor of the seconds since 1970
  /// @param nanos in `[0, 1e9)`
  public void writeInstant(long epochSeconds, int nanos) {
    switch (type) {
      case TIMESTAMP, LONG -> {
        if (nanos % 1_000_000 != 0 && !truncates) {
          throw bad(
              java.time.Instant.ofEpochSecond(epochSeconds, nanos).toString(),
              "It is finer than milliseconds: set the field's format to \"TIMESTAMP|truncate\" to"
                  + " cut it");
        }
        append(Math.addExact(Math.multiplyExact(epochSeconds, 1000L), nanos / 1_000_000));
      }
      case DATE -> {
        if (nanos != 0 || Math.floorMod(epochSeconds, 86_400L) != 0) {
          throw bad(
              java.time.Instant.ofEpochSecond(epochSeconds, nanos).toString(),
              "It is not midnight: make the column TIMESTAMP");
        }
        append(Math.floorDiv(epochSeconds, 86_400L));
      }
      case STRING -> utf8(java.time.Instant.ofEpochSecond(epochSeconds, nanos).toString());
      case INT, FLOAT, DOUBLE, BIG_DECIMAL, BOOLEAN, TIME, JSON, UUID, BYTES ->
          throw bad("a point in time", "Make the column TIMESTAMP");
    }
  }

  /// Days since 1970-01-01.
  public void writeDays(long days) {
    switch (type) {
      case DATE, INT, LONG -> append(days);
      case TIMESTAMP -> append(Math.multiplyExact(days, 86_400_000L));
      case STRING -> utf8(java.time.LocalDate.ofEpochDay(days).toString());
      case FLOAT, DOUBLE, BIG_DECIMAL, BOOLEAN, TIME, JSON, UUID, BYTES ->
          throw bad("a date", "Make the column DATE or TIMESTAMP");
    }
  }

  private void append(long value) {
    ((ValuesBuilder.Longs) cells).append(value);
    endCell();
  }

  private void real(double value) {
    ((ValuesBuilder.Doubles) cells).append(type == DataType.FLOAT ? (float) value : value);
    endCell();
  }

  private void decimal(BigDecimal value) {
    if (value.precision() > MAX_DECIMAL_DIGITS || Math.abs((long) value.scale()) > 1000) {
      throw bad(value.toString(), "BIG_DECIMAL holds up to " + MAX_DECIMAL_DIGITS + " digits");
    }
    ((ValuesBuilder.Decimals) cells).append(value);
    endCell();
  }

  private void utf8(String text) {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void utf8Checked(byte[] value) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(value));
    } catch (java.nio.charset.CharacterCodingException e) {
      throw bad(
          "x'" + HexFormat.of().formatHex(value, 0, Math.min(value.length, 16)) + "…'",
          "It is not UTF-8 text: make the column BYTES");
    }
    bytes(value);
  }

  private void bytes(byte[] value) {
    bytes(value, 0, value.length);
  }

  private void bytes(byte[] source, int offset, int length) {
    if (length > MAX_VALUE_BYTES) {
      throw bad(
          "a value of " + length + " bytes", "One value may have " + MAX_VALUE_BYTES + " bytes");
    }
    ((BytesValuesBuilder) cells).append(source, offset, length);
    endCell();
  }

  private void endCell() {
    if (!inArray && field.type().isArray()) {
      ((ValuesBuilder.Arrays1) rows).endRow();
    }
  }

  private void writeDecimalOrLong(String text) {
    String trimmed = text.strip();
    try {
      writeLong(Long.parseLong(trimmed));
    } catch (NumberFormatException notPlain) {
      writeDecimal(parseDecimal(trimmed));
    }
  }

  private double parseDouble(String text) {
    String trimmed = text.strip();
    double value =
        switch (trimmed.toLowerCase(Locale.ROOT)) {
          case "nan" -> Double.NaN;
          case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
          case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
          default -> {
            try {
              char last = trimmed.isEmpty() ? 'x' : trimmed.charAt(trimmed.length() - 1);
              if (last != '.' && (last < '0' || last > '9')) {
                // Double.parseDouble would take Java's suffixes, as in 1d.
                throw new NumberFormatException();
              }
              double parsed = Double.parseDouble(trimmed);
              if (Double.isInfinite(parsed)) {
                throw new NumberFormatException();
              }
              yield parsed;
            } catch (NumberFormatException e) {
              throw badText(text);
            }
          }
        };
    if (type == DataType.FLOAT && Double.isFinite(value) && Float.isInfinite((float) value)) {
      throw badText(text);
    }
    return value;
  }

  private BigDecimal parseDecimal(String text) {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw badText(text);
    }
  }

  private boolean parseBoolean(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "1" -> true;
      case "false", "f", "no", "n", "0" -> false;
      default -> throw badText(text);
    };
  }

  private long parseTimestamp(String text) {
    OptionalLong millis = TimeText.parseMillis(text);
    if (millis.isPresent()) {
      long nanos = TimeText.parseNanosOfSecond(text).orElse(0);
      if (nanos % 1_000_000 != 0 && !truncates) {
        throw bad(
            "'" + text + "'",
            "It is finer than milliseconds: set the field's format to \"TIMESTAMP|truncate\" to cut"
                + " it");
      }
      return millis.getAsLong();
    }
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw bad(
          "'" + text + "'",
          "Write a point in time as 2001-01-31 23:59:59.123, or as milliseconds since 1970");
    }
  }

  private long parseDate(String text) {
    OptionalLong days = TimeText.parseDate(text);
    if (days.isPresent()) {
      return days.getAsLong();
    }
    OptionalLong millis = TimeText.parseMillis(text);
    if (millis.isPresent() && Math.floorMod(millis.getAsLong(), 86_400_000L) == 0) {
      return Math.floorDiv(millis.getAsLong(), 86_400_000L);
    }
    throw bad("'" + text + "'", "Write a date as 2001-01-31");
  }

  private byte[] parseUuid(String text) {
    String hex = text.strip().replace("-", "");
    try {
      byte[] value = HexFormat.of().parseHex(hex);
      if (value.length == 16) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw badText(text);
  }

  private byte[] parseHex(String text) {
    try {
      return HexFormat.of().parseHex(text.strip());
    } catch (IllegalArgumentException e) {
      throw bad("'" + abbreviate(text) + "'", "Write bytes in hexadecimal digits");
    }
  }

  private CuveeException badText(String text) {
    return bad(
        "'" + abbreviate(text) + "'",
        "It is not a value of this type; change the file or the column's type");
  }

  private CuveeException bad(String value, @Nullable String advice) {
    ColumnType columnType = field.type();
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "column '"
            + field.name()
            + "' is "
            + columnType
            + ", but the value is "
            + value
            + ". "
            + advice
            + ".");
  }

  private static String abbreviate(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
