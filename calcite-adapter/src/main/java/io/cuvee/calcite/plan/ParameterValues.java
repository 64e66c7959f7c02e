package io.cuvee.calcite.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Converts the client's values to the Java form that plans use.
final class ParameterValues {
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffset("+HH:mm", "Z")
          .optionalEnd()
          .optionalEnd()
          .toFormatter(java.util.Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private ParameterValues() {}

  /// @param position of the `?`, counted from 1, for messages
  static @Nullable Object convert(@Nullable Object value, ColumnType type, int position) {
    if (value == null) {
      return null;
    }
    if (type.isArray()) {
      if (!(value instanceof List<?> list)) {
        throw mismatch(value, type, position);
      }
      List<Object> elements = new ArrayList<>(list.size());
      for (Object element : list) {
        if (element == null) {
          throw new CuveeException(
              ErrorCode.INVALID_PARAMETER,
              "Parameter " + position + ": the elements of an array must not be NULL.");
        }
        elements.add(scalar(element, type.elementType(), position));
      }
      return elements;
    }
    return scalar(value, type, position);
  }

  private static Object scalar(Object value, ColumnType type, int position) {
    // The common cases first; the Java form already fits.
    switch (type.dataType()) {
      case LONG -> {
        if (value instanceof Long) {
          return value;
        }
      }
      case DOUBLE -> {
        if (value instanceof Double) {
          return value;
        }
      }
      case STRING, JSON -> {
        if (value instanceof String text) {
          return text.getBytes(StandardCharsets.UTF_8);
        }
        if (value instanceof byte[]) {
          return value;
        }
      }
      case INT, FLOAT, BIG_DECIMAL, BOOLEAN, TIMESTAMP, DATE, TIME, UUID, BYTES -> {}
    }
    try {
      return switch (type.dataType()) {
        case INT -> (long) number(value, type, position).intValueExact();
        case LONG -> number(value, type, position).longValueExact();
        case FLOAT -> (double) (float) real(value, type, position);
        case DOUBLE -> real(value, type, position);
        case BIG_DECIMAL -> decimal(value, type, position);
        case BOOLEAN -> bool(value, type, position);
        case TIMESTAMP -> timestamp(value, type, position);
        case DATE -> date(value, type, position);
        case TIME -> time(value, type, position);
        case STRING, JSON -> value.toString().getBytes(StandardCharsets.UTF_8);
        case UUID -> uuid(value, type, position);
        case BYTES -> bytes(value, type, position);
      };
    } catch (NumberFormatException e) {
      throw mismatch(value, type, position);
    } catch (ArithmeticException e) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "Parameter " + position + ": " + shown(value) + " does not fit " + type.dataType() + ".",
          e);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw mismatch(value, type, position);
    }
  }

  private static BigDecimal number(Object value, ColumnType type, int position) {
    return switch (value) {
      case Boolean truth -> truth ? BigDecimal.ONE : BigDecimal.ZERO;
      case Double real when real.isNaN() || real.isInfinite() ->
          throw mismatch(value, type, position);
      case Float real when real.isNaN() || real.isInfinite() ->
          throw mismatch(value, type, position);
      case BigDecimal decimal -> decimal;
      case BigInteger integer -> new BigDecimal(integer);
      case Double real -> BigDecimal.valueOf(real);
      case Float real -> new BigDecimal(real.toString());
      case Number integer -> BigDecimal.valueOf(integer.longValue());
      case String text -> new BigDecimal(text.trim());
      case byte[] text -> new BigDecimal(new String(text, StandardCharsets.UTF_8).trim());
      default -> throw mismatch(value, type, position);
    };
  }

  private static double real(Object value, ColumnType type, int position) {
    return switch (value) {
      case Number number -> number.doubleValue();
      case String text -> Double.parseDouble(text.trim());
      case byte[] text -> Double.parseDouble(new String(text, StandardCharsets.UTF_8).trim());
      default -> number(value, type, position).doubleValue();
    };
  }

  private static BigDecimal decimal(Object value, ColumnType type, int position) {
    BigDecimal decimal = number(value, type, position);
    if (decimal.precision() - decimal.scale() > 38) {
      throw new ArithmeticException("more than 38 digits");
    }
    return decimal.precision() > 38
        ? decimal.round(new java.math.MathContext(38, RoundingMode.HALF_UP))
        : decimal;
  }

  private static Long bool(Object value, ColumnType type, int position) {
    return switch (value) {
      case Boolean truth -> truth ? 1L : 0L;
      case Number number when number.doubleValue() == 0 || number.doubleValue() == 1 ->
          number.longValue();
      case String text when text.equalsIgnoreCase("true") -> 1L;
      case String text when text.equalsIgnoreCase("false") -> 0L;
      case byte[] text -> bool(new String(text, StandardCharsets.UTF_8), type, position);
      default -> throw mismatch(value, type, position);
    };
  }

  private static Long timestamp(Object value, ColumnType type, int position) {
    return switch (value) {
      case Long millis -> millis;
      case Integer millis -> millis.longValue();
      case Instant instant -> instant.toEpochMilli();
      case OffsetDateTime time -> time.toInstant().toEpochMilli();
      case ZonedDateTime time -> time.toInstant().toEpochMilli();
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC).toEpochMilli();
      case LocalDate day -> Math.multiplyExact(day.toEpochDay(), 86_400_000L);
      case java.sql.Timestamp time -> time.toInstant().toEpochMilli();
      case String text -> parseTimestamp(text.trim());
      case byte[] text -> parseTimestamp(new String(text, StandardCharsets.UTF_8).trim());
      case BigDecimal millis -> millis.longValueExact();
      default -> throw mismatch(value, type, position);
    };
  }

  private static Long parseTimestamp(String text) {
    return switch (TIMESTAMP.parseBest(
        text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from)) {
      case OffsetDateTime time -> time.toInstant().toEpochMilli();
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC).toEpochMilli();
      case LocalDate day -> day.toEpochDay() * 86_400_000L;
      default -> throw new DateTimeException(text);
    };
  }

  private static Long date(Object value, ColumnType type, int position) {
    return switch (value) {
      case Long days -> (long) Math.toIntExact(days);
      case Integer days -> days.longValue();
      case LocalDate day -> day.toEpochDay();
      case LocalDateTime time -> time.toLocalDate().toEpochDay();
      case java.sql.Date day -> day.toLocalDate().toEpochDay();
      case String text -> Math.floorDiv(parseTimestamp(text.trim()), 86_400_000L);
      case byte[] text ->
          Math.floorDiv(
              parseTimestamp(new String(text, StandardCharsets.UTF_8).trim()), 86_400_000L);
      default -> throw mismatch(value, type, position);
    };
  }

  private static byte[] uuid(Object value, ColumnType type, int position) {
    return switch (value) {
      case byte[] bytes when bytes.length == 16 -> bytes;
      case byte[] text -> uuid(new String(text, StandardCharsets.UTF_8), type, position);
      case String text -> uuid(UUID.fromString(text.trim()), type, position);
      case UUID uuid ->
          ByteBuffer.allocate(16)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits())
              .array();
      default -> throw mismatch(value, type, position);
    };
  }

  private static byte[] bytes(Object value, ColumnType type, int position) {
    return switch (value) {
      case byte[] bytes -> bytes;
      case String hex -> HexFormat.of().parseHex(hex.trim());
      default -> throw mismatch(value, type, position);
    };
  }

  private static long time(Object value, ColumnType type, int position) {
    try {
      return LocalTime.parse(value.toString().strip()).getLong(ChronoField.MILLI_OF_DAY);
    } catch (DateTimeParseException wrong) {
      throw mismatch(value, type, position);
    }
  }

  private static CuveeException mismatch(Object value, ColumnType type, int position) {
    return new CuveeException(
        ErrorCode.INVALID_PARAMETER,
        "Parameter "
            + position
            + ": "
            + shown(value)
            + " cannot be read as "
            + type
            + "."
            + switch (type.dataType()) {
              case TIMESTAMP -> " Give milliseconds, or text like '2024-01-31 12:30:00'.";
              case DATE -> " Give text like '2024-01-31'.";
              case TIME -> " Give text like '12:30:00'.";
              case BYTES -> " Give bytes, or text of hexadecimal digits.";
              case BOOLEAN -> " Give true or false.";
              case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL, STRING, JSON, UUID -> "";
            });
  }

  private static String shown(Object value) {
    String text =
        switch (value) {
          case byte[] bytes -> "the " + bytes.length + " bytes";
          case String string -> "'" + string + "'";
          default -> value + " (" + value.getClass().getSimpleName() + ")";
        };
    return text.length() > 60 ? text.substring(0, 57) + "..." : text;
  }
}
