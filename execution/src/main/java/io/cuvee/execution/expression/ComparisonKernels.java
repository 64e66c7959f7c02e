package io.cuvee.execution.expression;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.List;
import java.util.Map;

/// Comparisons. An array compared with a scalar holds if some element does, `<>` if all do.
final class ComparisonKernels {
  private ComparisonKernels() {}

  /// A comparison is "equal" or "less", its sides perhaps swapped, its outcome perhaps turned
  /// round. Since NaN is ordered like any value, `a <= b` is `not b < a`.
  enum Comparison {
    EQ(true, false, false),
    NE(true, false, true),
    LT(false, false, false),
    LE(false, true, true),
    GT(false, true, false),
    GE(false, false, true);

    final boolean equal;
    final boolean swapped;
    final long turn;

    Comparison(boolean equal, boolean swapped, boolean turned) {
      this.equal = equal;
      this.swapped = swapped;
      this.turn = turned ? 1 : 0;
    }
  }

  static void register(Map<String, Factory> all) {
    for (Comparison comparison : Comparison.values()) {
      all.put(
          comparison.name(),
          (arguments, _) -> create(comparison, arguments.get(0), arguments.get(1)));
    }
    all.put("BETWEEN", (arguments, _) -> between(arguments));
    all.put("IS_DISTINCT_FROM", (arguments, _) -> distinct(arguments, 1));
    all.put("IS_NOT_DISTINCT_FROM", (arguments, _) -> distinct(arguments, 0));
  }

  static Kernel create(Comparison comparison, Operand left, Operand right) {
    boolean leftArray = left.type().isArray();
    boolean rightArray = right.type().isArray();
    ColumnType common =
        Coercion.common(
            comparedType(left, right, leftArray == rightArray),
            comparedType(right, left, leftArray == rightArray),
            comparison.name());
    if (leftArray == rightArray) {
      Kernel a = Coercion.to(left, common);
      Kernel b = Coercion.to(right, common);
      return rows -> compare(comparison, a.evaluate(rows), b.evaluate(rows), rows.count());
    }
    Kernel a = Coercion.to(left, leftArray ? ColumnType.arrayOf(common.dataType()) : common);
    Kernel b = Coercion.to(right, rightArray ? ColumnType.arrayOf(common.dataType()) : common);
    return rows -> {
      Values x = a.evaluate(rows);
      Values y = b.evaluate(rows);
      ArrayValues arrays = (ArrayValues) (leftArray ? x : y);
      Values scalars = leftArray ? y : x;
      int[] rowOfElement = ArrayKernels.rowsOfElements(arrays);
      Values elements = ArrayKernels.elements(arrays);
      Values spread = scalars.select(rowOfElement, rowOfElement.length);
      LongValues each =
          leftArray
              ? compare(comparison, elements, spread, rowOfElement.length)
              : compare(comparison, spread, elements, rowOfElement.length);
      return ArrayKernels.reduce(
          each,
          arrays,
          Validity.and(arrays.validity(), scalars.validity(), arrays.count()),
          comparison == Comparison.NE);
    };
  }

  /// The operand's type; of its elements if only one side is an array. NULL has the type of the
  /// other side.
  private static ColumnType comparedType(Operand operand, Operand other, boolean whole) {
    boolean isNull = operand.isConstant() && operand.constant() == null;
    ColumnType type = isNull ? other.type() : operand.type();
    return whole ? type : type.elementType();
  }

  /// Of an array, one element must lie within both bounds.
  private static Kernel between(List<Operand> arguments) {
    Operand value = arguments.get(0);
    boolean array = value.type().isArray();
    ColumnType common =
        Coercion.common(
            List.of(
                new Operand(value.kernel(), value.type().elementType(), null, false),
                arguments.get(1),
                arguments.get(2)),
            "BETWEEN");
    Kernel values = Coercion.to(value, array ? ColumnType.arrayOf(common.dataType()) : common);
    Kernel lows = Coercion.to(arguments.get(1), common);
    Kernel highs = Coercion.to(arguments.get(2), common);
    return rows -> {
      Values x = values.evaluate(rows);
      Values low = lows.evaluate(rows);
      Values high = highs.evaluate(rows);
      if (!(x instanceof ArrayValues arrays)) {
        return within(x, low, high, rows.count());
      }
      int[] rowOfElement = ArrayKernels.rowsOfElements(arrays);
      int elementCount = rowOfElement.length;
      LongValues each =
          within(
              ArrayKernels.elements(arrays),
              low.select(rowOfElement, elementCount),
              high.select(rowOfElement, elementCount),
              elementCount);
      Validity bounds = Validity.and(low.validity(), high.validity(), arrays.count());
      return ArrayKernels.reduce(
          each, arrays, Validity.and(arrays.validity(), bounds, arrays.count()), false);
    };
  }

