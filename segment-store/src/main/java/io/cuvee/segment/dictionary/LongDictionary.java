package io.cuvee.segment.dictionary;

import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.memory.NativeMemory;

/// A mapped dictionary of longs. Layout: [DictionaryFormat].
public final class LongDictionary implements Dictionary {
  private final long address;
  private final int size;
  private final boolean wide;
  private final CachedValues cached = new CachedValues();

  LongDictionary(long address, int size, int entryBytes) {
    this.address = address;
    this.size = size;
    this.wide = entryBytes == Long.BYTES;
  }

  @Override
  public int size() {
    return size;
  }

  /// The value of a dictId, unboxed.
  public long get(int dictId) {
    return wide
        ? NativeMemory.longAt(address + dictId * 8L)
        : NativeMemory.intAt(address + dictId * 4L);
  }

  @Override
  public int indexOf(Object value) {
    long wanted = (Long) value;
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = get(middle);
      if (found < wanted) {
        low = middle + 1;
      } else if (found > wanted) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  @Override
  public Object value(int dictId) {
    return get(dictId);
  }

  @Override
  public LongValues values(int[] dictIds, int count) {
    long[] values = new long[count];
    gather(dictIds, count, values, 0);
    return new LongValues(values, count, null);
  }

  /// The values of `dictIds[0..count)`, written from `offset`.
  public void gather(int[] dictIds, int count, long[] out, int offset) {
    if (wide) {
      for (int i = 0; i < count; i++) {
        out[offset + i] = NativeMemory.longAt(address + dictIds[i] * 8L);
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[offset + i] = NativeMemory.intAt(address + dictIds[i] * 4L);
      }
    }
  }

  /// Replaces the dictIds in `ids[0..count)` by their values.
  public void replace(long[] ids, int count) {
    if (wide) {
      for (int i = 0; i < count; i++) {
        ids[i] = NativeMemory.longAt(address + ids[i] * 8L);
      }
    } else {
      for (int i = 0; i < count; i++) {
        ids[i] = NativeMemory.intAt(address + ids[i] * 4L);
      }
    }
  }

  /// Whether [#gatherInts] can be asked: all values fit 32 bits.
  public boolean hasInts() {
    return !wide;
  }

  /// The values of `dictIds[0..count)`; `out` may be the same array.
  public void gatherInts(int[] dictIds, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = NativeMemory.intAt(address + dictIds[i] * 4L);
    }
  }

  @Override
  public boolean isSame(Dictionary other) {
    return this == other
        || other instanceof LongDictionary that
            && size == that.size
            && wide == that.wide
            && NativeMemory.isSame(
                address, that.address, (long) size * (wide ? Long.BYTES : Integer.BYTES));
  }

  @Override
  public Values all() {
    return cached.get(() -> {
      long[] values = new long[size];
      for (int i = 0; i < size; i++) {
        values[i] = get(i);
      }
      return new LongValues(values, size, null);
    });
  }
}
