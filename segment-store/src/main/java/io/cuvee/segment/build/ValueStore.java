package io.cuvee.segment.build;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.format.ColumnsWriter;

/// Collects the values of a column, or the elements of an array column, in the order in which they
/// come. Not thread-safe.
sealed interface ValueStore permits LongStore, RangeStore {
  static ValueStore of(ColumnType type) {
    return switch (type.dataType().representation()) {
      case LONG, DOUBLE -> new LongStore(type.dataType());
      case DECIMAL, BYTES -> RangeStore.of(type.dataType());
    };
  }

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

  /// The distinct values at the positions of a layout, so that places of NULLs do not count.
  DistinctValues distinct(RowLayout layout);

  /// Writes the values as a raw column, and says in which form.
  RawForm writeRaw(ColumnsWriter out, String column, RowLayout layout);

  /// Bytes that [#writeRaw] needs at most, roughly.
  long rawBytes(RowLayout layout);

  /// See [io.cuvee.segment.format.ColumnMetadata].
  record RawForm(int entryBytes, int offsetBytes) {}
}
