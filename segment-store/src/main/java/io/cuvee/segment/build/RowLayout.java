package io.cuvee.segment.build;

import org.jspecify.annotations.Nullable;

/// Which position of a store is where in the segment.
///
/// @param docCount documents
/// @param valueCount values in the segment, those of NULLs included
/// @param nullCount how many of them are NULL
/// @param nulls a bit for each document that is NULL; absent if none is
/// @param targets for each position in the store where its value goes; absent if it stays
/// @param offsets for arrays, the first value of each document, and the end; absent for scalar
///   columns
record RowLayout(
    int docCount,
    int valueCount,
    int nullCount,
    long @Nullable [] nulls,
    int @Nullable [] targets,
    int @Nullable [] offsets) {
  int start(int doc) {
    return offsets == null ? doc : offsets[doc];
  }

  boolean isNull(int index) {
    return nullCount > 0 && isNullDoc(index);
  }

  boolean isNullDoc(int doc) {
    return nulls != null && (nulls[doc >>> 6] >>> doc & 1) != 0;
  }
}
