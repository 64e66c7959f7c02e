package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import org.jspecify.annotations.Nullable;

/// From position to value while values are still added: rows of a scalar column, elements of an
/// array column. One writer; readers ask for positions below the count that they got from the
/// segment.
sealed interface GrowingValues permits GrowingLongs, GrowingDoubles, GrowingRanges, GrowingDictIds {
  /// Rows put aside at once on the way from one form to another.
  int SCRATCH = 2048;

  /// For the writer: adds rows `[from, from + count)` of `source`, the first at `position`; a zero
  /// or nothing where they are NULL.
  void append(Values source, int from, int count, int position);

  /// The values of consecutive positions.
  Values values(int from, int count, @Nullable Validity validity);

  /// The values of `positions[0..count)`.
  Values values(int[] positions, int count, @Nullable Validity validity);

  /// Zeros where NULL, but for those with a dictionary.
  default void longs(int from, int count, long[] out) {
    throw new IllegalStateException("The values of this column are no longs.");
  }

  default void longs(int[] positions, int count, long[] out) {
    throw new IllegalStateException("The values of this column are no longs.");
  }

  default void doubles(int from, int count, double[] out) {
    throw new IllegalStateException("The values of this column are no doubles.");
  }

  default void doubles(int[] positions, int count, double[] out) {
    throw new IllegalStateException("The values of this column are no doubles.");
  }
}
