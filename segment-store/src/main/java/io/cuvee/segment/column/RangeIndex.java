package io.cuvee.segment.column;

/// Intervals of values to documents. The values that occur, in the order of their *keys*, are cut
/// into buckets of about as many documents each; a bucket lists its documents. Keys are dictIds
/// where the column has a dictionary, else the longs themselves, or doubles in their sortable form
/// ([io.cuvee.segment.index.range.RangeIndexFormat#sortable]). Thread-safe.
public interface RangeIndex {
  int bucketCount();

  /// The smallest key in a bucket; ascends with the buckets.
  long min(int bucket);

  /// The largest key in a bucket; below the smallest of the next.
  long max(int bucket);

  /// How many documents a bucket lists.
  int docCount(int bucket);

  /// The documents by bucket, in the place of a dictId.
  InvertedIndex documents();
}
