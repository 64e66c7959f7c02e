package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.kernel.CivilDate;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Conversions between types, which CAST and the common types of arguments use. Fractions are
/// rounded half away from zero to integers, ranges are checked, text is read by [TextParsing] and
/// written by [TextForms]. TIMESTAMP counts as milliseconds, DATE as days, TIME as milliseconds of
/// a day, in 1970 where it becomes a TIMESTAMP.
public final class Conversions {
  private static final long DAYS_OF_TIMESTAMPS = Long.MAX_VALUE / CivilDate.MILLIS_PER_DAY;

  private Conversions() {}

  /// Whether there is a conversion; it may still fail for a value.
  public static boolean exists(ColumnType from, ColumnType to) {
    if (from.isArray() || to.isArray()) {
      return from.isArray()
          && (to.isArray()
              ? exists(from.elementType(), to.elementType())
              : to.dataType() == DataType.STRING);
    }
    DataType source = from.dataType();
    DataType target = to.dataType();
    if (source == target || source.isText() || target == DataType.STRING) {
      return true;
    }
    return switch (source) {
      case INT, LONG -> target.representation() == Representation.LONG || target.isNumeric();
      case BOOLEAN, FLOAT, DOUBLE, BIG_DECIMAL -> target.isNumeric() || target == DataType.BOOLEAN;
      case TIMESTAMP ->
          target == DataType.DATE || target == DataType.TIME || target == DataType.LONG;
      case TIME -> target == DataType.TIMESTAMP || target == DataType.LONG;
      case DATE -> target == DataType.TIMESTAMP || target.isInteger();
      case UUID -> target == DataType.BYTES;
      case BYTES -> target == DataType.UUID;
      case STRING, JSON -> true;
    };
  }

