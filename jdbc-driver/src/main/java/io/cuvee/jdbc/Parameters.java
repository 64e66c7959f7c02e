package io.cuvee.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Brings a parameter's value into Avatica's typed form, `{"type": …, "value": …}`. The inverse of
/// [Values], with the same meaning of dates, times and zones.
final class Parameters {
  private static final Column TEXT = Column.of("parameter", Types.VARCHAR, "VARCHAR");

  private Parameters() {}

  static Map<String, Object> nothing() {
    return typed("OBJECT", null);
  }

  static Map<String, Object> date(LocalDate date) {
    return typed("JAVA_SQL_DATE", (int) date.toEpochDay());
  }

  static Map<String, Object> time(LocalTime time) {
    return typed("JAVA_SQL_TIME", (int) (time.toNanoOfDay() / 1_000_000));
  }

  static Map<String, Object> timestamp(LocalDateTime time) {
    return typed("JAVA_SQL_TIMESTAMP", Values.wallClockMillis(time));
  }

  static Map<String, Object> timestamp(Instant instant, ZoneId zone) {
    return timestamp(LocalDateTime.ofInstant(instant, zone));
  }

  /// The value of any supported Java class.
  ///
  /// @throws SQLException `22023` if the class is not supported
  static Map<String, Object> of(@Nullable Object value, ZoneId zone) throws SQLException {
    if (value == null) {
      return nothing();
    }
    if (value instanceof String
        || value instanceof Character
        || value instanceof UUID
        || value instanceof Enum) {
      return typed("STRING", value.toString());
    }
    if (value instanceof Number) {
      return number((Number) value);
    }
    if (value instanceof Boolean) {
      return typed("BOOLEAN", value);
    }
    if (value instanceof byte[]) {
      return typed("BYTE_STRING", Base64.getEncoder().encodeToString((byte[]) value));
    }
    Map<String, Object> temporal = temporal(value, zone);
    if (temporal != null) {
      return temporal;
    }
    List<?> elements = elementsOf(value);
    if (elements != null) {
      return array(elements, zone);
    }
    throw SqlErrors.of(
        "A parameter of class " + value.getClass().getName() + " is not supported.",
        SqlState.INVALID_PARAMETER);
  }

  private static Map<String, Object> number(Number value) {
    if (value instanceof Byte) {
      return typed("BYTE", value);
    }
    if (value instanceof Short) {
      return typed("SHORT", value);
    }
    if (value instanceof Integer) {
      return typed("INTEGER", value);
    }
    if (value instanceof Float || value instanceof Double) {
      // JSON has no number for NaN and the infinities; the broker reads their text.
      return !Double.isFinite(value.doubleValue())
          ? typed("STRING", value.toString())
          : typed(value instanceof Float ? "FLOAT" : "DOUBLE", value);
    }
    if (value instanceof BigDecimal || value instanceof BigInteger) {
      return typed("NUMBER", value);
    }
    return typed("LONG", value.longValue());
  }

  private static @Nullable Map<String, Object> temporal(Object value, ZoneId zone) {
    if (value instanceof LocalDate) {
      return date((LocalDate) value);
    }
    if (value instanceof LocalTime) {
      return time((LocalTime) value);
    }
    if (value instanceof LocalDateTime) {
      return timestamp((LocalDateTime) value);
    }
    if (value instanceof Instant) {
      return timestamp((Instant) value, zone);
    }
    if (value instanceof OffsetDateTime) {
      return timestamp(((OffsetDateTime) value).toInstant(), zone);
    }
    if (value instanceof ZonedDateTime) {
      return timestamp(((ZonedDateTime) value).toInstant(), zone);
    }
    if (value instanceof Date) {
      return date(((Date) value).toLocalDate());
    }
    if (value instanceof Time) {
      return time(((Time) value).toLocalTime());
    }
    if (value instanceof java.util.Date) {
      return timestamp(((java.util.Date) value).toInstant(), zone);
    }
    return null;
  }

