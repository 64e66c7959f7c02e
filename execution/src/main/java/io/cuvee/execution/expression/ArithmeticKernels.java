package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The four operations and the remainder. Integers are exact or fail, and divide to integers cut
/// towards zero; doubles follow IEEE 754; decimals are exact within 38 digits.
final class ArithmeticKernels {
  private ArithmeticKernels() {}

  enum Operation {
    PLUS("+"),
    MINUS("-"),
    TIMES("*"),
    DIVIDE("/"),
    MOD("%");

    final String sign;

    Operation(String sign) {
      this.sign = sign;
    }
  }

  static void register(Map<String, Factory> all) {
    for (Operation operation : Operation.values()) {
      all.put(operation.name(), (arguments, type) -> create(operation, arguments, type));
    }
  }

  private static Kernel create(Operation operation, List<Operand> arguments, ColumnType type) {
    arguments.forEach(argument -> MathKernels.numeric(argument, operation.name()));
    ColumnType computed = computedType(arguments, type, operation);
    Kernel first = Coercion.to(arguments.get(0), computed);
    Kernel second = Coercion.to(arguments.get(1), computed);
    boolean isInt = type.dataType() == DataType.INT;
    boolean isFloat = type.dataType() == DataType.FLOAT;
    Kernel kernel =
        rows -> {
          Values a = first.evaluate(rows);
          Values b = second.evaluate(rows);
          int count = rows.count();
          Validity validity = Validity.and(a.validity(), b.validity(), count);
          return switch (a) {
            case LongValues longs ->
                longs(operation, longs.values(), ((LongValues) b).values(), count, validity, isInt);
            case DoubleValues doubles ->
                doubles(
                    operation,
                    doubles.values(),
                    ((DoubleValues) b).values(),
                    count,
                    validity,
                    isFloat);
            case DecimalValues decimals ->
                decimals(
                    operation, decimals.values(), ((DecimalValues) b).values(), count, validity);
            default -> throw new IllegalStateException(operation + " of " + computed);
          };
        };
    return Coercion.to(new Operand(kernel, computed, null, false), type);
  }

  /// The type to compute in: the result's, unless the arguments hold more than it does.
  private static ColumnType computedType(
      List<Operand> arguments, ColumnType type, Operation operation) {
    ColumnType common = Coercion.common(arguments, operation.name());
    if (!common.dataType().isNumeric()) {
      return type;
    }
    if (type.dataType() == DataType.FLOAT) {
      return common.dataType() == DataType.BIG_DECIMAL ? ColumnType.DOUBLE : type;
    }
    return type.dataType().isNumeric() ? Coercion.common(common, type, operation.name()) : common;
  }

  private static LongValues longs(
      Operation operation,
      long[] a,
      long[] b,
      int count,
      @Nullable Validity validity,
      boolean isInt) {
    long[] out = new long[count];
    boolean fits =
        switch (operation) {
          case PLUS -> plus(a, b, count, out);
          case MINUS -> minus(a, b, count, out);
          case TIMES -> times(a, b, count, out);
          case DIVIDE -> divide(a, b, count, validity, out);
          case MOD -> mod(a, b, count, validity, out);
        };
    if (validity != null) {
      Truths.of(out, count, validity);
    }
    if (!fits || isInt && !fitInt(out, count)) {
      failAt(operation, a, b, count, out, validity, isInt);
    }
    return new LongValues(out, count, validity);
  }

  private static boolean plus(long[] a, long[] b, int count, long[] out) {
    long overflows = 0;
    for (int i = 0; i < count; i++) {
      long sum = a[i] + b[i];
      overflows |= (a[i] ^ sum) & (b[i] ^ sum);
      out[i] = sum;
    }
    return overflows >= 0;
  }

  private static boolean minus(long[] a, long[] b, int count, long[] out) {
    long overflows = 0;
    for (int i = 0; i < count; i++) {
      long difference = a[i] - b[i];
      overflows |= (a[i] ^ b[i]) & (a[i] ^ difference);
      out[i] = difference;
    }
    return overflows >= 0;
  }

  private static boolean times(long[] a, long[] b, int count, long[] out) {
    long overflows = 0;
    for (int i = 0; i < count; i++) {
      long product = a[i] * b[i];
      overflows |= Math.multiplyHigh(a[i], b[i]) ^ product >> 63;
      out[i] = product;
    }
    return overflows == 0;
  }

