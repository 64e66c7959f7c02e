package io.cuvee.segment.build;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;

/// Collects the values of a column, or the elements of an array column, in the order in which they
/// come. Not thread-safe.
sealed interface ValueStore extends AutoCloseable permits LongStore, RangeStore {
  static ValueStore of(ColumnType type, Scratch scratch) {
    return switch (type.dataType().representation()) {
      case LONG, DOUBLE -> new LongStore(type.dataType(), scratch);
      case DECIMAL, BYTES -> new RangeStore(type.dataType(), scratch);
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

  /// How much of it [#spill()] would free.
  long spillableBytes();

  /// Moves what grows with the values to the scratch's file.
  void spill();

  /// The values in the order of a segment.
  OrderedValues ordered(RowLayout layout);

  /// Frees what [#ordered] made. The store is of no use then.
  @Override
  void close();
}
