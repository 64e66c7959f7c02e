package io.cuvee.calcite.translate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// CAST of values that are known when a statement is planned or bound, in the Java form of
/// [io.cuvee.common.plan.Expression.Literal]. It does what the kernel of CAST does for rows; pairs
/// of types that are not covered here are left to the kernel.
public final class ConstantCast {
  private static final long DAY_MILLIS = 86_400_000L;

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
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private ConstantCast() {}

  /// Whether [#convert] takes values of `from` to `to`.
  public static boolean isCovered(ColumnType from, ColumnType to) {
    if (from.isArray() != to.isArray()) {
      return false;
    }
    DataType source = from.dataType();
    DataType target = to.dataType();
    if (source == target || (source.isText() && target.isText())) {
      return true;
    }
    return switch (target) {
      case INT -> source == DataType.LONG;
      case LONG -> source == DataType.INT;
      case FLOAT, DOUBLE, BIG_DECIMAL -> source.isNumeric();
      case TIMESTAMP -> source == DataType.DATE || source.isText();
      case DATE, UUID -> source.isText();
      case BOOLEAN, TIME, STRING, JSON, BYTES -> false;
    };
  }

  /// @throws CuveeException `DATA_EXCEPTION` or `NUMERIC_OVERFLOW` if the value is not one of `to`
  public static @Nullable Object convert(@Nullable Object value, ColumnType from, ColumnType to) {
    if (value == null || from.dataType() == to.dataType()) {
      return value;
    }
    if (value instanceof List<?> list) {
      List<Object> converted = new ArrayList<>(list.size());
      for (Object element : list) {
        converted.add(scalar(element, to.dataType()));
      }
      return converted;
    }
    return scalar(value, to.dataType());
  }

  private static Object scalar(Object value, DataType to) {
    try {
      return switch (to) {
        case INT -> (long) Math.toIntExact((Long) value);
        case LONG, STRING, JSON, BOOLEAN, TIME, BYTES -> value;
        case FLOAT -> rounded((Number) value);
        case DOUBLE -> ((Number) value).doubleValue();
        case BIG_DECIMAL -> decimal((Number) value);
        case TIMESTAMP ->
            value instanceof Long days
                ? Math.multiplyExact(days, DAY_MILLIS)
                : timestamp(text(value));
        case DATE -> (Object) Math.floorDiv(timestamp(text(value)), DAY_MILLIS);
        case UUID -> uuid(text(value));
      };
    } catch (ArithmeticException e) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW, "The value " + value + " does not fit " + to + ".", e);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "'"
              + text(value)
              + "' is not a "
              + to
              + "."
              + switch (to) {
                case TIMESTAMP -> " Write it as '2024-01-31 12:30:00'.";
                case DATE -> " Write it as '2024-01-31'.";
                default -> "";
              },
          e);
    }
  }

  /// To 32 bits.
  private static double rounded(Number number) {
    double real = number.floatValue();
    if (Double.isInfinite(real) && !Double.isInfinite(number.doubleValue())) {
      throw new ArithmeticException("too large");
    }
    return real;
  }

  private static BigDecimal decimal(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case Long integer -> BigDecimal.valueOf(integer);
      default -> {
        double real = number.doubleValue();
        if (Double.isNaN(real) || Double.isInfinite(real)) {
          throw new ArithmeticException("not finite");
        }
        BigDecimal decimal = BigDecimal.valueOf(real);
        if (decimal.precision() - decimal.scale() > 38) {
          throw new ArithmeticException("more than 38 digits");
        }
        yield decimal.round(new MathContext(38, RoundingMode.HALF_UP));
      }
    };
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(value);
  }

  /// Milliseconds since 1970 of a text such as `2024-01-31`, `2024-01-31 12:30:00.5` or
  /// `2024-01-31T12:30:00Z`.
  public static long timestamp(String text) {
    return switch (TIMESTAMP.parseBest(
        text.strip(), OffsetDateTime::from, LocalDateTime::from, LocalDate::from)) {
      case OffsetDateTime time -> time.toInstant().toEpochMilli();
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC).toEpochMilli();
      case LocalDate day -> Math.multiplyExact(day.toEpochDay(), DAY_MILLIS);
      default -> throw new DateTimeException(text);
    };
  }

  /// A date or point in time moved by months, then by days or milliseconds as its type counts them.
  public static Long moved(long value, ColumnType type, long months, long amount) {
    long moved = value;
    if (months != 0) {
      if (type.equals(ColumnType.DATE)) {
        moved = LocalDate.ofEpochDay(value).plusMonths(months).toEpochDay();
      } else {
        moved =
            LocalDateTime.ofEpochSecond(
                            Math.floorDiv(value, 1000L),
                            (int) Math.floorMod(value, 1000L) * 1_000_000,
                            ZoneOffset.UTC)
                        .plusMonths(months)
                        .toEpochSecond(ZoneOffset.UTC)
                    * 1000
                + Math.floorMod(value, 1000L);
      }
    }
    return Math.addExact(moved, amount);
  }

  private static byte[] uuid(String text) {
    UUID uuid = UUID.fromString(text.strip());
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }
}
