package io.cuvee.segment.consuming;

import io.cuvee.execution.aggregate.Hashing;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Distinct byte ranges.
final class GrowingBytesDictionary extends GrowingDictionary {
  /// Of an entry: its address, and how it begins, so that a bound is compared without going there.
  private static final int HEAD = 2 * Long.BYTES;

  private static final int PREFIX = Long.BYTES;

  private final Chunks heads;
  private final GrowingBytes bytes;

  GrowingBytesDictionary(GrowingMemory memory) {
    super(memory);
    this.heads = new Chunks(memory, HEAD);
    this.bytes = new GrowingBytes(memory);
  }

  @Override
  void add(Values source, int from, int count, int[] ids) {
    BytesValues ranges = (BytesValues) source;
    int[] offsets = ranges.offsets();
    for (int i = 0; i < count; i++) {
      int row = from + i;
      ids[i] =
          source.isNull(row)
              ? 0
              : idOf(Hashing.hash(ranges.bytes(), offsets[row], ranges.length(row)), source, row);
    }
  }

  @Override
  void store(int id, Values source, int row) {
    BytesValues ranges = (BytesValues) source;
    long address = bytes.add(ranges.bytes(), ranges.offsets()[row], ranges.length(row));
    long head = heads.place(id);
    NativeMemory.putLong(head, address);
    NativeMemory.putLong(head + PREFIX, GrowingBytes.prefix(address));
  }

  @Override
  boolean matches(int id, Values source, int row) {
    BytesValues ranges = (BytesValues) source;
    return GrowingBytes.equals(
        address(id), ranges.bytes(), ranges.offsets()[row], ranges.length(row));
  }

  private long address(int id) {
    return NativeMemory.longAt(heads.address(id));
  }

  @Override
  BytesValues values(int[] ids, int count, @Nullable Validity validity) {
    long[] found = new long[count];
    for (int i = 0; i < count; i++) {
      found[i] = validity == null || validity.isSet(i) ? address(ids[i]) : 0;
    }
    return GrowingRanges.gather(found, count, validity);
  }

  @Override
  void longs(int[] ids, int count, long[] out, int offset) {
    throw new IllegalStateException("The values of this column are no longs.");
  }

  @Override
  BytesValues first(Values all, int count) {
    BytesValues ranges = (BytesValues) all;
    return new BytesValues(ranges.bytes(), Arrays.copyOf(ranges.offsets(), count + 1), count, null);
  }

  @Override
  BytesValues append(Values known, Values more) {
    BytesValues first = (BytesValues) known;
    BytesValues second = (BytesValues) more;
    int before = first.count();
    int start = first.offsets()[before];
    int[] offsets = Arrays.copyOf(first.offsets(), before + second.count() + 1);
    for (int i = 1; i <= second.count(); i++) {
      offsets[before + i] = Math.addExact(start, second.offsets()[i]);
    }
    byte[] both = Arrays.copyOf(first.bytes(), offsets[before + second.count()]);
    System.arraycopy(second.bytes(), 0, both, start, both.length - start);
    return new BytesValues(both, offsets, before + second.count(), null);
  }

  @Override
  void markBelow(Object value, boolean inclusive, int from, int to, long[] bits) {
    byte[] bound = (byte[]) value;
    long prefix = GrowingBytes.prefix(bound);
    for (int id = from; id < to; ) {
      // The entries of a word lie in one chunk.
      long head = heads.address(id);
      int end = Math.min(to, (id | 63) + 1);
      long word = 0;
      for (int i = id; i < end; i++, head += HEAD) {
        long own = NativeMemory.longAt(head + PREFIX);
        word |=
            (own == prefix
                    ? isBelow(NativeMemory.longAt(head), bound, inclusive)
                    : isLess(own, prefix))
                << i;
      }
      bits[id >>> 6] |= word;
      id = end;
    }
  }

  private static long isBelow(long address, byte[] bound, boolean inclusive) {
    int order = GrowingBytes.compare(address, bound);
    return order < 0 || inclusive && order == 0 ? 1 : 0;
  }

  /// 1 if `a`, unsigned, is the lower one, else 0: the borrow of their difference, as a jump would
  /// be foretold wrongly half of the time.
  private static long isLess(long a, long b) {
    return (~a & b | (~a | b) & a - b) >>> 63;
  }

  @Override
  UnsortedDictionary view(int size) {
    return new UnsortedDictionary(this, size) {
      @Override
      public int indexOf(Object value) {
        byte[] wanted = (byte[]) value;
        return find(
            Hashing.hash(wanted, 0, wanted.length),
            size,
            id -> GrowingBytes.equals(address(id), wanted, 0, wanted.length));
      }

      @Override
      public Object value(int dictId) {
        return GrowingBytes.get(address(dictId));
      }
    };
  }
}
