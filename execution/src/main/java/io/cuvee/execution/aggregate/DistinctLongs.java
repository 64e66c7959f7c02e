package io.cuvee.execution.aggregate;

import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Sets of longs, one a group, as bits over one window of values; for values that lie close enough
/// to each other that a table would take more memory. Not thread-safe.
final class DistinctLongs {
  /// Most groups with a set of their own.
  private static final int MOST_GROUPS = 1 << 12;

  /// What the sets may always take, in words.
  private static final long FREE_WORDS = 1 << 13;

  /// What the sets may take for each value, in words; a table takes about as much.
  private static final long WORDS_PER_VALUE = 4;

  private static final long MOST_WORDS = 1 << 26;

  private final MemoryBudget budget;

  /// The value of bit 0, a multiple of 64.
  private long base;

  private int words;
  private long[] @Nullable [] sets = new long[0][];
  private long added;
  private long reserved;

  DistinctLongs(MemoryBudget budget) {
    this.budget = budget;
  }

  /// Adds values to the sets of their groups, all or, if they lie too far apart, none.
  ///
  /// @param groups not negative
  /// @return whether they were added
  boolean add(long[] groups, int count, long[] values) {
    if (count == 0) {
      return true;
    }
    long min = values[0];
    long max = values[0];
    long most = 0;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
      most = Math.max(most, groups[i]);
    }
    if (most >= MOST_GROUPS || !makeRoom(min, max, (int) most + 1, count)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      long[] set = set((int) groups[i]);
      int bit = (int) (values[i] - base);
      set[bit >>> 6] |= 1L << bit;
    }
    added += count;
    return true;
  }

  /// Adds the values `[from, to)` of an array to the set of one group, all or none.
  boolean add(int group, long[] values, int from, int to) {
    if (from == to) {
      return true;
    }
    long min = values[from];
    long max = values[from];
    for (int i = from + 1; i < to; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    if (group >= MOST_GROUPS || !makeRoom(min, max, group + 1, to - from)) {
      return false;
    }
    long[] set = set(group);
    for (int i = from; i < to; i++) {
      int bit = (int) (values[i] - base);
      set[bit >>> 6] |= 1L << bit;
    }
    added += to - from;
    return true;
  }

  /// Adds to the set of one group the values `first + i` whose bit `i` is set, all or none.
  ///
  /// @param bits at least one is set
  boolean addBits(int group, long first, long[] bits) {
    int from = 0;
    int to = bits.length;
    while (bits[from] == 0) {
      from++;
    }
    while (bits[to - 1] == 0) {
      to--;
    }
    int count = 0;
    for (int w = from; w < to; w++) {
      count += Long.bitCount(bits[w]);
    }
    long min = first + from * 64L + Long.numberOfTrailingZeros(bits[from]);
    long max = first + to * 64L - 1 - Long.numberOfLeadingZeros(bits[to - 1]);
    if (group >= MOST_GROUPS || !makeRoom(min, max, group + 1, count)) {
      return false;
    }
    long[] set = set(group);
    // The words of both lie apart by whole words and a shift.
    long distance = first + from * 64L - base;
    int at = (int) (distance >> 6);
    int shift = (int) (distance & 63);
    for (int w = from; w < to; w++, at++) {
      long low = bits[w] << shift;
      long high = shift == 0 ? 0 : bits[w] >>> 64 - shift;
      if (low != 0) {
        set[at] |= low;
      }
      if (high != 0) {
        set[at + 1] |= high;
      }
    }
    added += count;
    return true;
  }

  /// Sets bit `i` of `out` for each value `first + i`, `i` in `[0, width)`, that a group has.
  void copyBits(int group, long first, int width, long[] out) {
    long[] set = group < sets.length ? sets[group] : null;
    long distance = first - base;
    boolean overflows = ((first ^ base) & (first ^ distance)) < 0;
    if (set == null || overflows) {
      return;
    }
    int shift = (int) (distance & 63);
    long at = distance >> 6;
    for (int w = 0; w < width + 63 >>> 6; w++, at++) {
      long found = word(set, at) >>> shift;
      if (shift != 0) {
        found |= word(set, at + 1) << 64 - shift;
      }
      int rest = width - w * 64;
      out[w] |= rest < 64 ? found & (1L << rest) - 1 : found;
    }
  }

  private long word(long[] set, long at) {
    return at >= 0 && at < words ? set[(int) at] : 0;
  }

  private long[] set(int group) {
    long[] set = sets[group];
    if (set == null) {
      set = sets[group] = new long[words];
    }
    return set;
  }

  /// How many values a group has.
  int count(int group) {
    int count = 0;
    long[] set = group < sets.length ? sets[group] : null;
    for (int w = 0; set != null && w < words; w++) {
      count += Long.bitCount(set[w]);
    }
    return count;
  }

  /// Widens the window to `[min, max]` and the groups to `[0, groups)`, if that is not too much.
  private boolean makeRoom(long min, long max, int groups, int count) {
    int newGroups = Math.max(groups, sets.length);
    long from = Math.floorDiv(min, 64);
    long to = Math.floorDiv(max, 64);
    if (words > 0) {
      from = Math.min(from, base / 64);
      to = Math.max(to, base / 64 + words - 1);
    }
    // The difference of two quotients by 64 does not overflow.
    long newWords = to - from + 1;
    long limit = Math.min(MOST_WORDS, FREE_WORDS + WORDS_PER_VALUE * (added + count));
    if (newWords > limit / newGroups) {
      return false;
    }
    if (newWords == words && newGroups == sets.length) {
      return true;
    }
    // Room to grow, so that values that come in order do not move the sets each time.
    long spare = words == 0 ? 0 : Math.min(newWords / 2, limit / newGroups - newWords);
    if (newWords > words) {
      if (words > 0 && from < base / 64 && from - spare > Long.MIN_VALUE / 64) {
        from -= spare;
        newWords += spare;
      } else if (to + spare < Long.MAX_VALUE / 64) {
        newWords += spare;
      }
    }
    long bytes = 8L * newWords * newGroups;
    if (bytes > reserved) {
      budget.reserve(bytes - reserved);
      reserved = bytes;
    }
    move(from * 64, (int) newWords, newGroups);
    return true;
  }

  private void move(long newBase, int newWords, int newGroups) {
    long[] @Nullable [] moved = Arrays.copyOf(sets, newGroups);
    if (newWords != words) {
      for (int group = 0; group < sets.length; group++) {
        long[] set = sets[group];
        if (set != null) {
          long[] wider = new long[newWords];
          System.arraycopy(set, 0, wider, (int) (base / 64 - newBase / 64), words);
          moved[group] = wider;
        }
      }
    }
    sets = moved;
    base = newBase;
    words = newWords;
  }

  /// How many pairs of group and value there are.
  int count() {
    long count = 0;
    for (long[] set : sets) {
      for (int w = 0; set != null && w < words; w++) {
        count += Long.bitCount(set[w]);
      }
    }
    return Math.toIntExact(count);
  }

  /// The group of each pair, in ascending order.
  long[] groups() {
    long[] groups = new long[count()];
    int at = 0;
    for (int group = 0; group < sets.length; group++) {
      int from = at;
      long[] set = sets[group];
      for (int w = 0; set != null && w < words; w++) {
        at += Long.bitCount(set[w]);
      }
      Arrays.fill(groups, from, at, group);
    }
    return groups;
  }

  /// The value of each pair, ascending within its group.
  LongValues values() {
    long[] values = new long[count()];
    int at = 0;
    for (long[] set : sets) {
      for (int w = 0; set != null && w < words; w++) {
        for (long word = set[w]; word != 0; word &= word - 1) {
          values[at++] = base + (w * 64L) + Long.numberOfTrailingZeros(word);
        }
      }
    }
    return new LongValues(values, values.length, null);
  }

  long sizeBytes() {
    return reserved;
  }
}
