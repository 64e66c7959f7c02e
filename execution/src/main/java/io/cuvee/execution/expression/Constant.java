package io.cuvee.execution.expression;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The same value for all rows. The column is made once and shared by pages.
final class Constant implements Kernel {
  /// Above it, a column is made for the page and forgotten, so that a long string does not occupy
  /// memory for good.
  private static final long KEPT_BYTES = 1 << 18;

  private final @Nullable Object value;
  private final ColumnType type;
  private volatile @Nullable Values kept;

  Constant(@Nullable Object value, ColumnType type) {
    this.value = value;
    this.type = type;
  }

  @Override
  public Values evaluate(Rows rows) {
    int count = rows.count();
    Values values = kept;
    if (values == null || values.count() < count) {
      int capacity = count <= 1 ? count : Math.max(count, Math.min(Page.TARGET_ROWS, count * 4));
      values = make(capacity);
      if (values.sizeBytes() <= KEPT_BYTES) {
        kept = values;
      }
    }
    return values.count() == count ? values : first(values, count);
  }

  private Values make(int count) {
    ValuesBuilder builder = ValuesBuilder.of(type, 1);
    builder.appendObject(value);
    Values one = builder.build();
    return count == 1 ? one : one.select(new int[count], count);
  }

  private static Values first(Values values, int count) {
    return switch (values) {
      case LongValues longs ->
          new LongValues(longs.values(), count, first(longs.validity(), count));
      case DoubleValues doubles ->
          new DoubleValues(doubles.values(), count, first(doubles.validity(), count));
      case DecimalValues decimals ->
          new DecimalValues(decimals.values(), count, first(decimals.validity(), count));
      case BytesValues bytes ->
          new BytesValues(bytes.bytes(), bytes.offsets(), count, first(bytes.validity(), count));
      case ArrayValues arrays ->
          new ArrayValues(
              arrays.elements(), arrays.offsets(), count, first(arrays.validity(), count));
    };
  }

  private static @Nullable Validity first(@Nullable Validity validity, int count) {
    return validity == null
        ? null
        : new Validity(Arrays.copyOf(validity.words(), Validity.wordCount(count)));
  }
}