  private static boolean divide(
      long[] a, long[] b, int count, @Nullable Validity validity, long[] out) {
    boolean fits = true;
    for (int i = 0; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        if (b[i] == 0) {
          throw Decimals.divisionByZero();
        }
        fits &= a[i] != Long.MIN_VALUE || b[i] != -1;
        out[i] = a[i] / b[i];
      }
    }
    return fits;
  }

  private static boolean mod(
      long[] a, long[] b, int count, @Nullable Validity validity, long[] out) {
    for (int i = 0; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        if (b[i] == 0) {
          throw Decimals.divisionByZero();
        }
        out[i] = a[i] % b[i];
      }
    }
    return true;
  }

  private static boolean fitInt(long[] values, int count) {
    long rest = 0;
    for (int i = 0; i < count; i++) {
      rest |= values[i] ^ (int) values[i];
    }
    return rest == 0;
  }

  /// Finds the row that overflowed, for the message. Rows that are NULL may have, which is nothing.
  private static void failAt(
      Operation operation,
      long[] a,
      long[] b,
      int count,
      long[] out,
      @Nullable Validity validity,
      boolean isInt) {
    for (int i = 0; i < count; i++) {
      if (validity != null && !validity.isSet(i)) {
        continue;
      }
      boolean fits =
          switch (operation) {
            case PLUS -> ((a[i] ^ out[i]) & (b[i] ^ out[i])) >= 0;
            case MINUS -> ((a[i] ^ b[i]) & (a[i] ^ out[i])) >= 0;
            case TIMES -> Math.multiplyHigh(a[i], b[i]) == out[i] >> 63;
            case DIVIDE -> a[i] != Long.MIN_VALUE || b[i] != -1;
            case MOD -> true;
          };
      if (!fits || isInt && out[i] != (int) out[i]) {
        throw overflow(a[i] + " " + operation.sign + " " + b[i], isInt);
      }
    }
  }

  static CuveeException overflow(String what, boolean isInt) {
    return new CuveeException(
        ErrorCode.NUMERIC_OVERFLOW,
        what
            + (isInt
                ? " does not fit INTEGER. Cast to BIGINT before computing with it."
                : " does not fit BIGINT. Cast to DECIMAL or DOUBLE before computing with it."));
  }

  private static DoubleValues doubles(
      Operation operation,
      double[] a,
      double[] b,
      int count,
      @Nullable Validity validity,
      boolean isFloat) {
    double[] out = new double[count];
    switch (operation) {
      case PLUS -> {
        for (int i = 0; i < count; i++) {
          out[i] = a[i] + b[i];
        }
      }
      case MINUS -> {
        for (int i = 0; i < count; i++) {
          out[i] = a[i] - b[i];
        }
      }
      case TIMES -> {
        for (int i = 0; i < count; i++) {
          out[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < count; i++) {
          out[i] = a[i] / b[i];
        }
      }
      case MOD -> {
        for (int i = 0; i < count; i++) {
          out[i] = a[i] % b[i];
        }
      }
    }
    if (isFloat) {
      for (int i = 0; i < count; i++) {
        out[i] = (float) out[i];
      }
    }
    if (validity != null) {
      for (int i = 0; i < count; i++) {
        out[i] = validity.isSet(i) ? out[i] : 0;
      }
    }
    return new DoubleValues(out, count, validity);
  }

  private static DecimalValues decimals(
      Operation operation, BigDecimal[] a, BigDecimal[] b, int count, @Nullable Validity validity) {
    BigDecimal[] out = new BigDecimal[count];
    for (int i = 0; i < count; i++) {
      out[i] =
          validity == null || validity.isSet(i) ? apply(operation, a[i], b[i]) : BigDecimal.ZERO;
    }
    return new DecimalValues(out, count, validity);
  }

  private static BigDecimal apply(Operation operation, BigDecimal a, BigDecimal b) {
    return switch (operation) {
      case PLUS -> Decimals.limit(a.add(b));
      case MINUS -> Decimals.limit(a.subtract(b));
      case TIMES -> Decimals.limit(a.multiply(b));
      case DIVIDE -> Decimals.divide(a, b);
      case MOD -> {
        if (b.signum() == 0) {
          throw Decimals.divisionByZero();
        }
        yield Decimals.limit(a.remainder(b));
      }
    };
  }
}
