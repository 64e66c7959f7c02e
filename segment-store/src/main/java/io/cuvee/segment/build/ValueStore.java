package io.cuvee.segment.build;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;

/// Collects the values of a column, or the elements of an array column, in the order in which they
/// come. Not thread-safe.
sealed interface ValueStore permits LongStore, RangeStore {
  static ValueStore of(ColumnType type) {
    return switch (type.dataType().representation()) {
      case LONG, DOUBLE -> new LongStore(type.dataType());
      case DECIMAL, BYTES -> RangeStore.of(type.dataType());
    };
  }

  /// Appends all values, of which none is NULL.
  ///
  /// @return false if some may not be allowed; nothing has changed, and [#append] tells
  boolean appendAll(Values values);

  /// Appends the value at `index`, which is not NULL.
  ///
  /// @throws IllegalArgumentException if the type does not allow it; the message begins with the
  ///   value
  void append(Values values, int index);

  /// Appends a place for NULL.
  void appendNull();

  int size();

  /// Heap that the store takes, roughly.
  long memoryBytes();

  /// The values in the order of a segment.
  OrderedValues ordered(RowLayout layout);
}
