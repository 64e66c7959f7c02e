package io.cuvee.segment.build;

import org.jspecify.annotations.Nullable;

/// Which position of a store is where in the segment.
///
/// @param docCount documents
/// @param positions for each value in the order of the segment its position in the store; -1 for
///   NULL
/// @param offsets for arrays, the first value of each document, and the end; absent for scalar
///   columns
record RowLayout(int docCount, int[] positions, int @Nullable [] offsets) {
  int start(int doc) {
    return offsets == null ? doc : offsets[doc];
  }

  /// How many values are not NULL.
  int valueCount() {
    int count = 0;
    for (int position : positions) {
      count += position >= 0 ? 1 : 0;
    }
    return count;
  }
}
