package io.cuvee.execution.kernel;

import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;

/// The order of values that are not NULL: numbers by value with -0.0 equal to 0.0 and NaN above
/// all, byte ranges by unsigned bytes, arrays element by element, the shorter first.
public final class ValueOrder {
  private ValueOrder() {}

  /// Compares row `i` of `a` with row `j` of `b`, which has the same form.
  public static int compare(Values a, int i, Values b, int j) {
    return switch (a) {
      case LongValues longs -> Long.compare(longs.values()[i], ((LongValues) b).values()[j]);
      case DoubleValues doubles -> compare(doubles.values()[i], ((DoubleValues) b).values()[j]);
      case DecimalValues decimals ->
          decimals.values()[i].compareTo(((DecimalValues) b).values()[j]);
      case BytesValues bytes -> bytes.compare(i, (BytesValues) b, j);
      case ArrayValues arrays -> compareArrays(arrays, i, (ArrayValues) b, j);
    };
  }

  public static int compare(double a, double b) {
    if (a < b) {
      return -1;
    }
    if (a > b) {
      return 1;
    }
    return a == b ? 0 : Boolean.compare(Double.isNaN(a), Double.isNaN(b));
  }

  private static int compareArrays(ArrayValues a, int i, ArrayValues b, int j) {
    int common = Math.min(a.length(i), b.length(j));
    for (int k = 0; k < common; k++) {
      int order = compare(a.elements(), a.offsets()[i] + k, b.elements(), b.offsets()[j] + k);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.length(i), b.length(j));
  }
}
