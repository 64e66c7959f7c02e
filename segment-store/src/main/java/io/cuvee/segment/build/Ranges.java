package io.cuvee.segment.build;

import io.cuvee.segment.format.ColumnsWriter;

/// Distinct byte ranges, each with a number from 0 on.
sealed interface Ranges permits InternedRanges, MergedRanges {
  int size();

  /// The bytes of all.
  long totalLength();

  /// The length of all ranges, or 0 if they differ or are all empty.
  int commonLength();

  int length(int number);

  byte[] get(int number);

  /// Copies a range to the beginning of `target`.
  void copy(int number, byte[] target);

  void write(int number, ColumnsWriter out);

  /// An order of the numbers: by unsigned bytes, a prefix first, or as the ranges were made.
  IndexSort.Order comparator();
}