  private static @Nullable List<?> elementsOf(Object value) throws SQLException {
    if (value instanceof Array) {
      return elementsOf(((Array) value).getArray());
    }
    if (value instanceof Collection) {
      return new ArrayList<>((Collection<?>) value);
    }
    if (value instanceof Object[]) {
      return Arrays.asList((Object[]) value);
    }
    if (value.getClass().isArray()) {
      List<Object> elements = new ArrayList<>();
      for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) {
        elements.add(java.lang.reflect.Array.get(value, i));
      }
      return elements;
    }
    return null;
  }

  private static Map<String, Object> array(List<?> elements, ZoneId zone) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    Object elementType = "OBJECT";
    for (Object element : elements) {
      Map<String, Object> typed = of(element, zone);
      values.add(typed.get("value"));
      if (element != null) {
        elementType = typed.get("type");
      }
    }
    Map<String, Object> array = typed("ARRAY", values);
    array.put("componentType", elementType);
    return array;
  }

  /// The value as a given SQL type, as `setObject(index, value, type)` asks.
  static Map<String, Object> of(@Nullable Object value, int sqlType, ZoneId zone)
      throws SQLException {
    if (value == null) {
      return nothing();
    }
    switch (sqlType) {
      case Types.TINYINT:
      case Types.SMALLINT:
      case Types.INTEGER:
      case Types.BIGINT:
        return typed("LONG", Values.toLong(plain(value), TEXT));
      case Types.REAL:
      case Types.FLOAT:
      case Types.DOUBLE:
        return typed("DOUBLE", Values.toDouble(plain(value), TEXT));
      case Types.DECIMAL:
      case Types.NUMERIC:
        return typed("NUMBER", Values.toDecimal(plain(value), TEXT));
      case Types.BIT:
      case Types.BOOLEAN:
        return typed("BOOLEAN", Values.toBoolean(plain(value), TEXT));
      case Types.CHAR:
      case Types.VARCHAR:
      case Types.LONGVARCHAR:
      case Types.NCHAR:
      case Types.NVARCHAR:
      case Types.LONGNVARCHAR:
        return typed("STRING", value.toString());
      case Types.BINARY:
      case Types.VARBINARY:
      case Types.LONGVARBINARY:
        return of(
            value instanceof String ? ((String) value).getBytes(StandardCharsets.UTF_8) : value,
            zone);
      case Types.DATE:
        return date(dateTime(value, zone).toLocalDate());
      case Types.TIME:
        return time(dateTime(value, zone).toLocalTime());
      case Types.TIMESTAMP:
      case Types.TIMESTAMP_WITH_TIMEZONE:
        return timestamp(dateTime(value, zone));
      default:
        return of(value, zone);
    }
  }

  /// A number as one of the classes that JSON gives, so that [Values] can convert it.
  private static Object plain(Object value) {
    if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    if (value instanceof Float) {
      return ((Number) value).doubleValue();
    }
    return value instanceof Number || value instanceof Boolean ? value : value.toString();
  }

  private static LocalDateTime dateTime(Object value, ZoneId zone) throws SQLException {
    if (value instanceof LocalTime) {
      return LocalDate.EPOCH.atTime((LocalTime) value);
    }
    if (value instanceof Time) {
      return LocalDate.EPOCH.atTime(((Time) value).toLocalTime());
    }
    Map<String, Object> typed = temporal(value, zone);
    if (typed == null) {
      String text = value.toString();
      return text.indexOf('-') < 0
          ? LocalDate.EPOCH.atTime(Values.toLocalTime(text, TEXT))
          : Values.toLocalDateTime(text, TEXT);
    }
    long number = ((Number) typed.get("value")).longValue();
    return "JAVA_SQL_DATE".equals(typed.get("type"))
        ? LocalDate.ofEpochDay(number).atStartOfDay()
        : Values.wallClock(number);
  }

  static Map<String, Object> timestamp(Timestamp value, ZoneId zone) {
    return timestamp(Values.wallClock(value, zone));
  }

  private static Map<String, Object> typed(String type, @Nullable Object value) {
    Map<String, Object> typed = new LinkedHashMap<>();
    typed.put("type", type);
    typed.put("value", value);
    return typed;
  }
}
