package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Functions of numbers other than the four operations and the remainder, which are in
/// [ArithmeticKernels].
final class MathKernels {
  private static final long[] POWERS_OF_TEN = powersOfTen();
  private static final double DEGREES = 180 / Math.PI;

  private MathKernels() {}

  static void register(Map<String, Factory> all) {
    real(all, "SQRT", Math::sqrt);
    real(all, "EXP", Math::exp);
    real(all, "LN", Math::log);
    real(all, "LOG10", Math::log10);
    real(all, "LOG2", MathKernels::log2);
    real(all, "SIN", Math::sin);
    real(all, "COS", Math::cos);
    real(all, "TAN", Math::tan);
    real(all, "ASIN", Math::asin);
    real(all, "ACOS", Math::acos);
    real(all, "ATAN", Math::atan);
    real(all, "RADIANS", value -> value / DEGREES);
    real(all, "DEGREES", value -> value * DEGREES);
    real(all, "CBRT", Math::cbrt);
    all.put("POWER", (arguments, type) -> real(arguments, type, Math::pow));
    all.put("ATAN2", (arguments, type) -> real(arguments, type, Math::atan2));
    all.put("ABS", (arguments, type) -> unary(Sign.ABS, arguments, type));
    all.put("NEGATE", (arguments, type) -> unary(Sign.NEGATE, arguments, type));
    all.put("SIGN", (arguments, type) -> unary(Sign.SIGN, arguments, type));
    all.put("FLOOR", (arguments, type) -> rounding(RoundingMode.FLOOR, arguments, type));
    all.put("CEIL", (arguments, type) -> rounding(RoundingMode.CEILING, arguments, type));
    all.put("ROUND", (arguments, type) -> rounding(RoundingMode.HALF_UP, arguments, type));
    all.put("TRUNCATE", (arguments, type) -> rounding(RoundingMode.DOWN, arguments, type));
  }

  private static double log2(double value) {
    int exponent = Math.getExponent(value);
    // Powers of two come out exact, which a quotient of logarithms does not promise.
    return value > 0 && exponent >= Double.MIN_EXPONENT && value == Math.scalb(1.0, exponent)
        ? exponent
        : Math.log(value) / Math.log(2);
  }

  private static void real(Map<String, Factory> all, String name, DoubleUnaryOperator function) {
    all.put(
        name,
        (arguments, type) -> {
          Kernel argument = Coercion.to(arguments.getFirst(), ColumnType.DOUBLE);
          return fromDouble(
              rows -> {
                DoubleValues values = (DoubleValues) argument.evaluate(rows);
                double[] out = new double[values.count()];
                for (int i = 0; i < out.length; i++) {
                  out[i] = values.isNull(i) ? 0 : function.applyAsDouble(values.values()[i]);
                }
                return new DoubleValues(out, out.length, values.validity());
              },
              type);
        });
  }

  private static Kernel real(
      List<Operand> arguments, ColumnType type, DoubleBinaryOperator function) {
    Kernel first = Coercion.to(arguments.get(0), ColumnType.DOUBLE);
    Kernel second = Coercion.to(arguments.get(1), ColumnType.DOUBLE);
    return fromDouble(
        rows -> {
          DoubleValues a = (DoubleValues) first.evaluate(rows);
          DoubleValues b = (DoubleValues) second.evaluate(rows);
          int count = rows.count();
          Validity validity = Validity.and(a.validity(), b.validity(), count);
          double[] out = new double[count];
          for (int i = 0; i < count; i++) {
            if (validity == null || validity.isSet(i)) {
              out[i] = function.applyAsDouble(a.values()[i], b.values()[i]);
            }
          }
          return new DoubleValues(out, count, validity);
        },
        type);
  }

  /// The planner may have stated another type than DOUBLE.
  private static Kernel fromDouble(Kernel kernel, ColumnType type) {
    return Coercion.to(new Operand(kernel, ColumnType.DOUBLE, null, false), type);
  }

  private enum Sign {
    ABS,
    NEGATE,
    SIGN
  }

  private static Kernel unary(Sign sign, List<Operand> arguments, ColumnType type) {
    Kernel argument = Coercion.to(numeric(arguments.getFirst(), sign.name()), type);
    boolean isInt = type.dataType() == DataType.INT;
    return rows ->
        switch (argument.evaluate(rows)) {
          case LongValues longs -> unary(sign, longs, isInt);
          case DoubleValues doubles -> unary(sign, doubles);
          case DecimalValues decimals -> unary(sign, decimals);
          default -> throw new IllegalStateException(sign + " of " + type);
        };
  }

  private static LongValues unary(Sign sign, LongValues values, boolean isInt) {
    long smallest = isInt ? Integer.MIN_VALUE : Long.MIN_VALUE;
    long[] out = new long[values.count()];
    for (int i = 0; i < out.length; i++) {
      long value = values.values()[i];
      if (value == smallest && sign != Sign.SIGN) {
        throw ArithmeticKernels.overflow(sign + " of " + value, isInt);
      }
      out[i] =
          switch (sign) {
            case ABS -> Math.abs(value);
            case NEGATE -> -value;
            case SIGN -> Long.signum(value);
          };
    }
    return new LongValues(out, out.length, values.validity());
  }

  private static DoubleValues unary(Sign sign, DoubleValues values) {
    double[] out = new double[values.count()];
    for (int i = 0; i < out.length; i++) {
      double value = values.values()[i];
      out[i] =
          switch (sign) {
            case ABS -> Math.abs(value);
            case NEGATE -> -value;
            case SIGN -> Math.signum(value);
          };
    }
    return new DoubleValues(out, out.length, values.validity());
  }

