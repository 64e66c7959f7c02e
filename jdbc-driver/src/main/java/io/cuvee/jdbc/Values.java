package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Calendar;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Converts a cell from its form in JSON, which [Column.Kind] tells, or from a `byte[]` or [UUID],
/// to what JDBC's getters return.
///
/// A TIMESTAMP is a date and time without a zone; where an instant is asked for ([Timestamp],
/// [Instant], [OffsetDateTime]) it is taken to be in `zone`, the connection's time zone. [Date] and
/// [Time] have no zone and print themselves in the JVM's, so they are made in that. Whole numbers
/// that do not fit are `22003`; text that is no number is `22018`.
final class Values {
  /// 1582-10-15, from which on [Date] counts like [LocalDate].
  private static final long FIRST_GREGORIAN_DAY = -141_427;

  /// 0001-01-03: before it, years of our era are none in one of the two calendars.
  private static final long FIRST_DAY = -719_160;

  private static final long SECONDS_PER_DAY = 86_400;
  private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  /// As SQL writes it: the fraction only where there is one.
  private static final DateTimeFormatter TIMESTAMP_TEXT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private Values() {}

  // Text

  static String toText(Object value, Column column) throws SQLException {
    switch (column.kind) {
      case FLOAT:
        return Float.toString((float) toDouble(value, column));
      case DOUBLE:
        return Double.toString(toDouble(value, column));
      case DECIMAL:
        return toDecimal(value, column).toPlainString();
      case BINARY:
        return Json.hex(toBytes(value, column));
      case DATE:
        return toLocalDate(value, column).toString();
      case TIME:
        return DateTimeFormatter.ISO_LOCAL_TIME.format(toLocalTime(value, column));
      case TIMESTAMP:
        return TIMESTAMP_TEXT.format(toLocalDateTime(value, column));
      case ARRAY:
        return arrayText(value, column);
      default:
        return value.toString();
    }
  }

  private static String arrayText(Object value, Column column) throws SQLException {
    StringBuilder text = new StringBuilder("[");
    Column element = elementOf(column);
    for (Object item : listOf(value)) {
      text.append(text.length() == 1 ? "" : ", ")
          .append(item == null ? "null" : toText(item, element));
    }
    return text.append(']').toString();
  }

  // Numbers

  static long toLong(Object value, Column column) throws SQLException {
    if (value instanceof Long) {
      return (Long) value;
    }
    if (value instanceof Boolean) {
      return (Boolean) value ? 1 : 0;
    }
    if (value instanceof Double && !Double.isFinite((Double) value)) {
      throw outOfRange(value, "a whole number");
    }
    BigDecimal decimal = toDecimal(value, column).setScale(0, RoundingMode.DOWN);
    if (decimal.compareTo(MIN_LONG) < 0 || decimal.compareTo(MAX_LONG) > 0) {
      throw outOfRange(value, "a long");
    }
    return decimal.longValue();
  }

  /// A whole number within bounds; `target` names the type in the message.
  static long toWhole(Object value, Column column, long min, long max, String target)
      throws SQLException {
    return within(toLong(value, column), min, max, target);
  }

  static long within(long number, long min, long max, String target) throws SQLException {
    if (number < min || number > max) {
      throw outOfRange(number, target);
    }
    return number;
  }

  static double toDouble(Object value, Column column) throws SQLException {
    if (value instanceof Number) {
      return ((Number) value).doubleValue();
    }
    if (value instanceof String) {
      try {
        return Double.parseDouble(((String) value).trim());
      } catch (NumberFormatException e) {
        throw SqlErrors.badCast(value, "a number");
      }
    }
    return toDecimal(value, column).doubleValue();
  }