  /// @throws CuveeException `TYPE_MISMATCH` if there is no conversion
  public static void check(ColumnType from, ColumnType to) {
    if (!exists(from, to)) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH, "A value of type " + from + " cannot be cast to " + to + ".");
    }
  }

  /// Converts a value that is not NULL.
  ///
  /// @param value in the Java form of [io.cuvee.common.plan.Expression.Literal]
  public static Object convert(Object value, ColumnType from, ColumnType to) {
    check(from, to);
    ValuesBuilder builder = ValuesBuilder.of(from, 1);
    builder.appendObject(value);
    return java.util.Objects.requireNonNull(convert(builder.build(), from, to).get(0));
  }

  /// Converts a column; NULL stays NULL.
  ///
  /// @throws CuveeException `DATA_EXCEPTION` or `NUMERIC_OVERFLOW` for the first value that has
  ///   none in `to`
  public static Values convert(Values values, ColumnType from, ColumnType to) {
    if (from.equals(to)) {
      return values;
    }
    if (from.isArray()) {
      ArrayValues arrays = (ArrayValues) values;
      return to.isArray()
          ? new ArrayValues(
              convert(arrays.elements(), from.elementType(), to.elementType()),
              arrays.offsets(),
              arrays.count(),
              arrays.validity())
          : toText(values, from);
    }
    if (to.dataType() == DataType.STRING) {
      return from.dataType() == DataType.JSON ? values : toText(values, from);
    }
    if (from.dataType().isText()) {
      return parse((BytesValues) values, to);
    }
    return switch (to.dataType().representation()) {
      case LONG -> toLongs(values, from.dataType(), to.dataType());
      case DOUBLE -> toDoubles(values, to.dataType());
      case DECIMAL -> toDecimals(values, from.dataType());
      case BYTES -> toBytes((BytesValues) values, to.dataType());
    };
  }

  private static Values toText(Values values, ColumnType from) {
    BytesValuesBuilder out = new BytesValuesBuilder(values.count());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.count(); i++) {
      Object value = values.get(i);
      if (value == null) {
        out.appendNull();
      } else {
        text.setLength(0);
        TextForms.append(text, value, from);
        out.append(text.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return out.build();
  }

  private static Values parse(BytesValues texts, ColumnType to) {
    if (to.isArray()) {
      throw new CuveeException(ErrorCode.TYPE_MISMATCH, "Text cannot be cast to " + to + ".");
    }
    ValuesBuilder out = ValuesBuilder.of(to, texts.count());
    for (int i = 0; i < texts.count(); i++) {
      if (texts.isNull(i)) {
        out.appendNull();
      } else {
        out.appendObject(TextParsing.parse(texts.text(i), to.dataType()));
      }
    }
    return out.build();
  }

  private static Values toBytes(BytesValues values, DataType to) {
    if (to == DataType.UUID) {
      for (int i = 0; i < values.count(); i++) {
        if (!values.isNull(i) && values.length(i) != 16) {
          throw new CuveeException(
              ErrorCode.DATA_EXCEPTION, "A UUID has 16 bytes, not " + values.length(i) + ".");
        }
      }
    }
    return values;
  }

  private static LongValues toLongs(Values values, DataType from, DataType to) {
    int count = values.count();
    long[] out = new long[count];
    switch (values) {
      case LongValues longs -> {
        for (int i = 0; i < count; i++) {
          out[i] = longs.isNull(i) ? 0 : toLong(longs.values()[i], from, to);
        }
      }
      case DoubleValues doubles -> {
        for (int i = 0; i < count; i++) {
          double value = doubles.values()[i];
          if (!doubles.isNull(i)) {
            out[i] = to == DataType.BOOLEAN ? (value != 0 ? 1 : 0) : inRange(round(value, to), to);
          }
        }
      }
      case DecimalValues decimals -> {
        for (int i = 0; i < count; i++) {
          if (!decimals.isNull(i)) {
            BigDecimal value = decimals.values()[i];
            out[i] =
                to == DataType.BOOLEAN
                    ? Math.abs(value.signum())
                    : inRange(Decimals.toLong(value), to);
          }
        }
      }
      case BytesValues _, ArrayValues _ -> throw new IllegalStateException(from + " to " + to);
    }
    return new LongValues(out, count, values.validity());
  }

  private static long toLong(long value, DataType from, DataType to) {
    return switch (to) {
      case INT -> inRange(value, to);
      case BOOLEAN -> value != 0 ? 1 : 0;
      case TIMESTAMP -> from == DataType.DATE ? startOfDay(value) : value;
      case TIME -> Math.floorMod(value, CivilDate.MILLIS_PER_DAY);
      case DATE ->
          from == DataType.TIMESTAMP
              ? Math.floorDiv(value, CivilDate.MILLIS_PER_DAY)
              : inRange(value, DataType.INT);
      default -> value;
    };
  }

  private static long startOfDay(long day) {
    if (Math.abs(day) > DAYS_OF_TIMESTAMPS) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW, "Day " + day + " is out of the range of TIMESTAMP.");
    }
    return day * CivilDate.MILLIS_PER_DAY;
  }

  private static long inRange(long value, DataType to) {
    if (to == DataType.INT && value != (int) value) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW, value + " is out of the range of INTEGER.");
    }
    return value;
  }

  private static long round(double value, DataType to) {
    double rounded = MathKernels.round(value);
    if (!(rounded >= -0x1p63 && rounded < 0x1p63)) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW, value + " is out of the range of " + to + ".");
    }
    return (long) rounded;
  }

  private static DoubleValues toDoubles(Values values, DataType to) {
    int count = values.count();
    double[] out = new double[count];
    switch (values) {
      case LongValues longs -> {
        for (int i = 0; i < count; i++) {
          out[i] = longs.values()[i];
        }
      }
      case DoubleValues doubles -> System.arraycopy(doubles.values(), 0, out, 0, count);
      case DecimalValues decimals -> {
        for (int i = 0; i < count; i++) {
          out[i] = decimals.isNull(i) ? 0 : decimals.values()[i].doubleValue();
        }
      }
      case BytesValues _, ArrayValues _ -> throw new IllegalStateException("To " + to);
    }
    if (to == DataType.FLOAT) {
      toFloats(out, count, values.validity());
    }
    return new DoubleValues(out, count, values.validity());
  }

  private static void toFloats(double[] values, int count, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      float value = (float) values[i];
      if (Float.isInfinite(value)
          && !Double.isInfinite(values[i])
          && (validity == null || validity.isSet(i))) {
        throw new CuveeException(
            ErrorCode.NUMERIC_OVERFLOW, values[i] + " is out of the range of FLOAT.");
      }
      values[i] = value;
    }
  }

  private static DecimalValues toDecimals(Values values, DataType from) {
    int count = values.count();
    BigDecimal[] out = new BigDecimal[count];
    for (int i = 0; i < count; i++) {
      out[i] =
          values.isNull(i)
              ? BigDecimal.ZERO
              : switch (values) {
                case LongValues longs -> BigDecimal.valueOf(longs.values()[i]);
                case DoubleValues doubles ->
                    from == DataType.FLOAT && Double.isFinite(doubles.values()[i])
                        ? Decimals.limit(
                            new BigDecimal(Float.toString((float) doubles.values()[i])))
                        : Decimals.ofDouble(doubles.values()[i]);
                case DecimalValues decimals -> decimals.values()[i];
                case BytesValues _, ArrayValues _ ->
                    throw new IllegalStateException("From " + from);
              };
    }
    return new DecimalValues(out, count, values.validity());
  }
}
