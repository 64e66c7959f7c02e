package io.cuvee.broker.avatica;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.remote.TypedValue;
import org.apache.calcite.avatica.util.ByteString;
import org.jspecify.annotations.Nullable;

/// Turns Avatica's parameter values into Java objects that say what they are.
final class ParameterDecoder {
  private static final long NANOS_OF_MILLI = 1_000_000;

  private ParameterDecoder() {}

  static List<@Nullable Object> decode(@Nullable List<TypedValue> values) {
    List<@Nullable Object> decoded = new ArrayList<>();
    if (values != null) {
      for (TypedValue value : values) {
        decoded.add(
            value == null || value.value == null
                ? null
                : decode(value.type, value.value, value.componentType));
      }
    }
    return decoded;
  }

  private static @Nullable Object decode(Rep rep, Object value, @Nullable Rep component) {
    return switch (rep) {
      case JAVA_SQL_DATE ->
          value instanceof Number days ? LocalDate.ofEpochDay(days.longValue()) : value;
      case JAVA_SQL_TIMESTAMP, JAVA_UTIL_DATE ->
          value instanceof Number millis ? Instant.ofEpochMilli(millis.longValue()) : value;
      case JAVA_SQL_TIME ->
          value instanceof Number millis
              ? LocalTime.ofNanoOfDay(
                      Math.floorMod(millis.longValue(), 86_400_000L) * NANOS_OF_MILLI)
                  .toString()
              : value;
      case BYTE_STRING ->
          switch (value) {
            case ByteString bytes -> bytes.getBytes();
            case String text -> Base64.getDecoder().decode(text);
            default -> value;
          };
      case ARRAY, MULTISET -> value instanceof List<?> list ? elements(list, component) : value;
      case PRIMITIVE_BOOLEAN,
          PRIMITIVE_BYTE,
          PRIMITIVE_CHAR,
          PRIMITIVE_SHORT,
          PRIMITIVE_INT,
          PRIMITIVE_LONG,
          PRIMITIVE_FLOAT,
          PRIMITIVE_DOUBLE,
          BOOLEAN,
          BYTE,
          UBYTE,
          CHARACTER,
          SHORT,
          USHORT,
          INTEGER,
          UINTEGER,
          LONG,
          ULONG,
          FLOAT,
          DOUBLE,
          STRING,
          NUMBER,
          STRUCT,
          OBJECT ->
          value instanceof ByteString bytes ? bytes.getBytes() : value;
    };
  }

  private static List<@Nullable Object> elements(List<?> list, @Nullable Rep component) {
    List<@Nullable Object> decoded = new ArrayList<>(list.size());
    for (Object element : list) {
      decoded.add(
          switch (element) {
            case null -> null;
            case TypedValue typed ->
                typed.value == null ? null : decode(typed.type, typed.value, typed.componentType);
            default -> component == null ? element : decode(component, element, null);
          });
    }
    return decoded;
  }
}
