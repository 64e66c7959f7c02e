package io.cuvee.segment.dictionary;

import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.memory.NativeMemory;

/// A mapped dictionary of floats or doubles. Layout: [DictionaryFormat].
public final class DoubleDictionary implements Dictionary {
  private final long address;
  private final int size;
  private final boolean wide;
  private final CachedValues cached = new CachedValues();

  DoubleDictionary(long address, int size, int entryBytes) {
    this.address = address;
    this.size = size;
    this.wide = entryBytes == Double.BYTES;
  }

  @Override
  public int size() {
    return size;
  }

  /// The value of a dictId, unboxed.
  public double get(int dictId) {
    return wide
        ? NativeMemory.doubleAt(address + dictId * 8L)
        : NativeMemory.floatAt(address + dictId * 4L);
  }

  @Override
  public int indexOf(Object value) {
    // -0.0 becomes 0.0, which is what is stored.
    double wanted = (Double) value + 0.0;
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Double.compare(get(middle), wanted);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
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
  public DoubleValues values(int[] dictIds, int count) {
    double[] values = new double[count];
    gather(dictIds, count, values, 0);
    return new DoubleValues(values, count, null);
  }

  /// The values of `dictIds[0..count)`, written from `offset`.
  public void gather(int[] dictIds, int count, double[] out, int offset) {
    if (wide) {
      for (int i = 0; i < count; i++) {
        out[offset + i] = NativeMemory.doubleAt(address + dictIds[i] * 8L);
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[offset + i] = NativeMemory.floatAt(address + dictIds[i] * 4L);
      }
    }
  }

  @Override
  public boolean isSame(Dictionary other) {
    return this == other
        || other instanceof DoubleDictionary that
            && size == that.size
            && wide == that.wide
            && NativeMemory.isSame(
                address, that.address, (long) size * (wide ? Double.BYTES : Float.BYTES));
  }

  @Override
  public Values all() {
    return cached.get(() -> {
      double[] values = new double[size];
      for (int i = 0; i < size; i++) {
        values[i] = get(i);
      }
      return new DoubleValues(values, size, null);
    });
  }
}
