package io.cuvee.segment.live;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows of a segment that count, while that changes. A snapshot costs nothing; the first change
/// of 65,536 rows after it copies 8 KiB. Not thread-safe.
public final class GrowingLiveRows {
  private long[][] morsels = {};
  private int count;
  private int end;

  /// Which morsels no snapshot shares.
  private boolean[] owned = {};

  /// The last snapshot, if nothing has changed since.
  private @Nullable LiveRows snapshot;

  public boolean contains(int doc) {
    int morsel = doc >>> LiveRows.MORSEL_BITS;
    return morsel < morsels.length && (morsels[morsel][(doc & 0xFFFF) >>> 6] >>> doc & 1) != 0;
  }

  public void add(int doc) {
    if (!contains(doc)) {
      words(doc >>> LiveRows.MORSEL_BITS)[(doc & 0xFFFF) >>> 6] |= 1L << doc;
      count++;
      end = Math.max(end, doc + 1);
    }
  }

  public void remove(int doc) {
    if (contains(doc)) {
      words(doc >>> LiveRows.MORSEL_BITS)[(doc & 0xFFFF) >>> 6] &= ~(1L << doc);
      count--;
    }
  }

  /// The words of a morsel, to be changed.
  private long[] words(int morsel) {
    if (snapshot != null) {
      morsels = morsels.clone();
      Arrays.fill(owned, false);
      snapshot = null;
    }
    if (morsel >= morsels.length) {
      int before = morsels.length;
      morsels = Arrays.copyOf(morsels, morsel + 1);
      owned = Arrays.copyOf(owned, morsel + 1);
      for (int i = before; i <= morsel; i++) {
        morsels[i] = new long[LiveRows.MORSEL_WORDS];
        owned[i] = true;
      }
    }
    if (!owned[morsel]) {
      morsels[morsel] = morsels[morsel].clone();
      owned[morsel] = true;
    }
    return morsels[morsel];
  }

  /// The rows that count now, for other threads to read.
  public LiveRows snapshot() {
    LiveRows known = snapshot;
    if (known == null) {
      known = snapshot = new LiveRows(morsels, count, end);
    }
    return known;
  }
}
