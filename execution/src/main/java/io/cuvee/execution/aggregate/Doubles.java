package io.cuvee.execution.aggregate;

import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;

/// Numbers of any type as doubles.
final class Doubles {
  private Doubles() {}

  /// The first `count` values; what stands for NULL is arbitrary. Not to be changed.
  static double[] of(Values numbers, int count) {
    return switch (numbers) {
      case DoubleValues doubles -> doubles.values();
      case LongValues longs -> {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
          values[i] = longs.values()[i];
        }
        yield values;
      }
      case DecimalValues decimals -> {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
          values[i] = decimals.isNull(i) ? 0 : decimals.values()[i].doubleValue();
        }
        yield values;
      }
      default -> throw new IllegalStateException("Not numeric: " + numbers.getClass());
    };
  }
}
