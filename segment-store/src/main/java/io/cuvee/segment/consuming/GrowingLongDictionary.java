package io.cuvee.segment.consuming;

import io.cuvee.execution.aggregate.Hashing;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Distinct longs.
final class GrowingLongDictionary extends GrowingDictionary {
  private final Chunks entries;

  GrowingLongDictionary(GrowingMemory memory) {
    super(memory);
    this.entries = new Chunks(memory, Long.BYTES);
  }

  @Override
  void add(Values source, int from, int count, int[] ids) {
    long[] values = ((LongValues) source).values();
    for (int i = 0; i < count; i++) {
      int row = from + i;
      ids[i] = source.isNull(row) ? 0 : idOf(Hashing.hash(values[row]), source, row);
    }
  }

  @Override
  void store(int id, Values source, int row) {
    NativeMemory.putLong(entries.place(id), ((LongValues) source).values()[row]);
  }

  @Override
  boolean matches(int id, Values source, int row) {
    return get(id) == ((LongValues) source).values()[row];
  }

  private long get(int id) {
    return NativeMemory.longAt(entries.address(id));
  }

  @Override
  LongValues values(int[] ids, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = validity == null || validity.isSet(i) ? get(ids[i]) : 0;
    }
    return new LongValues(values, count, validity);
  }

  @Override
  void longs(int[] ids, int count, long[] out, int offset) {
    for (int i = 0; i < count; i++) {
      out[offset + i] = get(ids[i]);
    }
  }

  @Override
  LongValues first(Values all, int count) {
    return new LongValues(((LongValues) all).values(), count, null);
  }

  @Override
  LongValues append(Values known, Values more) {
    int before = known.count();
    long[] values = Arrays.copyOf(((LongValues) known).values(), before + more.count());
    System.arraycopy(((LongValues) more).values(), 0, values, before, more.count());
    return new LongValues(values, values.length, null);
  }

  @Override
  void markBelow(Object value, boolean inclusive, int from, int to, long[] bits) {
    long bound = (Long) value;
    for (int id = from; id < to; id++) {
      long entry = get(id);
      bits[id >>> 6] |= (entry < bound || inclusive && entry == bound ? 1L : 0L) << id;
    }
  }

  @Override
  UnsortedDictionary view(int size) {
    return new UnsortedDictionary(this, size) {
      @Override
      public int indexOf(Object value) {
        long wanted = (Long) value;
        return find(Hashing.hash(wanted), size, id -> get(id) == wanted);
      }

      @Override
      public Object value(int dictId) {
        return get(dictId);
      }
    };
  }
}