  static BigDecimal toDecimal(Object value, Column column) throws SQLException {
    if (value instanceof BigDecimal) {
      return (BigDecimal) value;
    }
    if (value instanceof Long) {
      return BigDecimal.valueOf((Long) value);
    }
    if (value instanceof BigInteger) {
      return new BigDecimal((BigInteger) value);
    }
    if (value instanceof Boolean) {
      return (Boolean) value ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    boolean isText = value instanceof String && column.kind != Column.Kind.BINARY;
    if (isText || value instanceof Double) {
      try {
        return new BigDecimal(value.toString().trim());
      } catch (NumberFormatException e) {
        throw SqlErrors.badCast(value, "a number");
      }
    }
    throw SqlErrors.badCast(value, "a number");
  }

  static boolean toBoolean(Object value, Column column) throws SQLException {
    if (value instanceof Boolean) {
      return (Boolean) value;
    }
    if (value instanceof String) {
      switch (SqlText.lower(((String) value).trim())) {
        case "true":
        case "t":
        case "yes":
        case "y":
        case "on":
        case "1":
          return true;
        case "false":
        case "f":
        case "no":
        case "n":
        case "off":
        case "0":
          return false;
        default:
          throw SqlErrors.badCast(value, "a boolean");
      }
    }
    return toDecimal(value, column).signum() != 0;
  }

  private static SQLException outOfRange(Object value, String target) {
    return SqlErrors.of(
        "The value " + value + " does not fit " + target + ".", SqlState.OUT_OF_RANGE);
  }

  // Bytes

  static byte[] toBytes(Object value, Column column) throws SQLException {
    if (column.kind != Column.Kind.BINARY) {
      return toText(value, column).getBytes(StandardCharsets.UTF_8);
    }
    if (value instanceof byte[]) {
      return ((byte[]) value).clone();
    }
    try {
      return Base64.getDecoder().decode(value.toString());
    } catch (IllegalArgumentException e) {
      throw SqlErrors.badCast(value, "bytes");
    }
  }

  static UUID toUuid(Object value, Column column) throws SQLException {
    if (value instanceof UUID) {
      return (UUID) value;
    }
    if (column.kind == Column.Kind.BINARY) {
      byte[] bytes = toBytes(value, column);
      if (bytes.length == 16) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
      }
      throw SqlErrors.badCast(value, "a UUID");
    }
    try {
      return UUID.fromString(value.toString());
    } catch (IllegalArgumentException e) {
      throw SqlErrors.badCast(value, "a UUID");
    }
  }

  // Dates and times

  static LocalDate toLocalDate(Object value, Column column) throws SQLException {
    if (column.kind == Column.Kind.DATE && value instanceof Number) {
      try {
        return LocalDate.ofEpochDay(((Number) value).longValue());
      } catch (DateTimeException e) {
        throw outOfRange(value, "a date");
      }
    }
    return toLocalDateTime(value, column).toLocalDate();
  }

  static LocalTime toLocalTime(Object value, Column column) throws SQLException {
    if (column.kind == Column.Kind.TIME && value instanceof Number) {
      return LocalTime.ofNanoOfDay(((Number) value).longValue() * 1_000_000);
    }
    if (value instanceof String && ((String) value).indexOf('-') < 0) {
      try {
        return LocalTime.parse(((String) value).trim());
      } catch (DateTimeException e) {
        throw SqlErrors.badCast(value, "a time");
      }
    }
    return toLocalDateTime(value, column).toLocalTime();
  }

  static LocalDateTime toLocalDateTime(Object value, Column column) throws SQLException {
    if (value instanceof Number) {
      if (column.kind == Column.Kind.TIMESTAMP) {
        return wallClock(((Number) value).longValue());
      }
      if (column.kind == Column.Kind.DATE) {
        return toLocalDate(value, column).atStartOfDay();
      }
      if (column.kind == Column.Kind.TIME) {
        return LocalDate.EPOCH.atTime(toLocalTime(value, column));
      }
    }
    if (value instanceof String && column.kind != Column.Kind.BINARY) {
      return parseLocalDateTime((String) value);
    }
    throw SqlErrors.badCast(value, "a date or time");
  }

  private static LocalDateTime parseLocalDateTime(String text) throws SQLException {
    String trimmed = text.trim();
    try {
      return trimmed.length() <= 10
          ? LocalDate.parse(trimmed).atStartOfDay()
          : LocalDateTime.parse(trimmed.replace(' ', 'T'));
    } catch (DateTimeException e) {
      throw SqlErrors.badCast(text, "a date or time");
    }
  }

