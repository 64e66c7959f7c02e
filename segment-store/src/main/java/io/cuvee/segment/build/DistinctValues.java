package io.cuvee.segment.build;

import io.cuvee.segment.format.ColumnsWriter;

/// The distinct values of a store in the order of a dictionary.
interface DistinctValues {
  int cardinality();

  /// The dictId of the value at a position of the store; meaningless for places of NULLs.
  int dictId(int position);

  /// In the Java form of literals.
  Object value(int dictId);

  /// Bytes of all entries of a dictionary.
  long sizeBytes();

  /// Length of all entries in bytes, or 0 if they differ.
  int entryBytes();

  /// Writes the entries, and their offsets if they need them.
  void write(ColumnsWriter out, String column);
}
