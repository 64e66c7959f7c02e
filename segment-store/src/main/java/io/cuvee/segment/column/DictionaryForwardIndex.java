package io.cuvee.segment.column;

import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.BytesDictionary;
import io.cuvee.segment.dictionary.DoubleDictionary;
import io.cuvee.segment.dictionary.LongDictionary;
import io.cuvee.segment.index.sorted.Runs;
import io.cuvee.segment.packing.PackedInts;
import org.jspecify.annotations.Nullable;

/// DictIds and a dictionary. Either `packed` or `runs` is there.
record DictionaryForwardIndex(
    Dictionary dictionary, @Nullable PackedInts packed, @Nullable Runs runs)
    implements ForwardIndex {
  private static final int SCRATCH = 2048;

  /// For the dictIds on the way to doubles.
  private static final ThreadLocal<int[]> IDS = ThreadLocal.withInitial(() -> new int[SCRATCH]);

  void dictIds(int from, int count, int[] out) {
    if (packed != null) {
      packed.ints(from, count, out);
    } else if (runs != null) {
      runs.dictIds(from, count, out);
    }
  }

  void dictIds(int[] positions, int count, int[] out) {
    if (packed != null) {
      packed.ints(positions, count, out);
    } else if (runs != null) {
      runs.dictIds(positions, 0, count, out);
    }
  }

  @Override
  public Values values(int from, int count, @Nullable Validity validity) {
    int[] ids = new int[count];
    dictIds(from, count, ids);
    return look(ids, count, validity);
  }

  @Override
  public Values values(int[] positions, int count, @Nullable Validity validity) {
    int[] ids = new int[count];
    dictIds(positions, count, ids);
    return look(ids, count, validity);
  }

  private Values look(int[] ids, int count, @Nullable Validity validity) {
    return switch (dictionary) {
      case LongDictionary longs ->
          LongForwardIndex.masked(longs.values(ids, count).values(), validity);
      case DoubleDictionary doubles ->
          DoubleForwardIndex.masked(doubles.values(ids, count).values(), validity);
      case BytesDictionary bytes -> bytes.values(ids, count, validity);
      default ->
          new DecimalValues(
              ((DecimalValues) dictionary.values(ids, count)).values(), count, validity);
    };
  }

  void ints(int from, int count, int[] out) {
    dictIds(from, count, out);
    longDictionary().replaceInts(out, count);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    LongDictionary longs = longDictionary();
    if (packed != null) {
      packed.widened(from, count, out);
      longs.replace(out, count);
    } else if (runs != null) {
      int[] ids = IDS.get();
      for (int at = 0; at < count; at += SCRATCH) {
        int part = Math.min(SCRATCH, count - at);
        runs.dictIds(from + at, part, ids);
        longs.gather(ids, part, out, at);
      }
    }
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    LongDictionary longs = longDictionary();
    if (packed != null) {
      for (int i = 0; i < count; i++) {
        out[i] = longs.get(packed.get(positions[i]));
      }
    } else if (runs != null) {
      int[] ids = IDS.get();
      for (int at = 0; at < count; at += SCRATCH) {
        int part = Math.min(SCRATCH, count - at);
        runs.dictIds(positions, at, part, ids);
        longs.gather(ids, part, out, at);
      }
    }
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    DoubleDictionary doubles = doubleDictionary();
    int[] ids = IDS.get();
    for (int at = 0; at < count; at += SCRATCH) {
      int part = Math.min(SCRATCH, count - at);
      dictIds(from + at, part, ids);
      doubles.gather(ids, part, out, at);
    }
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    DoubleDictionary doubles = doubleDictionary();
    if (packed != null) {
      for (int i = 0; i < count; i++) {
        out[i] = doubles.get(packed.get(positions[i]));
      }
    } else if (runs != null) {
      int[] ids = IDS.get();
      for (int at = 0; at < count; at += SCRATCH) {
        int part = Math.min(SCRATCH, count - at);
        runs.dictIds(positions, at, part, ids);
        doubles.gather(ids, part, out, at);
      }
    }
  }

  private LongDictionary longDictionary() {
    if (dictionary instanceof LongDictionary longs) {
      return longs;
    }
    throw new IllegalStateException("The values of this column are not longs.");
  }

  private DoubleDictionary doubleDictionary() {
    if (dictionary instanceof DoubleDictionary doubles) {
      return doubles;
    }
    throw new IllegalStateException("The values of this column are not doubles.");
  }
}
