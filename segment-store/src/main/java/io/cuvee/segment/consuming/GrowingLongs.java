package io.cuvee.segment.consuming;

import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/// Raw longs, in 32 bits where the type has no more.
final class GrowingLongs implements GrowingValues {
  private static final ThreadLocal<int[]> INTS = ThreadLocal.withInitial(() -> new int[SCRATCH]);

  private final Chunks chunks;
  private final boolean wide;

  GrowingLongs(GrowingMemory memory, boolean wide) {
    this.wide = wide;
    this.chunks = new Chunks(memory, wide ? Long.BYTES : Integer.BYTES);
  }

  boolean isWide() {
    return wide;
  }

  @Override
  public void append(Values source, int from, int count, int position) {
    long[] values = ((LongValues) source).values();
    for (int at = 0; at < count; ) {
      int part = Chunks.within(position + at, count - at);
      long address = chunks.place(position + at);
      if (wide) {
        NativeMemory.put(address, values, from + at, part);
      } else {
        for (int i = 0; i < part; i++) {
          NativeMemory.putInt(address + i * 4L, (int) values[from + at + i]);
        }
      }
      if (source.mayHaveNulls()) {
        for (int i = 0; i < part; i++) {
          if (source.isNull(from + at + i)) {
            putZero(address, i);
          }
        }
      }
      at += part;
    }
  }

  private void putZero(long address, int index) {
    if (wide) {
      NativeMemory.putLong(address + index * 8L, 0);
    } else {
      NativeMemory.putInt(address + index * 4L, 0);
    }
  }

  @Override
  public LongValues values(int from, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    longs(from, count, values);
    return new LongValues(values, count, validity);
  }

  @Override
  public LongValues values(int[] positions, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    longs(positions, count, values);
    return new LongValues(values, count, validity);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    for (int at = 0; at < count; ) {
      int part = Chunks.within(from + at, count - at);
      long address = chunks.address(from + at);
      if (wide) {
        NativeMemory.copy(address, out, at, part);
      } else {
        part = Math.min(part, SCRATCH);
        int[] ints = INTS.get();
        NativeMemory.copy(address, ints, 0, part);
        for (int i = 0; i < part; i++) {
          out[at + i] = ints[i];
        }
      }
      at += part;
    }
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      long address = chunks.address(positions[i]);
      out[i] = wide ? NativeMemory.longAt(address) : NativeMemory.intAt(address);
    }
  }

  /// Of one chunk, if the values have 32 bits.
  void ints(int from, int count, int[] out) {
    NativeMemory.copy(chunks.address(from), out, 0, count);
  }
}
