package io.cuvee.execution.page;

import org.jspecify.annotations.Nullable;

/// Values whose Java form is `double` (FLOAT, DOUBLE).
///
/// @param values at least `count` long; `values[i]` belongs to row `i`
public record DoubleValues(double[] values, int count, @Nullable Validity validity)
    implements Values {
  public static DoubleValues of(double... values) {
    return new DoubleValues(values, values.length, null);
  }

  @Override
  public DoubleValues select(int[] rows, int rowCount) {
    double[] selected = new double[rowCount];
    for (int i = 0; i < rowCount; i++) {
      selected[i] = rows[i] < 0 ? 0 : values[rows[i]];
    }
    return new DoubleValues(selected, rowCount, Validities.select(validity, rows, rowCount));
  }

  @Override
  public DoubleValues slice(int from, int rowCount) {
    return new DoubleValues(
        java.util.Arrays.copyOfRange(values, from, from + rowCount),
        rowCount,
        Validities.slice(validity, from, rowCount));
  }

  @Override
  public @Nullable Object get(int row) {
    return isNull(row) ? null : (Double) values[row];
  }

  @Override
  public long sizeBytes() {
    return 8L * count + Validities.sizeBytes(validity);
  }
}
