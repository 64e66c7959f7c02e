package io.cuvee.segment.column;

import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.RunEnds;
import org.jspecify.annotations.Nullable;

/// Raw longs, one for each run.
record LongRunsForwardIndex(RunEnds ends, FramedLongs ofRuns) implements ForwardIndex {
  private static final ThreadLocal<long[]> LONGS =
      ThreadLocal.withInitial(() -> new long[PackedFormat.BLOCK]);
  private static final ThreadLocal<int[]> RUNS =
      ThreadLocal.withInitial(() -> new int[PackedFormat.BLOCK]);

  @Override
  public LongValues values(int from, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    longs(from, count, values);
    return LongForwardIndex.masked(values, validity);
  }

  @Override
  public LongValues values(int[] positions, int count, @Nullable Validity validity) {
    long[] values = new long[count];
    longs(positions, count, values);
    return LongForwardIndex.masked(values, validity);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    long[] values = LONGS.get();
    int end = from + count;
    for (int at = from; at < end; ) {
      int block = at / PackedFormat.BLOCK;
      int start = block * PackedFormat.BLOCK;
      int stop = (int) Math.min(end, start + (long) PackedFormat.BLOCK);
      int first = ends.before(block);
      ofRuns.longs(first, ends.before(block + 1) - first, values);
      ends.spread(block, values, at - start, stop - start, out, at - from);
      at = stop;
    }
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    int[] runs = RUNS.get();
    for (int at = 0; at < count; at += runs.length) {
      int part = Math.min(runs.length, count - at);
      ends.find(positions, at, part, runs);
      for (int i = 0; i < part; i++) {
        out[at + i] = ofRuns.get(runs[i]);
      }
    }
  }

  @Override
  public void doubles(int from, int count, double[] out) {
    throw new IllegalStateException("The values of this column are longs.");
  }

  @Override
  public void doubles(int[] positions, int count, double[] out) {
    throw new IllegalStateException("The values of this column are longs.");
  }
}
