package io.cuvee.segment.column;

/// Smallest and largest value, and count of NULLs, for each block of [#BLOCK_ROWS] documents; the
/// last block may be shorter. For arrays the values are the elements of the block's documents. A
/// block without values has a minimum above its maximum. Arrays are shared and must not be changed.
public sealed interface ZoneMap {
  int BLOCK_ROWS = 2048;

  /// Documents of each block that are NULL.
  int[] nullCounts();

  default int blockCount() {
    return nullCounts().length;
  }

  /// Of dictIds, for columns with a dictionary.
  record DictIds(int[] minima, int[] maxima, int[] nullCounts) implements ZoneMap {}

  /// Of raw columns whose values are longs.
  record Longs(long[] minima, long[] maxima, int[] nullCounts) implements ZoneMap {}

  /// Of raw FLOAT and DOUBLE columns. NaN counts as the largest value.
  record Doubles(double[] minima, double[] maxima, int[] nullCounts) implements ZoneMap {}
}
