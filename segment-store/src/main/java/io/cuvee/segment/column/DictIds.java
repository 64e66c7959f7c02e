package io.cuvee.segment.column;

import io.cuvee.segment.index.sorted.Runs;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedInts;
import io.cuvee.segment.packing.RunEnds;

/// The dictIds of a column, in one of the forms in which they are stored. Thread-safe.
sealed interface DictIds {
  /// Those of consecutive positions.
  void get(int from, int count, int[] out);

  /// Those of the ascending `positions[from..from + count)`.
  void get(int[] positions, int from, int count, int[] out);

  /// One for each position.
  record Packed(PackedInts ids) implements DictIds {
    @Override
    public void get(int from, int count, int[] out) {
      ids.ints(from, count, out);
    }

    @Override
    public void get(int[] positions, int from, int count, int[] out) {
      if (from == 0) {
        ids.ints(positions, count, out);
        return;
      }
      for (int i = 0; i < count; i++) {
        out[i] = ids.get(positions[from + i]);
      }
    }
  }

  /// Of a sorted column.
  record Sorted(Runs runs) implements DictIds {
    @Override
    public void get(int from, int count, int[] out) {
      runs.dictIds(from, count, out);
    }

    @Override
    public void get(int[] positions, int from, int count, int[] out) {
      runs.dictIds(positions, from, count, out);
    }
  }

  /// One for each run.
  record InRuns(RunEnds ends, PackedInts ids) implements DictIds {
    private static final ThreadLocal<int[]> OF_RUNS =
        ThreadLocal.withInitial(() -> new int[PackedFormat.BLOCK]);

    @Override
    public void get(int from, int count, int[] out) {
      int[] ofRuns = OF_RUNS.get();
      int end = from + count;
      for (int at = from; at < end; ) {
        int block = at / PackedFormat.BLOCK;
        int start = block * PackedFormat.BLOCK;
        int stop = (int) Math.min(end, start + (long) PackedFormat.BLOCK);
        int first = ends.before(block);
        ids.ints(first, ends.before(block + 1) - first, ofRuns);
        ends.spread(block, ofRuns, at - start, stop - start, out, at - from);
        at = stop;
      }
    }

    @Override
    public void get(int[] positions, int from, int count, int[] out) {
      ends.find(positions, from, count, out);
      for (int i = 0; i < count; i++) {
        out[i] = ids.get(out[i]);
      }
    }
  }
}
