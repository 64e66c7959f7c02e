package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;

/// The distinct values of a column in each group, by their codes: one bit a code, or, for a single
/// group, one byte, which is set without being read, as long as these fit the processor's nearest
/// cache. A single group that has all codes looks at no more rows.
final class DistinctCodes extends States {
  private static final int MOST_BYTES = 1 << 15;

  /// So many codes at once are looked up before they are added.
  private static final int CHUNK = 64;

  /// After a block with many new codes so many blocks are added without a look.
  private static final int BLIND_BLOCKS = 7;

  /// How often a single group looks whether it has all codes, in calls.
  private static final int LOOK_EVERY = 16;

  private final KeyColumn column;
  private final Accumulator whole;
  private final int wordsPerGroup;
  private final int[] codes = new int[Block.ROWS];
  private final byte[] seen;
  private long[] bits;
  private int blindBlocks;
  private final boolean oneGroup;
  private int calls;

  /// Whether the only group has all codes.
  private boolean isFull;

  /// @param column without an expression; the last code is that of NULL if it has any
  /// @param whole the accumulator of the worker's table
  /// @param oneGroup whether there is but one
  DistinctCodes(KeyColumn column, Accumulator whole, boolean oneGroup) {
    this.column = column;
    this.whole = whole;
    this.oneGroup = oneGroup;
    this.wordsPerGroup = words(column);
    this.bits = new long[wordsPerGroup];
    this.seen =
        new byte[oneGroup && column.codeCount() <= MOST_BYTES ? wordsPerGroup * Long.SIZE : 0];
    if (oneGroup
        && seen.length == 0
        && column instanceof KeyColumn.Range range
        && whole instanceof Accumulator.OfDistinctLongs longs) {
      // What other segments had need not be added again.
      longs.copyBits(0, range.min(), range.width(), bits);
      isFull = hasAllCodes();
    }
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
    if (isFull) {
      return;
    }
    column.codes(rows, codes, 1, false);
    if (!isOne(groups)) {
      addGrouped(groups, rows.count());
    } else if (seen.length > 0) {
      mark(codes, rows.count(), seen);
    } else {
      addNew(rows.count());
    }
    if (oneGroup && ++calls % LOOK_EVERY == 0) {
      isFull = hasAllCodes();
    }
  }

  /// Whether all codes are there, that of NULL left out.
  private boolean hasAllCodes() {
    int codeCount = (int) column.codeCount() - (column.nulls() ? 1 : 0);
    if (seen.length > 0) {
      int found = 0;
      for (int i = 0; i < codeCount; i++) {
        found += seen[i];
      }
      return found == codeCount;
    }
    int found = Kernels.bitCount(bits, codeCount >>> 6);
    if ((codeCount & 63) != 0) {
      found += Long.bitCount(bits[codeCount >>> 6] & (1L << codeCount) - 1);
    }
    return found == codeCount;
  }

  private static void mark(int[] codes, int count, byte[] seen) {
    for (int i = 0; i < count; i++) {
      seen[codes[i]] = 1;
    }
  }

  /// One bit for each byte that is 1.
  private static void pack(byte[] seen, long[] bits) {
    for (int w = 0; w < seen.length / Long.SIZE; w++) {
      long word = 0;
      for (int i = 0; i < Long.SIZE; i++) {
        word |= (long) seen[w * Long.SIZE + i] << i;
      }
      bits[w] = word;
    }
  }

  private void addGrouped(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      bits[groups[i] * wordsPerGroup + (codes[i] >>> 6)] |= 1L << codes[i];
    }
  }

  /// Adds those that are missing. Where few are, a look at many costs less than a write for each,
  /// which waits for the one before.
  private void addNew(int count) {
    if (blindBlocks > 0) {
      blindBlocks--;
      addAll(codes, 0, count, bits);
      return;
    }
    int added = 0;
    for (int from = 0; from < count; from += CHUNK) {
      int to = Math.min(from + CHUNK, count);
      if (!hasAll(codes, from, to, bits)) {
        addAll(codes, from, to, bits);
        added += to - from;
      }
    }
    blindBlocks = added > count / 2 ? BLIND_BLOCKS : 0;
  }

  private static boolean hasAll(int[] codes, int from, int to, long[] bits) {
    long all = 1;
    for (int i = from; i < to; i++) {
      all &= bits[codes[i] >>> 6] >>> codes[i];
    }
    return all != 0;
  }

  private static void addAll(int[] codes, int from, int to, long[] bits) {
    for (int i = from; i < to; i++) {
      bits[codes[i] >>> 6] |= 1L << codes[i];
    }
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    pack(seen, bits);
    dropNulls(groups, count);
    if (oneGroup && addedAsBits()) {
      return List.of();
    }
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
    Values elements = column.values(ids, ids.length);
    return List.of(new ArrayValues(elements, offsets, count, null));
  }

  private void dropNulls(int[] groups, int count) {
    if (column.nulls()) {
      long nullCode = column.codeCount() - 1;
      for (int i = 0; i < count; i++) {
        bits[groups[i] * wordsPerGroup + (int) (nullCode >>> 6)] &= ~(1L << nullCode);
      }
    }
  }

  /// Adds the only group's integers to the worker's, if both keep them as bits.
  private boolean addedAsBits() {
    return column instanceof KeyColumn.Range range
        && whole instanceof Accumulator.OfDistinctLongs longs
        && (Kernels.isEmpty(bits, bits.length) || longs.addBits(0, range.min(), bits));
  }

  @Override
  boolean needsRowCounts() {
    return false;
  }

  @Override
  long bytesPerGroup() {
    return 8L * wordsPerGroup + seen.length;
  }
}
