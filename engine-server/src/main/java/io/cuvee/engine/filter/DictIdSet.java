package io.cuvee.engine.filter;

/// A set of dictIds in `[0, size)`: a range, everything but a range, or a table of bits. Immutable.
///
/// @param size of the dictionary
/// @param lo first of the range
/// @param hi last of the range; below `lo` if there is none
/// @param negate whether the set is all but the range
/// @param table a bit a dictId, used instead of the range if `isTable`
/// @param count how many dictIds are in it
record DictIdSet(
    int size, int lo, int hi, boolean negate, boolean isTable, long[] table, int count) {
  private static final long[] NO_TABLE = {};

  static DictIdSet range(int size, int lo, int hi) {
    int low = Math.max(0, lo);
    int high = Math.min(size - 1, hi);
    return high < low
        ? new DictIdSet(size, 0, -1, false, false, NO_TABLE, 0)
        : new DictIdSet(size, low, high, false, false, NO_TABLE, high - low + 1);
  }

  /// The set of the bits, in its simplest form.
  ///
  /// @param bits kept; at least `size` of them, those beyond are clear
  static DictIdSet of(int size, long[] bits) {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    if (count == 0) {
      return range(size, 0, -1);
    }
    int first = next(bits, 0, 0, size);
    int end = next(bits, -1, first, size);
    if (end - first == count) {
      return range(size, first, end - 1);
    }
    int firstOut = next(bits, -1, 0, size);
    int endOut = next(bits, 0, firstOut, size);
    if (endOut - firstOut == size - count) {
      return range(size, firstOut, endOut - 1).complement();
    }
    return new DictIdSet(size, 0, -1, false, true, bits, count);
  }

  /// The first position from `from` on whose bit is set, once `bits` are turned over by `turn` (0
  /// or -1); `size` if there is none.
  private static int next(long[] bits, long turn, int from, int size) {
    for (int w = from >>> 6; w < bits.length; w++) {
      long word = (bits[w] ^ turn) & (w == from >>> 6 ? -1L << from : -1L);
      if (word != 0) {
        return Math.min(size, (w << 6) + Long.numberOfTrailingZeros(word));
      }
    }
    return size;
  }

  DictIdSet complement() {
    if (isTable) {
      long[] bits = bits();
      for (int i = 0; i < bits.length; i++) {
        bits[i] = ~bits[i];
      }
      return of(size, clearBeyond(bits));
    }
    return new DictIdSet(size, lo, hi, !negate, false, NO_TABLE, size - count);
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count == size;
  }

  boolean contains(int dictId) {
    return isTable
        ? (table[dictId >>> 6] >>> dictId & 1) != 0
        : (dictId >= lo && dictId <= hi) != negate;
  }

  /// A byte a dictId: 1 if it is in the set.
  byte[] marks() {
    byte[] marks = new byte[size];
    for (int id = 0; id < size; id++) {
      marks[id] = (byte) (contains(id) ? 1 : 0);
    }
    return marks;
  }

  DictIdSet union(DictIdSet other) {
    long[] bits = bits();
    long[] others = other.bits();
    for (int i = 0; i < bits.length; i++) {
      bits[i] |= others[i];
    }
    return of(size, bits);
  }

  DictIdSet intersection(DictIdSet other) {
    if (!isTable && !other.isTable && !negate && !other.negate) {
      return range(size, Math.max(lo, other.lo), Math.min(hi, other.hi));
    }
    long[] bits = bits();
    long[] others = other.bits();
    for (int i = 0; i < bits.length; i++) {
      bits[i] &= others[i];
    }
    return of(size, bits);
  }

  /// The members, ascending.
  int[] members() {
    int[] members = new int[count];
    if (!isTable && !negate) {
      for (int i = 0; i < count; i++) {
        members[i] = lo + i;
      }
      return members;
    }
    long[] bits = bits();
    int found = 0;
    for (int w = 0; w < bits.length; w++) {
      for (long word = bits[w]; word != 0; word &= word - 1) {
        members[found++] = (w << 6) + Long.numberOfTrailingZeros(word);
      }
    }
    return members;
  }

  private long[] bits() {
    long[] bits = new long[size + 63 >>> 6];
    if (isTable) {
      System.arraycopy(table, 0, bits, 0, bits.length);
      return bits;
    }
    for (int i = lo; i <= hi; i++) {
      bits[i >>> 6] |= 1L << i;
    }
    if (negate) {
      for (int i = 0; i < bits.length; i++) {
        bits[i] = ~bits[i];
      }
    }
    return clearBeyond(bits);
  }

  private long[] clearBeyond(long[] bits) {
    if ((size & 63) != 0) {
      bits[size >>> 6] &= (1L << size) - 1;
    }
    return bits;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DictIdSet that
        && size == that.size
        && java.util.Arrays.equals(bits(), that.bits());
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(bits());
  }

  @Override
  public String toString() {
    return count
        + " of "
        + size
        + (isTable ? "" : (negate ? " outside " : " in ") + lo + ".." + hi);
  }
}
