package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.expression.RowKernels.ToObject;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Functions of whole numbers and their bits, and rarer ones of doubles.
final class NumberKernels {
  /// The largest factorial of 38 digits.
  private static final int MAX_FACTORIAL = 33;

  /// Lanczos' coefficients for g = 7.
  private static final double[] LANCZOS = {
    0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531,
    -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572e-6,
    1.5056327351493116e-7
  };

  private NumberKernels() {}

  private interface Bits {
    long apply(long a, long b);
  }

  static void register(Map<String, Factory> all) {
    real(all, "SINH", Math::sinh);
    real(all, "COSH", Math::cosh);
    real(all, "TANH", Math::tanh);
    real(all, "ASINH", x -> Math.copySign(Math.log(Math.abs(x) + Math.sqrt(x * x + 1)), x));
    real(all, "ACOSH", x -> Math.log(x + Math.sqrt(x * x - 1)));
    real(all, "ATANH", x -> 0.5 * Math.log((1 + x) / (1 - x)));
    real(all, "COT", x -> 1 / Math.tan(x));
    real(all, "EVEN", x -> Math.copySign(2 * Math.ceil(Math.abs(x) / 2), x));
    real(all, "GAMMA", NumberKernels::gamma);
    real(all, "LGAMMA", NumberKernels::logGamma);
    doubles(all, "FMOD", arguments -> number(arguments[0]) % number(arguments[1]));
    doubles(all, "ISNAN", arguments -> truth(Double.isNaN(number(arguments[0]))));
    doubles(all, "ISINF", arguments -> truth(Double.isInfinite(number(arguments[0]))));
    doubles(
        all, "SIGNBIT", arguments -> truth(Double.doubleToRawLongBits(number(arguments[0])) < 0));
    bits(all, "BITAND", (a, b) -> a & b);
    bits(all, "BITOR", (a, b) -> a | b);
    bits(all, "BITXOR", (a, b) -> a ^ b);
    bits(all, "BITSHIFTLEFT", NumberKernels::shiftLeft);
    bits(all, "BITSHIFTRIGHT", (a, b) -> a >> distance(b));
    all.put(
        "BITSHIFTRIGHTUNSIGNED",
        (operands, _) -> {
          long mask = operands.getFirst().type().equals(ColumnType.INT) ? 0xFFFF_FFFFL : -1;
          return bits(operands, (a, b) -> (a & mask) >>> distance(b));
        });
    bits(all, "GCD", NumberKernels::gcd);
    bits(all, "LCM", NumberKernels::lcm);
    longs(all, "BITNOT", arguments -> ~whole(arguments[0]));
    longs(all, "BIT_COUNT", arguments -> (long) Long.bitCount(whole(arguments[0])));
    longs(all, "FACTORIAL", arguments -> factorial(whole(arguments[0])));
    all.put(
        "DIV",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments -> quotient(decimal(arguments[0]), decimal(arguments[1])),
                ColumnType.BIG_DECIMAL));
    all.put(
        "WIDTH_BUCKET",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                arguments ->
                    bucket(
                        number(arguments[0]),
                        number(arguments[1]),
                        number(arguments[2]),
                        whole(arguments[3])),
                ColumnType.DOUBLE,
                ColumnType.DOUBLE,
                ColumnType.DOUBLE,
                ColumnType.LONG));
    all.put(
        "RANDOM",
        (_, _) ->
            rows -> {
              double[] out = new double[rows.count()];
              for (int i = 0; i < out.length; i++) {
                out[i] = ThreadLocalRandom.current().nextDouble();
              }
              return new DoubleValues(out, out.length, null);
            });
    all.put(
        "GEN_RANDOM_UUID",
        (operands, type) ->
            RowKernels.toObject(
                operands, type, _ -> UUID.randomUUID().toString(), ColumnType.STRING));
  }

  private static void real(Map<String, Factory> all, String name, DoubleUnaryOperator function) {
    doubles(all, name, arguments -> function.applyAsDouble(number(arguments[0])));
  }

  private static void doubles(Map<String, Factory> all, String name, ToObject function) {
    all.put(
        name, (operands, type) -> RowKernels.toObject(operands, type, function, ColumnType.DOUBLE));
  }

  private static void longs(Map<String, Factory> all, String name, ToObject function) {
    all.put(
        name, (operands, type) -> RowKernels.toObject(operands, type, function, ColumnType.LONG));
  }

  private static void bits(Map<String, Factory> all, String name, Bits function) {
    all.put(name, (operands, _) -> bits(operands, function));
  }

  private static Kernel bits(List<Operand> operands, Bits function) {
    return RowKernels.toLong(
        operands,
        (values, row) ->
            function.apply(
                ((LongValues) values[0]).values()[row], ((LongValues) values[1]).values()[row]),
        ColumnType.LONG);
  }

  private static double number(@Nullable Object value) {
    return (Double) Objects.requireNonNull(value);
  }

  private static long whole(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private static BigDecimal decimal(@Nullable Object value) {
    return (BigDecimal) Objects.requireNonNull(value);
  }

  private static Long truth(boolean value) {
    return value ? 1L : 0L;
  }

  private static long quotient(BigDecimal a, BigDecimal b) {
    if (b.signum() == 0) {
      throw new CuveeException(
          ErrorCode.DIVISION_BY_ZERO,
          "Division by zero. NULLIF(divisor, 0) gives NULL instead of this error.");
    }
    try {
      return a.divide(b, 0, RoundingMode.DOWN).longValueExact();
    } catch (ArithmeticException tooLarge) {
      throw ArithmeticKernels.overflow("DIV of " + a + " and " + b, false);
    }
  }

  private static int distance(long bits) {
    if (bits < 0 || bits > 63) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "Bits are moved by 0 to 63 places, not by " + bits + ".");
    }
    return (int) bits;
  }

  private static long shiftLeft(long value, long bits) {
    long moved = value << distance(bits);
    if (moved >> bits != value) {
      throw ArithmeticKernels.overflow(value + " << " + bits, false);
    }
    return moved;
  }

  private static long gcd(long a, long b) {
    try {
      return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValueExact();
    } catch (ArithmeticException tooLarge) {
      throw ArithmeticKernels.overflow("GCD of " + a + " and " + b, false);
    }
  }

  private static long lcm(long a, long b) {
    if (a == 0 || b == 0) {
      return 0;
    }
    try {
      return Math.absExact(Math.multiplyExact(a / gcd(a, b), b));
    } catch (ArithmeticException tooLarge) {
      throw ArithmeticKernels.overflow("LCM of " + a + " and " + b, false);
    }
  }

  private static BigDecimal factorial(long n) {
    if (n < 0 || n > MAX_FACTORIAL) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW,
          "FACTORIAL takes 0 to " + MAX_FACTORIAL + ", but it is " + n + ".");
    }
    BigDecimal product = BigDecimal.ONE;
    for (long i = 2; i <= n; i++) {
      product = product.multiply(BigDecimal.valueOf(i));
    }
    return product;
  }

  private static long bucket(double value, double low, double high, long count) {
    if (count < 1 || low == high || Double.isNaN(value)) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "WIDTH_BUCKET needs two different bounds and at least one bucket.");
    }
    double part = (value - low) / (high - low);
    return part < 0 ? 0 : part >= 1 ? count + 1 : (long) (part * count) + 1;
  }

  /// Above it the gamma function is out of the range of DOUBLE.
  private static final double MOST_FINITE_GAMMA = 171.7;

  private static double gamma(double x) {
    if (x == Math.rint(x) && x > 0 && x <= MAX_FACTORIAL + 1) {
      return factorial((long) x - 1).doubleValue();
    }
    if (x == Math.rint(x) && x <= 0 || x > MOST_FINITE_GAMMA) {
      return x < 0 ? Double.NaN : Double.POSITIVE_INFINITY;
    }
    if (x < 0.5) {
      return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
    }
    double t = x + 6.5;
    return Math.sqrt(2 * Math.PI) * Math.pow(t, x - 0.5) * Math.exp(-t) * lanczos(x);
  }

  private static double logGamma(double x) {
    if (x == 1 || x == 2) {
      return 0;
    }
    if (x < 0.5) {
      return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
    }
    double t = x + 6.5;
    return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(lanczos(x));
  }

  private static double lanczos(double x) {
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (x - 1 + i);
    }
    return sum;
  }
}
