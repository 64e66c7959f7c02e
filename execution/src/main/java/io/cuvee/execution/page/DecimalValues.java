package io.cuvee.execution.page;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Values whose Java form is `BigDecimal`.
///
/// @param values at least `count` long; `values[i]` belongs to row `i`
public record DecimalValues(BigDecimal[] values, int count, @Nullable Validity validity)
    implements Values {
  public static DecimalValues of(BigDecimal... values) {
    return new DecimalValues(values, values.length, null);
  }

  @Override
  public DecimalValues select(int[] rows, int rowCount) {
    BigDecimal[] selected = new BigDecimal[rowCount];
    for (int i = 0; i < rowCount; i++) {
      selected[i] = rows[i] < 0 ? BigDecimal.ZERO : values[rows[i]];
    }
    return new DecimalValues(selected, rowCount, Validities.select(validity, rows, rowCount));
  }

  @Override
  public DecimalValues slice(int from, int rowCount) {
    return new DecimalValues(
        java.util.Arrays.copyOfRange(values, from, from + rowCount),
        rowCount,
        Validities.slice(validity, from, rowCount));
  }

  @Override
  public @Nullable Object get(int row) {
    return isNull(row) ? null : values[row];
  }

  @Override
  public long sizeBytes() {
    return 48L * count + Validities.sizeBytes(validity);
  }
}
