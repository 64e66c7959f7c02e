package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import java.util.Arrays;

/// The documents in several ranges.
final class DocRanges extends FilterNode {
  private final int[] starts;
  private final int[] ends;
  private final double passRate;

  /// @param starts ascending
  /// @param ends exclusive; each below the next start
  DocRanges(int[] starts, int[] ends, int docCount) {
    this.starts = starts;
    this.ends = ends;
    long docs = 0;
    for (int i = 0; i < starts.length; i++) {
      docs += ends[i] - starts[i];
    }
    this.passRate = (double) docs / Math.max(1, docCount);
  }

  @Override
  public void narrow(Block block, long[] mask) {
    int from = block.fromDoc();
    int count = block.count();
    long[] passed = block.borrowMask();
    Arrays.fill(passed, 0, block.wordCount(), 0);
    for (int i = firstEndingAfter(from); i < starts.length && starts[i] < from + count; i++) {
      set(passed, Math.max(0, starts[i] - from), Math.min(count, ends[i] - from));
    }
    for (int w = 0; w < block.wordCount(); w++) {
      mask[w] &= passed[w];
    }
    block.releaseMask();
  }

  /// Sets the bits `[from, to)`, at least one.
  private static void set(long[] bits, int from, int to) {
    int first = from >>> 6;
    int last = (to - 1) >>> 6;
    long head = -1L << from;
    long tail = -1L >>> -to;
    if (first == last) {
      bits[first] |= head & tail;
    } else {
      bits[first] |= head;
      Arrays.fill(bits, first + 1, last, -1L);
      bits[last] |= tail;
    }
  }

  @Override
  int next(Block block, int from, int to) {
    int i = firstEndingAfter(from);
    return i == starts.length ? to : Math.clamp(starts[i], from, to);
  }

  private int firstEndingAfter(int doc) {
    int found = Arrays.binarySearch(ends, doc);
    return found >= 0 ? found + 1 : -found - 1;
  }

  @Override
  double cost() {
    return 0.02;
  }

  @Override
  double passRate() {
    return passRate;
  }

  @Override
  public String toString() {
    return starts.length + " ranges of docs";
  }
}
