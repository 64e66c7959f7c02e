package io.cuvee.segment.column;

import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.segment.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/// Raw floats or doubles.
///
/// @param wide whether they have 64 bits
record DoubleForwardIndex(long address, boolean wide) implements ForwardIndex {
  @Override
  public DoubleValues values(int from, int count, @Nullable Validity validity) {
    double[] values = new double[count];
    doubles(from, count, values);
    return masked(values, validity);
  }

  @Override
  public DoubleValues values(int[] positions, int count, @Nullable Validity validity) {
    double[] values = new double[count];
    doubles(positions, count, values);
    return masked(values, validity);
  }

  /// Zeros in the places of NULLs.
  static DoubleValues masked(double[] values, @Nullable Validity validity) {
    if (validity != null) {
      for (int i = 0; i < values.length; i++) {
        if (!validity.isSet(i)) {
          values[i] = 0;
        }
      }
    }
    return new DoubleValues(values, values.length, validity);
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    if (wide) {
      NativeMemory.copy(address + from * 8L, out, 0, count);
    } else {
      long start = address + from * 4L;
      for (int i = 0; i < count; i++) {
        out[i] = NativeMemory.floatAt(start + i * 4L);
      }
    }
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    if (wide) {
      for (int i = 0; i < count; i++) {
        out[i] = NativeMemory.doubleAt(address + positions[i] * 8L);
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[i] = NativeMemory.floatAt(address + positions[i] * 4L);
      }
    }
  }

  @Override
  public void longs(int from, int count, long[] out) {
    throw new IllegalStateException("The values of this column are doubles.");
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    throw new IllegalStateException("The values of this column are doubles.");
  }
}
