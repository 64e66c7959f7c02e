package io.cuvee.segment.column;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is known of a column's values without reading them.
///
/// @param cardinality number of distinct non-NULL values (of elements for arrays); exact where it
///   is known, always with a dictionary, else -1
/// @param nullCount documents that are NULL
/// @param min smallest non-NULL value in the Java form of literals; absent if there is none or it
///   is not kept
/// @param max largest
/// @param maxArrayLength of arrays; 0 for scalar columns
public record ColumnStatistics(
    int cardinality,
    int nullCount,
    @Nullable Object min,
    @Nullable Object max,
    int maxArrayLength) {
  /// By value, byte ranges too.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ColumnStatistics that
        && cardinality == that.cardinality
        && nullCount == that.nullCount
        && maxArrayLength == that.maxArrayLength
        && Objects.deepEquals(min, that.min)
        && Objects.deepEquals(max, that.max);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new @Nullable Object[] {cardinality, nullCount, min, max});
  }
}
