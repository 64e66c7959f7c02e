package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;

/// The mapped ends of the runs of a column. Positions are trusted. Layout: [RunFormat].
/// Thread-safe; allocates nothing.
public final class RunEnds {
  private static final ThreadLocal<int[]> ENDS = ThreadLocal.withInitial(() -> new int[BLOCK]);

  private final long counts;
  private final PackedInts ends;

  /// @param counts address of the counts of runs before each block
  /// @param ends address of the ends
  /// @param valueCount how many values the runs are
  public RunEnds(long counts, long ends, int valueCount) {
    this.counts = counts;
    this.ends =
        new PackedInts(ends, RunFormat.END_BITS, before(PackedFormat.blockCount(valueCount)));
  }

  /// How many runs come before a block; after the last, how many there are.
  public int before(int block) {
    return NativeMemory.intAt(counts + block * 4L);
  }

  public int count() {
    return ends.count();
  }

  /// The run of a value, if it is in `[from, before(block + 1))`.
  ///
  /// @param index of the value, in `block`
  /// @param from a run of the block, not after that of the value
  public int find(int index, int from) {
    int inBlock = index & BLOCK - 1;
    int low = from;
    int high = before((index >>> PackedFormat.BLOCK_SHIFT) + 1) - 1;
    while (low < high) {
      int middle = low + high >>> 1;
      if (ends.get(middle) < inBlock) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The runs of ascending values, of which the first is at `indexes[from]`.
  public void find(int[] indexes, int from, int count, int[] runs) {
    int run = 0;
    int block = -1;
    int end = -1;
    for (int i = 0; i < count; i++) {
      int index = indexes[from + i];
      if (index >>> PackedFormat.BLOCK_SHIFT != block) {
        block = index >>> PackedFormat.BLOCK_SHIFT;
        run = find(index, before(block));
        end = ends.get(run);
      } else if ((index & BLOCK - 1) > end) {
        run = find(index, run + 1);
        end = ends.get(run);
      }
      runs[i] = run;
    }
  }

  /// Spreads the values of the runs of a block over the positions `[from, to)` in it.
  ///
  /// @param values of all runs of the block
  /// @param out receives them from `offset`
  public void spread(int block, int[] values, int from, int to, int[] out, int offset) {
    int first = before(block);
    int runs = before(block + 1) - first;
    int[] last = ENDS.get();
    ends.ints(first, runs, last);
    int shift = offset - from;
    int at = from;
    for (int run = 0; run < runs && at < to; run++) {
      int end = Math.min(last[run] + 1, to);
      int value = values[run];
      if (end > at) {
        Arrays.fill(out, shift + at, shift + end, value);
        at = end;
      }
    }
  }

  /// As [#spread(int, int[], int, int, int[], int)].
  public void spread(int block, long[] values, int from, int to, long[] out, int offset) {
    int first = before(block);
    int runs = before(block + 1) - first;
    int[] last = ENDS.get();
    ends.ints(first, runs, last);
    int shift = offset - from;
    int at = from;
    for (int run = 0; run < runs && at < to; run++) {
      int end = Math.min(last[run] + 1, to);
      long value = values[run];
      if (end > at) {
        Arrays.fill(out, shift + at, shift + end, value);
        at = end;
      }
    }
  }
}
