package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import java.util.Arrays;
import java.util.List;

/// The distinct values of a dictionary column in each group, as one bit a dictId.
final class DistinctIds extends States {
  private final int slot;
  private final Dictionary dictionary;
  private final int wordsPerGroup;
  private long[] bits;

  DistinctIds(int slot, Dictionary dictionary) {
    this.slot = slot;
    this.dictionary = dictionary;
    this.wordsPerGroup = words(dictionary);
    this.bits = new long[wordsPerGroup];
  }

  static int words(Dictionary dictionary) {
    return Math.max(1, dictionary.size() + 63 >>> 6);
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount * wordsPerGroup > bits.length) {
      bits = Arrays.copyOf(bits, groupCount * wordsPerGroup);
    }
  }

  @Override
  void add(Selection rows, int[] groups) {
    if (dictionary.size() == 0) {
      return;
    }
    int[] ids = rows.dictIds(slot);
    long[] validity = rows.validity(slot);
    int count = rows.count();
    boolean one = isOne(groups);
    if (validity == null && one) {
      addAll(ids, count, bits);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (validity == null || (validity[i >>> 6] >>> i & 1) != 0) {
        int base = one ? 0 : groups[i] * wordsPerGroup;
        bits[base + (ids[i] >>> 6)] |= 1L << ids[i];
      }
    }
  }

  private static void addAll(int[] ids, int count, long[] bits) {
    for (int i = 0; i < count; i++) {
      bits[ids[i] >>> 6] |= 1L << ids[i];
    }
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    int[] offsets = new int[count + 1];
    for (int i = 0; i < count; i++) {
      int base = groups[i] * wordsPerGroup;
      int size = 0;
      for (int w = 0; w < wordsPerGroup; w++) {
        size += Long.bitCount(bits[base + w]);
      }
      offsets[i + 1] = Math.addExact(offsets[i], size);
    }
    int[] ids = new int[offsets[count]];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int base = groups[i] * wordsPerGroup;
      for (int w = 0; w < wordsPerGroup; w++) {
        for (long word = bits[base + w]; word != 0; word &= word - 1) {
          ids[at++] = (w << 6) + Long.numberOfTrailingZeros(word);
        }
      }
    }
    Values elements = dictionary.values(ids, ids.length);
    return List.of(new ArrayValues(elements, offsets, count, null));
  }

  @Override
  long bytesPerGroup() {
    return 8L * wordsPerGroup;
  }
}
