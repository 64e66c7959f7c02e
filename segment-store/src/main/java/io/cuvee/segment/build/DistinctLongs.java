package io.cuvee.segment.build;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The distinct values among longs, and the rank of each. Values that lie close to each other are
/// marked in a bitmap; others are collected in a hash table, or sorted if there are many.
final class DistinctLongs {
  private static final long MAX_BITMAP_RANGE = 1L << 30;

  /// Bits of the bitmap for each value.
  private static final long MAX_SPARSITY = 64;

  private static final int MIN_BITS = 1 << 16;
  private static final int MAX_HASHED = 1 << 19;

  private final long min;
  private final long max;

  /// Bit `value - min` is set for each value, if they are close.
  private final long @Nullable [] bits;

  private long @Nullable [] sorted;
  private final int cardinality;

  private DistinctLongs(
      long min, long max, long @Nullable [] bits, long @Nullable [] sorted, int cardinality) {
    this.min = min;
    this.max = max;
    this.bits = bits;
    this.sorted = sorted;
    this.cardinality = cardinality;
  }

  /// @param min the smallest of `values[0..count)`, arbitrary if there are none
  static DistinctLongs of(long[] values, int count, long min, long max) {
    if (count == 0) {
      return new DistinctLongs(0, 0, null, new long[0], 0);
    }
    long range = max - min;
    if (range >= 0
        && range < MAX_BITMAP_RANGE
        && range < Math.max(MIN_BITS, MAX_SPARSITY * count)) {
      long[] bits = new long[(int) (range >>> 6) + 1];
      for (int i = 0; i < count; i++) {
        int bit = (int) (values[i] - min);
        bits[bit >>> 6] |= 1L << bit;
      }
      int cardinality = 0;
      for (long word : bits) {
        cardinality += Long.bitCount(word);
      }
      return new DistinctLongs(min, max, bits, null, cardinality);
    }
    long[] sorted = hashed(values, count);
    if (sorted == null) {
      sorted = Arrays.copyOf(values, count);
      Arrays.sort(sorted);
      int distinct = 1;
      for (int i = 1; i < count; i++) {
        if (sorted[i] != sorted[i - 1]) {
          sorted[distinct++] = sorted[i];
        }
      }
      return new DistinctLongs(min, max, null, sorted, distinct);
    }
    return new DistinctLongs(min, max, null, sorted, sorted.length);
  }

  /// The distinct values, sorted; `null` if they are too many for a hash table.
  private static long @Nullable [] hashed(long[] values, int count) {
    long[] found = new long[1024];
    int size = 0;
    int[] table = new int[4096];
    long previous = ~values[0];
    for (int i = 0; i < count; i++) {
      long value = values[i];
      if (value == previous) {
        continue;
      }
      previous = value;
      int mask = table.length - 1;
      int slot = slot(value, mask);
      while (table[slot] != 0 && found[table[slot] - 1] != value) {
        slot = slot + 1 & mask;
      }
      if (table[slot] != 0) {
        continue;
      }
      if (size == MAX_HASHED) {
        return null;
      }
      if (size == found.length) {
        found = Arrays.copyOf(found, size * 2);
      }
      found[size++] = value;
      table[slot] = size;
      if (size * 2 > table.length) {
        table = table(found, size, table.length * 4);
      }
    }
    long[] sorted = Arrays.copyOf(found, size);
    Arrays.sort(sorted);
    return sorted;
  }

  private static int slot(long value, int mask) {
    long hash = value * 0x9E3779B97F4A7C15L;
    return (int) (hash ^ hash >>> 32) & mask;
  }

  private static int[] table(long[] values, int count, int length) {
    int[] table = new int[length];
    int mask = length - 1;
    for (int i = 0; i < count; i++) {
      int slot = slot(values[i], mask);
      while (table[slot] != 0) {
        slot = slot + 1 & mask;
      }
      table[slot] = i + 1;
    }
    return table;
  }

  int cardinality() {
    return cardinality;
  }

  long min() {
    return min;
  }

  long max() {
    return max;
  }

  /// All, ascending; at least [#cardinality()] long.
  long[] sorted() {
    long[] all = sorted;
    if (all == null) {
      all = new long[cardinality];
      int next = 0;
      for (int word = 0; bits != null && word < bits.length; word++) {
        for (long rest = bits[word]; rest != 0; rest &= rest - 1) {
          all[next++] = min + word * 64L + Long.numberOfTrailingZeros(rest);
        }
      }
      sorted = all;
    }
    return all;
  }

  /// For each of `values[0..count)` how many distinct values are below; 0 if there are none at all.
  int[] ranks(long[] values, int count) {
    int[] ranks = new int[count];
    if (cardinality <= 1) {
      return ranks;
    }
    if (bits != null) {
      int[] before = new int[bits.length];
      int sum = 0;
      for (int word = 0; word < bits.length; word++) {
        before[word] = sum;
        sum += Long.bitCount(bits[word]);
      }
      for (int i = 0; i < count; i++) {
        int bit = (int) (values[i] - min);
        int word = bit >>> 6;
        ranks[i] = before[word] + Long.bitCount(bits[word] & (1L << bit) - 1);
      }
      return ranks;
    }
    long[] all = sorted();
    int[] table = table(all, cardinality, Integer.highestOneBit(Math.max(1024, cardinality)) * 4);
    int mask = table.length - 1;
    for (int i = 0; i < count; i++) {
      int slot = slot(values[i], mask);
      while (all[table[slot] - 1] != values[i]) {
        slot = slot + 1 & mask;
      }
      ranks[i] = table[slot] - 1;
    }
    return ranks;
  }
}
