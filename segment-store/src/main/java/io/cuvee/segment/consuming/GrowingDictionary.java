package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The distinct values of a column in the order in which they came; a dictId is a position and
/// never changes its value. One writer, any number of readers. A value is found by an
/// open-addressed table of hashes and dictIds, into which nothing but new entries is ever written,
/// so that readers need no lock: what they look for has been entered before they learned of its
/// rows.
abstract sealed class GrowingDictionary permits GrowingLongDictionary, GrowingBytesDictionary {
  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
  static final int NOT_FOUND = -1;

  private final GrowingMemory memory;

  /// A slot is the hash, and in the lower half the dictId and one; 0 if it is free.
  private volatile long[] table = new long[64];

  private int size;

  private volatile @Nullable SoftReference<Values> entries;
  private final RecentBounds bounds = new RecentBounds();

  GrowingDictionary(GrowingMemory memory) {
    this.memory = memory;
    memory.addHeap(8L * table.length);
  }

  /// For the writer: the dictIds of rows, 0 where NULL; those that are new are entered.
  abstract void add(Values source, int from, int count, int[] ids);

  /// The values of `ids[0..count)`, zeros or nothing where `validity` has none.
  abstract Values values(int[] ids, int count, @Nullable Validity validity);

  /// The values of `ids[0..count)`, written from `offset`.
  abstract void longs(int[] ids, int count, long[] out, int offset);

  /// The first `size` entries.
  abstract UnsortedDictionary view(int size);

  /// For the writer: how many entries there are.
  final int size() {
    return size;
  }

  abstract void store(int id, Values source, int row);

  abstract boolean matches(int id, Values source, int row);

  /// For the writer.
  final int idOf(int hash, Values source, int row) {
    long[] slots = table;
    int mask = slots.length - 1;
    int slot = hash & mask;
    for (long entry = slots[slot]; entry != 0; entry = slots[slot]) {
      if ((int) (entry >>> 32) == hash && matches((int) entry - 1, source, row)) {
        return (int) entry - 1;
      }
      slot = slot + 1 & mask;
    }
    int id = size++;
    store(id, source, row);
    // After what it stands for has been written.
    SLOTS.setRelease(slots, slot, (long) hash << 32 | id + 1);
    if (size * 2 > slots.length) {
      grow();
    }
    return id;
  }

  private void grow() {
    long[] before = table;
    long[] slots = new long[before.length * 2];
    memory.addHeap(8L * before.length);
    int mask = slots.length - 1;
    for (long entry : before) {
      if (entry != 0) {
        int slot = (int) (entry >>> 32) & mask;
        while (slots[slot] != 0) {
          slot = slot + 1 & mask;
        }
        slots[slot] = entry;
      }
    }
    table = slots;
  }

  /// The first `count` entries, in order; what was read before is kept, and only new ones are read.
  final Values all(int count) {
    SoftReference<Values> reference = entries;
    Values known = reference == null ? null : reference.get();
    int from = known == null ? 0 : known.count();
    if (known == null || from < count) {
      int[] ids = new int[count - from];
      Arrays.setAll(ids, i -> from + i);
      Values more = values(ids, ids.length, null);
      known = known == null ? more : append(known, more);
      entries = new SoftReference<>(known);
    }
    return known.count() == count ? known : first(known, count);
  }

  /// Entries, and those that follow them.
  abstract Values append(Values known, Values more);

  abstract Values first(Values all, int count);

  /// Sets the bits of those entries of `[from, to)` that are below `value`, or equal to it if
  /// `inclusive`.
  abstract void markBelow(Object value, boolean inclusive, int from, int to, long[] bits);

  /// Which of the first `count` entries are below `value`, or equal to it if `inclusive`. Bounds
  /// that queries ask for again and again are kept, and compared with new entries only.
  final long[] below(Object value, boolean inclusive, int count) {
    Bound bound =
        new Bound(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value, inclusive);
    Below known;
    synchronized (bounds) {
      known = bounds.get(bound);
    }
    if (known == null || known.count < count) {
      int from = known == null ? 0 : known.count;
      long[] bits = known == null ? new long[count + 63 >>> 6] : known.first(count);
      markBelow(value, inclusive, from, count, bits);
      known = new Below(bits, count);
      synchronized (bounds) {
        bounds.put(bound, known);
      }
    }
    return known.first(count);
  }

  private record Bound(Object value, boolean inclusive) {}

  /// The answer for the first `count` entries.
  private record Below(long[] bits, int count) {
    long[] first(int wanted) {
      long[] copy = Arrays.copyOf(bits, wanted + 63 >>> 6);
      if (wanted < count && (wanted & 63) != 0) {
        copy[wanted >>> 6] &= (1L << wanted) - 1;
      }
      return copy;
    }
  }

  /// The bounds that were asked for last.
  private static final class RecentBounds extends LinkedHashMap<Bound, Below> {
    private static final long serialVersionUID = 1;
    private static final int MOST = 16;

    RecentBounds() {
      super(MOST, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Bound, Below> eldest) {
      return size() > MOST;
    }
  }

  /// Whether an entry is the value that is looked for.
  @FunctionalInterface
  interface Match {
    boolean is(int dictId);
  }

  /// For readers: the dictId of a value with this hash, if it is below `limit`.
  final int find(int hash, int limit, Match match) {
    long[] slots = table;
    int mask = slots.length - 1;
    int slot = hash & mask;
    for (long entry = (long) SLOTS.getAcquire(slots, slot);
        entry != 0;
        entry = (long) SLOTS.getAcquire(slots, slot)) {
      int id = (int) entry - 1;
      if ((int) (entry >>> 32) == hash && id < limit && match.is(id)) {
        return id;
      }
      slot = slot + 1 & mask;
    }
    return NOT_FOUND;
  }
}
