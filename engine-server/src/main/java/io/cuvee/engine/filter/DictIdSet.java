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
    int first = -1;
    int last = -1;
    int firstOut = -1;
    int lastOut = -1;
    for (int i = 0; i < size; i++) {
      if ((bits[i >>> 6] >>> i & 1) != 0) {
        count++;
        first = first < 0 ? i : first;
        last = i;
      } else {
        firstOut = firstOut < 0 ? i : firstOut;
        lastOut = i;
      }
    }
    if (count == 0) {
      return range(size, 0, -1);
    }
    if (last - first + 1 == count) {
      return range(size, first, last);
    }
    if (lastOut - firstOut + 1 == size - count) {
      return range(size, firstOut, lastOut).complement();
    }
    return new DictIdSet(size, 0, -1, false, true, bits, count);
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
    int found = 0;
    for (int i = 0; i < size && found < count; i++) {
      if (contains(i)) {
        members[found++] = i;
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
