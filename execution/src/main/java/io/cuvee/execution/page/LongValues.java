package io.cuvee.execution.page;

import org.jspecify.annotations.Nullable;

/// Values whose Java form is `long` (INT, LONG, BOOLEAN, TIMESTAMP, DATE).
///
/// @param values at least `count` long; `values[i]` belongs to row `i`
public record LongValues(long[] values, int count, @Nullable Validity validity) implements Values {
  public static LongValues of(long... values) {
    return new LongValues(values, values.length, null);
  }

  @Override
  public LongValues select(int[] rows, int rowCount) {
    long[] selected = new long[rowCount];
    for (int i = 0; i < rowCount; i++) {
      selected[i] = rows[i] < 0 ? 0 : values[rows[i]];
    }
    return new LongValues(selected, rowCount, Validities.select(validity, rows, rowCount));
  }

  @Override
  public LongValues slice(int from, int rowCount) {
    return new LongValues(
        java.util.Arrays.copyOfRange(values, from, from + rowCount),
        rowCount,
        Validities.slice(validity, from, rowCount));
  }

  @Override
  public @Nullable Object get(int row) {
    return isNull(row) ? null : (Long) values[row];
  }

  @Override
  public long sizeBytes() {
    return 8L * count + Validities.sizeBytes(validity);
  }
}
