package io.cuvee.execution.page;

import org.jspecify.annotations.Nullable;

/// The values of one column of a page, in one of five forms;
/// [io.cuvee.common.type.DataType.Representation] says which form a type has, arrays are
/// [ArrayValues]. Immutable by convention: whoever makes one must not change its arrays afterwards.
/// A value that is SQL NULL holds 0, 0.0, an empty range or an arbitrary decimal.
public sealed interface Values
    permits LongValues, DoubleValues, DecimalValues, BytesValues, ArrayValues {
  int count();

  /// Which rows have a value; absent if all have.
  @Nullable Validity validity();

  default boolean isNull(int row) {
    Validity validity = validity();
    return validity != null && !validity.isSet(row);
  }

  default boolean mayHaveNulls() {
    return validity() != null;
  }

  /// The rows at `rows[0..count)`, in that order; a row may occur more than once. A negative row
  /// gives NULL, which outer joins use.
  Values select(int[] rows, int count);

  /// The rows from `from`, `count` of them.
  Values slice(int from, int count);

  /// The value in the Java form of [io.cuvee.common.plan.Expression.Literal]: `Long`, `Double`,
  /// `BigDecimal`, `byte[]` or `List`; `null` for SQL NULL. Allocates; not for loops over rows.
  @Nullable Object get(int row);

  /// Roughly the bytes of memory that the values take.
  long sizeBytes();
}