  private static LongValues within(Values values, Values low, Values high, int count) {
    LongValues above = compare(Comparison.GE, values, low, count);
    LongValues below = compare(Comparison.LE, values, high, count);
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = above.values()[i] & below.values()[i];
    }
    return Truths.of(out, count, Validity.and(above.validity(), below.validity(), count));
  }

  private static Kernel distinct(List<Operand> arguments, long ofDistinct) {
    ColumnType common = Coercion.common(arguments, "IS DISTINCT FROM");
    Kernel a = Coercion.to(arguments.get(0), common);
    Kernel b = Coercion.to(arguments.get(1), common);
    return rows -> {
      Values x = a.evaluate(rows);
      Values y = b.evaluate(rows);
      int count = rows.count();
      long[] out = new long[count];
      for (int i = 0; i < count; i++) {
        boolean xNull = x.isNull(i);
        boolean yNull = y.isNull(i);
        boolean same = xNull || yNull ? xNull && yNull : ValueOrder.compare(x, i, y, i) == 0;
        out[i] = same ? 1 - ofDistinct : ofDistinct;
      }
      return new LongValues(out, count, null);
    };
  }

  /// Compares row by row; NULL if either is.
  static LongValues compare(Comparison comparison, Values left, Values right, int count) {
    Values a = comparison.swapped ? right : left;
    Values b = comparison.swapped ? left : right;
    Validity validity = Validity.and(a.validity(), b.validity(), count);
    long[] out = new long[count];
    long turn = comparison.turn;
    switch (a) {
      case LongValues longs -> {
        if (comparison.equal) {
          equal(longs.values(), ((LongValues) b).values(), turn, count, out);
        } else {
          less(longs.values(), ((LongValues) b).values(), turn, count, out);
        }
      }
      case DoubleValues doubles -> {
        if (comparison.equal) {
          equal(doubles.values(), ((DoubleValues) b).values(), turn, count, out);
        } else {
          less(doubles.values(), ((DoubleValues) b).values(), turn, count, out);
        }
      }
      case BytesValues bytes -> {
        if (comparison.equal) {
          equal(bytes, (BytesValues) b, turn, count, out);
        } else {
          for (int i = 0; i < count; i++) {
            out[i] = (bytes.compare(i, (BytesValues) b, i) < 0 ? 1 : 0) ^ turn;
          }
        }
      }
      case DecimalValues _, ArrayValues _ -> {
        for (int i = 0; i < count; i++) {
          if (validity == null || validity.isSet(i)) {
            int order = ValueOrder.compare(a, i, b, i);
            out[i] = ((comparison.equal ? order == 0 : order < 0) ? 1 : 0) ^ turn;
          }
        }
      }
    }
    return Truths.of(out, count, validity);
  }

  private static void equal(long[] a, long[] b, long turn, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (a[i] == b[i] ? 1 : 0) ^ turn;
    }
  }

  private static void less(long[] a, long[] b, long turn, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (a[i] < b[i] ? 1 : 0) ^ turn;
    }
  }

  private static void equal(double[] a, double[] b, long turn, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (a[i] == b[i] || Double.isNaN(a[i]) && Double.isNaN(b[i]) ? 1 : 0) ^ turn;
    }
  }

  private static void less(double[] a, double[] b, long turn, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (a[i] < b[i] || Double.isNaN(b[i]) && !Double.isNaN(a[i]) ? 1 : 0) ^ turn;
    }
  }

  private static void equal(BytesValues a, BytesValues b, long turn, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = (a.equals(i, b, i) ? 1 : 0) ^ turn;
    }
  }
}
