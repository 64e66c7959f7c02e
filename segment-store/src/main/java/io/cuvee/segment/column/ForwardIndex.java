package io.cuvee.segment.column;

import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import org.jspecify.annotations.Nullable;

/// From position to value: documents of a scalar column, elements of an array column. Knows nothing
/// of NULLs but that the places of those that a caller names hold zeros and empty ranges.
/// Thread-safe.
sealed interface ForwardIndex
    permits DictionaryForwardIndex,
        LongForwardIndex,
        LongRunsForwardIndex,
        DoubleForwardIndex,
        AlpForwardIndex,
        BytesForwardIndex,
        FsstForwardIndex {
  /// The values of consecutive positions.
  Values values(int from, int count, @Nullable Validity validity);

  /// The values of `positions[0..count)`.
  Values values(int[] positions, int count, @Nullable Validity validity);

  void longs(int from, int count, long[] out);

  void longs(int[] positions, int count, long[] out);

  void doubles(int from, int count, double[] out);

  void doubles(int[] positions, int count, double[] out);
}
