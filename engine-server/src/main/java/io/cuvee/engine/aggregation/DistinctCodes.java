package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;

/// The distinct values of a dictionary column in each group, as one bit a dictId.
final class DistinctCodes extends States {
  private final KeyColumn column;
  private final int wordsPerGroup;
  private final int[] codes = new int[Block.ROWS];
  private long[] bits;

  /// @param column without an expression; the last code is that of NULL if it has any
  DistinctCodes(KeyColumn column) {
    this.column = column;
    this.wordsPerGroup = words(column);
    this.bits = new long[wordsPerGroup];
  }

  static int words(KeyColumn column) {
    return Math.max(1, (int) (column.codeCount() + 63 >>> 6));
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount * wordsPerGroup > bits.length) {
      bits = Arrays.copyOf(bits, groupCount * wordsPerGroup);
    }
  }

  @Override
  void add(Selection rows, int[] groups) {
    column.codes(rows, codes, 1, false);
    if (isOne(groups)) {
      addAll(codes, rows.count(), bits);
    } else {
      addGrouped(groups, rows.count());
    }
  }

  private void addGrouped(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      bits[groups[i] * wordsPerGroup + (codes[i] >>> 6)] |= 1L << codes[i];
    }
  }

  private static void addAll(int[] codes, int count, long[] bits) {
    for (int i = 0; i < count; i++) {
      bits[codes[i] >>> 6] |= 1L << codes[i];
    }
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    int[] offsets = new int[count + 1];
    long nullCode = column.nulls() ? column.codeCount() - 1 : -1;
    for (int i = 0; i < count; i++) {
      int base = groups[i] * wordsPerGroup;
      if (nullCode >= 0) {
        bits[base + (int) (nullCode >>> 6)] &= ~(1L << nullCode);
      }
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
    Values elements = column.values(ids, ids.length);
    return List.of(new ArrayValues(elements, offsets, count, null));
  }

  @Override
  long bytesPerGroup() {
    return 8L * wordsPerGroup;
  }
}
