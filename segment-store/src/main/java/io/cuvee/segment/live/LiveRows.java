package io.cuvee.segment.live;

import io.cuvee.segment.column.InvertedIndex;

/// The rows of a segment that counted at one moment, a bit each; an index with one list, so that
/// queries read it as they read others. Immutable and thread-safe.
public final class LiveRows implements InvertedIndex {
  static final int MORSEL_BITS = 16;
  static final int MORSEL_WORDS = 1 << MORSEL_BITS - 6;

  /// Nothing counts.
  public static final LiveRows NONE = new LiveRows(new long[0][], 0, 0);

  private final long[][] morsels;
  private final int count;
  private final int end;

  /// @param morsels of 65,536 bits each; rows beyond the last do not count
  /// @param count how many bits are set
  /// @param end after the last row that ever counted
  LiveRows(long[][] morsels, int count, int end) {
    this.morsels = morsels;
    this.count = count;
    this.end = end;
  }

  /// After the last row that ever counted.
  public int end() {
    return end;
  }

  /// How many rows count.
  public int count() {
    return count;
  }

  public boolean contains(int doc) {
    int morsel = doc >>> MORSEL_BITS;
    return morsel < morsels.length && (morsels[morsel][(doc & 0xFFFF) >>> 6] >>> doc & 1) != 0;
  }

  @Override
  public int docCount(int list) {
    return count;
  }

  @Override
  public boolean contains(int list, int doc) {
    return contains(doc);
  }

  @Override
  public boolean orInto(int list, int fromDoc, int docs, long[] words) {
    int morsel = fromDoc >>> MORSEL_BITS;
    if (morsel >= morsels.length) {
      return false;
    }
    long[] bits = morsels[morsel];
    long any = 0;
    for (int w = 0; w < docs + 63 >>> 6; w++) {
      words[w] |= bits[w];
      any |= bits[w];
    }
    return any != 0;
  }
}
