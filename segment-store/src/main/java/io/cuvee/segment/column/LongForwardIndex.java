package io.cuvee.segment.column;

import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.segment.packing.FramedLongs;
import org.jspecify.annotations.Nullable;

/// Raw longs.
record LongForwardIndex(FramedLongs frames) implements ForwardIndex {
  @Override
  public LongValues values(int from, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    frames.longs(from, count, values);
    return masked(values, validity);
  }

  @Override
  public LongValues values(int[] positions, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    frames.longs(positions, count, values);
    return masked(values, validity);
  }

  /// Zeros in the places of NULLs.
  static LongValues masked(long[] values, @Nullable Validity validity) {
    if (validity != null) {
      for (int i = 0; i < values.length; i++) {
        if (!validity.isSet(i)) {
          values[i] = 0;
        }
      }
    }
    return new LongValues(values, values.length, validity);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    frames.longs(from, count, out);
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    frames.longs(positions, count, out);
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    throw new IllegalStateException("The values of this column are longs.");
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    throw new IllegalStateException("The values of this column are longs.");
  }
}
