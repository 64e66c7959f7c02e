package io.cuvee.segment.build;

import org.jspecify.annotations.Nullable;

/// Which position of a store is where in the segment.
///
/// @param docCount documents
/// @param valueCount values in the segment, those of NULLs included
/// @param nullCount how many of them are NULL
/// @param positions for each value in the order of the segment its position in the store; -1 for
///   NULL; absent if each is at its own position and none is NULL
/// @param offsets for arrays, the first value of each document, and the end; absent for scalar
///   columns
record RowLayout(
    int docCount,
    int valueCount,
    int nullCount,
    int @Nullable [] positions,
    int @Nullable [] offsets) {
  int start(int doc) {
    return offsets == null ? doc : offsets[doc];
  }

  boolean isNull(int index) {
    return nullCount > 0 && positions != null && positions[index] < 0;
  }
}
