package io.cuvee.segment.column;

import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.BytesDictionary;
import io.cuvee.segment.dictionary.DoubleDictionary;
import io.cuvee.segment.dictionary.LongDictionary;
import org.jspecify.annotations.Nullable;

/// DictIds and a dictionary.
record DictionaryForwardIndex(Dictionary dictionary, DictIds ids) implements ForwardIndex {
  private static final int SCRATCH = 2048;

  /// For the dictIds on the way to doubles.
  private static final ThreadLocal<int[]> IDS = ThreadLocal.withInitial(() -> new int[SCRATCH]);

  void dictIds(int from, int count, int[] out) {
    ids.get(from, count, out);
  }

  void dictIds(int[] positions, int count, int[] out) {
    ids.get(positions, 0, count, out);
  }

  @Override
  public Values values(int from, int count, @Nullable Validity validity) {
    int[] found = new int[count];
    dictIds(from, count, found);
    return look(found, count, validity);
  }

  @Override
  public Values values(int[] positions, int count, @Nullable Validity validity) {
    int[] found = new int[count];
    dictIds(positions, count, found);
    return look(found, count, validity);
  }

  private Values look(int[] found, int count, @Nullable Validity validity) {
    return switch (dictionary) {
      case LongDictionary longs ->
          LongForwardIndex.masked(longs.values(found, count).values(), validity);
      case DoubleDictionary doubles ->
          DoubleForwardIndex.masked(doubles.values(found, count).values(), validity);
      case BytesDictionary bytes -> bytes.values(found, count, validity);
      default ->
          new DecimalValues(
              ((DecimalValues) dictionary.values(found, count)).values(), count, validity);
    };
  }

  void ints(int from, int count, int[] out) {
    dictIds(from, count, out);
    longDictionary().gatherInts(out, count, out);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    LongDictionary longs = longDictionary();
    if (ids instanceof DictIds.Packed packed) {
      packed.ids().widened(from, count, out);
      longs.replace(out, count);
      return;
    }
    int[] part = IDS.get();
    for (int at = 0; at < count; at += SCRATCH) {
      int length = Math.min(SCRATCH, count - at);
      ids.get(from + at, length, part);
      longs.gather(part, length, out, at);
    }
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    LongDictionary longs = longDictionary();
    if (ids instanceof DictIds.Packed packed) {
      for (int i = 0; i < count; i++) {
        out[i] = longs.get(packed.ids().get(positions[i]));
      }
      return;
    }
    int[] part = IDS.get();
    for (int at = 0; at < count; at += SCRATCH) {
      int length = Math.min(SCRATCH, count - at);
      ids.get(positions, at, length, part);
      longs.gather(part, length, out, at);
    }
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    DoubleDictionary doubles = doubleDictionary();
    int[] part = IDS.get();
    for (int at = 0; at < count; at += SCRATCH) {
      int length = Math.min(SCRATCH, count - at);
      ids.get(from + at, length, part);
      doubles.gather(part, length, out, at);
    }
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    DoubleDictionary doubles = doubleDictionary();
    if (ids instanceof DictIds.Packed packed) {
      for (int i = 0; i < count; i++) {
        out[i] = doubles.get(packed.ids().get(positions[i]));
      }
      return;
    }
    int[] part = IDS.get();
    for (int at = 0; at < count; at += SCRATCH) {
      int length = Math.min(SCRATCH, count - at);
      ids.get(positions, at, length, part);
      doubles.gather(part, length, out, at);
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
