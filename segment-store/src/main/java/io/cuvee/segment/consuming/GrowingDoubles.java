package io.cuvee.segment.consuming;

import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/// Raw floats or doubles; as in sealed segments there is one zero and one NaN.
final class GrowingDoubles implements GrowingValues {
  private final Chunks chunks;
  private final boolean wide;

  GrowingDoubles(GrowingMemory memory, boolean wide) {
    this.wide = wide;
    this.chunks = new Chunks(memory, wide ? Double.BYTES : Float.BYTES);
  }

  @Override
  public void append(Values source, int from, int count, int position) {
    double[] values = ((DoubleValues) source).values();
    boolean nulls = source.mayHaveNulls();
    for (int at = 0; at < count; ) {
      int part = Chunks.within(position + at, count - at);
      long address = chunks.place(position + at);
      for (int i = 0; i < part; i++) {
        int row = from + at + i;
        double value = nulls && source.isNull(row) ? 0 : values[row] + 0.0;
        if (wide) {
          NativeMemory.putLong(address + i * 8L, Double.doubleToLongBits(value));
        } else {
          NativeMemory.putInt(address + i * 4L, Float.floatToIntBits((float) value));
        }
      }
      at += part;
    }
  }

  @Override
  public DoubleValues values(int from, int count, @Nullable Validity validity) {
    double[] values = new double[count];
    doubles(from, count, values);
    return new DoubleValues(values, count, validity);
  }

  @Override
  public DoubleValues values(int[] positions, int count, @Nullable Validity validity) {
    double[] values = new double[count];
    doubles(positions, count, values);
    return new DoubleValues(values, count, validity);
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    for (int at = 0; at < count; ) {
      int part = Chunks.within(from + at, count - at);
      long address = chunks.address(from + at);
      if (wide) {
        NativeMemory.copy(address, out, at, part);
      } else {
        for (int i = 0; i < part; i++) {
          out[at + i] = NativeMemory.floatAt(address + i * 4L);
        }
      }
      at += part;
    }
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    for (int i = 0; i < count; i++) {
      long address = chunks.address(positions[i]);
      out[i] = wide ? NativeMemory.doubleAt(address) : NativeMemory.floatAt(address);
    }
  }
}