  static LocalDateTime wallClock(long millis) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(millis, 1000L),
        (int) Math.floorMod(millis, 1000L) * 1_000_000,
        ZoneOffset.UTC);
  }

  /// The milliseconds that stand for a date and time; what is finer is cut off.
  static long wallClockMillis(LocalDateTime time) {
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  static ZonedDateTime toZoned(Object value, Column column, ZoneId zone) throws SQLException {
    return toLocalDateTime(value, column).atZone(zone);
  }

  static Timestamp toTimestamp(Object value, Column column, ZoneId zone) throws SQLException {
    ZoneRules rules = zone.getRules();
    if (column.kind == Column.Kind.TIMESTAMP
        && value instanceof Long
        && (Long) value >= FIRST_GREGORIAN_DAY * SECONDS_PER_DAY * 1000
        && rules.isFixedOffset()) {
      long offsetSeconds = rules.getOffset(Instant.EPOCH).getTotalSeconds();
      return new Timestamp((Long) value - offsetSeconds * 1000);
    }
    LocalDateTime time = toLocalDateTime(value, column);
    // Timestamps of before show a Julian date: the one that is written like ours.
    long day = time.toLocalDate().toEpochDay();
    return day < FIRST_GREGORIAN_DAY && day > FIRST_DAY && zone.equals(ZoneId.systemDefault())
        ? Timestamp.valueOf(time)
        : Timestamp.from(time.atZone(zone).toInstant());
  }

  /// The opposite of [#toTimestamp].
  static LocalDateTime wallClock(Timestamp value, ZoneId zone) {
    Instant instant = value.toInstant();
    LocalDateTime time = LocalDateTime.ofInstant(instant, zone);
    long day = time.toLocalDate().toEpochDay();
    return day < FIRST_GREGORIAN_DAY && day > FIRST_DAY && zone.equals(ZoneId.systemDefault())
        ? value.toLocalDateTime()
        : time;
  }

  static Date toDate(Object value, Column column, @Nullable Calendar calendar) throws SQLException {
    if (calendar == null && column.kind == Column.Kind.DATE && value instanceof Long) {
      ZoneRules rules = ZoneId.systemDefault().getRules();
      long day = (Long) value;
      // What the general way comes to where days are equally long and calendars agree.
      if (rules.isFixedOffset() && day >= FIRST_GREGORIAN_DAY && day <= Integer.MAX_VALUE) {
        long offsetSeconds = rules.getOffset(Instant.EPOCH).getTotalSeconds();
        return new Date((day * SECONDS_PER_DAY - offsetSeconds) * 1000);
      }
    }
    LocalDate date = toLocalDate(value, column);
    return calendar == null
        ? Date.valueOf(date)
        : new Date(date.atStartOfDay(zoneOf(calendar)).toInstant().toEpochMilli());
  }

  static Time toTime(Object value, Column column, @Nullable Calendar calendar) throws SQLException {
    LocalTime time = toLocalTime(value, column);
    ZoneId zone = calendar == null ? ZoneId.systemDefault() : zoneOf(calendar);
    return new Time(LocalDate.EPOCH.atTime(time).atZone(zone).toInstant().toEpochMilli());
  }

  static ZoneId zoneOf(Calendar calendar) {
    return calendar.getTimeZone().toZoneId();
  }

  // Arrays

  static Array toArray(Object value, Column column, ZoneId zone) throws SQLException {
    if (column.kind != Column.Kind.ARRAY) {
      throw SqlErrors.badCast(value, "an array");
    }
    return new CuveeArray(elementOf(column), listOf(value), zone);
  }

  private static Column elementOf(Column array) {
    return array.element == null ? array : array.element;
  }

  private static List<?> listOf(Object value) throws SQLException {
    if (value instanceof List) {
      return (List<?>) value;
    }
    throw SqlErrors.badCast(value, "an array");
  }

  /// The elements, each as the given class, in a Java array of that class.
  static Object toJavaArray(List<?> values, Column element, Class<?> componentType, ZoneId zone)
      throws SQLException {
    Object array = java.lang.reflect.Array.newInstance(componentType, values.size());
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      if (value != null) {
        java.lang.reflect.Array.set(array, i, toObject(value, element, componentType, zone));
      } else if (componentType.isPrimitive()) {
        throw SqlErrors.of(
            "Element "
                + i
                + " of the array is NULL, which a "
                + componentType
                + "[] cannot hold; ask for an array of objects.",
            SqlState.INVALID_CAST);
      }
    }
    return array;
  }

  // Objects

  /// The value as [Column#javaClass()].
  static Object toObject(Object value, Column column, ZoneId zone) throws SQLException {
    return column.kind == Column.Kind.OTHER
        ? value
        : toObject(value, column, column.javaClass(), zone);
  }

  /// The value as a given class.
  ///
  /// @throws SQLException `22018` or `22003` if the value cannot be one, `0A000` if no value can
  static Object toObject(Object value, Column column, Class<?> type, ZoneId zone)
      throws SQLException {
    if (type == Object.class) {
      return toObject(value, column, zone);
    }
    if (type.isArray() && (type != byte[].class || column.kind == Column.Kind.ARRAY)) {
      return toJavaArray(listOf(value), elementOf(column), type.getComponentType(), zone);
    }
    Object result = toNumberOrText(value, column, type);
    if (result == null) {
      result = toTemporal(value, column, type, zone);
    }
    if (result != null) {
      return result;
    }
    if (type == UUID.class) {
      return toUuid(value, column);
    }
    if (type == byte[].class) {
      return toBytes(value, column);
    }
    if (type == Array.class) {
      return toArray(value, column, zone);
    }
    if (type == List.class) {
      List<@Nullable Object> list = new ArrayList<>();
      for (Object item : listOf(value)) {
        list.add(item == null ? null : toObject(item, elementOf(column), zone));
      }
      return list;
    }
    throw SqlErrors.unsupported("getObject with class " + type.getName());
  }

  private static @Nullable Object toNumberOrText(Object value, Column column, Class<?> type)
      throws SQLException {
    if (type == String.class) {
      return toText(value, column);
    }
    if (type == Boolean.class || type == boolean.class) {
      return toBoolean(value, column);
    }
    if (type == Byte.class || type == byte.class) {
      return (byte) toWhole(value, column, Byte.MIN_VALUE, Byte.MAX_VALUE, "a byte");
    }
    if (type == Short.class || type == short.class) {
      return (short) toWhole(value, column, Short.MIN_VALUE, Short.MAX_VALUE, "a short");
    }
    if (type == Integer.class || type == int.class) {
      return (int) toWhole(value, column, Integer.MIN_VALUE, Integer.MAX_VALUE, "an int");
    }
    if (type == Long.class || type == long.class) {
      return toLong(value, column);
    }
    if (type == Float.class || type == float.class) {
      return (float) toDouble(value, column);
    }
    if (type == Double.class || type == double.class) {
      return toDouble(value, column);
    }
    if (type == BigDecimal.class || type == Number.class) {
      return toDecimal(value, column);
    }
    if (type == BigInteger.class) {
      return toDecimal(value, column).toBigInteger();
    }
    return null;
  }

  private static @Nullable Object toTemporal(
      Object value, Column column, Class<?> type, ZoneId zone) throws SQLException {
    if (type == LocalDate.class) {
      return toLocalDate(value, column);
    }
    if (type == LocalTime.class) {
      return toLocalTime(value, column);
    }
    if (type == LocalDateTime.class) {
      return toLocalDateTime(value, column);
    }
    if (type == Instant.class) {
      return toZoned(value, column, zone).toInstant();
    }
    if (type == OffsetDateTime.class) {
      return toZoned(value, column, zone).toOffsetDateTime();
    }
    if (type == ZonedDateTime.class) {
      return toZoned(value, column, zone);
    }
    if (type == Timestamp.class || type == java.util.Date.class) {
      return toTimestamp(value, column, zone);
    }
    if (type == Date.class) {
      return toDate(value, column, null);
    }
    if (type == Time.class) {
      return toTime(value, column, null);
    }
    return null;
  }
}