  private static DecimalValues unary(Sign sign, DecimalValues values) {
    BigDecimal[] out = new BigDecimal[values.count()];
    for (int i = 0; i < out.length; i++) {
      BigDecimal value = values.values()[i];
      out[i] =
          switch (sign) {
            case ABS -> value.abs();
            case NEGATE -> value.negate();
            case SIGN -> BigDecimal.valueOf(value.signum());
          };
    }
    return new DecimalValues(out, out.length, values.validity());
  }

  static Operand numeric(Operand operand, String function) {
    boolean isNull = operand.isConstant() && operand.constant() == null;
    DataType type = operand.type().dataType();
    boolean number = type.representation() != Representation.BYTES || type == DataType.STRING;
    if (!isNull && (operand.type().isArray() || !number)) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH, function + " takes numbers, not " + operand.type() + ".");
    }
    return operand;
  }

  private static Kernel rounding(RoundingMode mode, List<Operand> arguments, ColumnType type) {
    Operand first = numeric(arguments.getFirst(), mode.name());
    // Rounding happens in the argument's own type, whatever the result's is: of 1.5 as BIGINT it is
    // 2.
    ColumnType computed = first.type().dataType().isNumeric() ? first.type() : type;
    Kernel argument = Coercion.to(first, computed);
    Kernel digits =
        arguments.size() > 1
            ? Coercion.to(arguments.get(1), ColumnType.LONG)
            : new Constant(0L, ColumnType.LONG);
    Kernel rounded =
        rows -> {
          Values values = argument.evaluate(rows);
          LongValues places = (LongValues) digits.evaluate(rows);
          int count = rows.count();
          Validity validity = Validity.and(values.validity(), places.validity(), count);
          return round(mode, values, places.values(), count, validity, computed);
        };
    return Coercion.to(new Operand(rounded, computed, null, false), type);
  }

  private static Values round(
      RoundingMode mode,
      Values values,
      long[] places,
      int count,
      @Nullable Validity validity,
      ColumnType type) {
    return switch (values) {
      case LongValues longs -> {
        long[] out = new long[count];
        for (int i = 0; i < count; i++) {
          if (validity == null || validity.isSet(i)) {
            out[i] = round(longs.values()[i], places[i], mode, type.dataType() == DataType.INT);
          }
        }
        yield new LongValues(out, count, validity);
      }
      case DoubleValues doubles -> {
        double[] out = new double[count];
        boolean isFloat = type.dataType() == DataType.FLOAT;
        for (int i = 0; i < count; i++) {
          if (validity == null || validity.isSet(i)) {
            double value = round(doubles.values()[i], places[i], mode, isFloat);
            out[i] = isFloat ? (float) value : value;
          }
        }
        yield new DoubleValues(out, count, validity);
      }
      case DecimalValues decimals -> {
        BigDecimal[] out = new BigDecimal[count];
        for (int i = 0; i < count; i++) {
          out[i] =
              validity == null || validity.isSet(i)
                  ? round(decimals.values()[i], places[i], mode)
                  : BigDecimal.ZERO;
        }
        yield new DecimalValues(out, count, validity);
      }
      default -> throw new IllegalStateException("Rounding of " + type);
    };
  }

  /// Rounds half away from zero to a whole number.
  static double round(double value) {
    double size = Math.abs(value);
    double whole = Math.floor(size);
    return Math.copySign(size - whole >= 0.5 ? whole + 1 : whole, value);
  }

  private static double round(double value, long places, RoundingMode mode, boolean isFloat) {
    if (places == 0) {
      return switch (mode) {
        case FLOOR -> Math.floor(value);
        case CEILING -> Math.ceil(value);
        case DOWN -> value < 0 ? Math.ceil(value) : Math.floor(value);
        default -> round(value);
      };
    }
    if (!Double.isFinite(value) || places > 400) {
      return value;
    }
    if (places < -400) {
      return 0;
    }
    String text = isFloat ? Float.toString((float) value) : Double.toString(value);
    return new BigDecimal(text).setScale((int) places, mode).doubleValue();
  }

  private static BigDecimal round(BigDecimal value, long places, RoundingMode mode) {
    if (places >= value.scale()) {
      return value;
    }
    if (places < -Decimals.MAX_DIGITS - 1) {
      return BigDecimal.ZERO;
    }
    return Decimals.limit(value.setScale((int) places, mode));
  }

  private static long round(long value, long places, RoundingMode mode, boolean isInt) {
    if (places >= 0) {
      return value;
    }
    if (places < -19) {
      return 0;
    }
    BigDecimal rounded = BigDecimal.valueOf(value);
    if (places == -19) {
      rounded = rounded.setScale(-19, mode).setScale(0);
    } else {
      long unit = POWERS_OF_TEN[(int) -places];
      long cut = value - value % unit;
      boolean up = mode == RoundingMode.HALF_UP && Math.abs(value % unit) >= unit / 2;
      rounded =
          up
              ? BigDecimal.valueOf(cut).add(BigDecimal.valueOf(value < 0 ? -unit : unit))
              : BigDecimal.valueOf(cut);
    }
    long result;
    try {
      result = rounded.longValueExact();
    } catch (ArithmeticException tooLarge) {
      throw ArithmeticKernels.overflow("ROUND of " + value, isInt);
    }
    if (isInt && result != (int) result) {
      throw ArithmeticKernels.overflow("ROUND of " + value, true);
    }
    return result;
  }

  private static long[] powersOfTen() {
    long[] powers = new long[19];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
