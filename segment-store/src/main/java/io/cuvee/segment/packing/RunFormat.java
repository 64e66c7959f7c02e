package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;

/// The layout of run lists, and their writer.
///
/// Equal neighbours of a block of 2048 values are one run; a run ends with its block at the latest.
/// For each run there is its value, stored as the column stores values (a dictId, or a long by
/// frame of reference), and the position in the block of its last value, bit-packed in 11 bits. How
/// many runs come before each block, and how many there are, is stored in 32 bits each.
public final class RunFormat {
  /// Bits of the position of a run's last value.
  public static final int END_BITS = PackedFormat.BLOCK_SHIFT;

  /// On average in a block.
  private static final int MOST_RUNS = 32;

  private static final int MOST_NARROW_RUNS = 4;

  private RunFormat() {}

  /// How many runs `values[0..count)` are.
  public static int count(int[] values, int count) {
    int runs = PackedFormat.blockCount(count);
    for (int from = 0; from < count; from += BLOCK) {
      int end = Math.min(count, from + BLOCK);
      for (int i = from + 1; i < end; i++) {
        runs += values[i] != values[i - 1] ? 1 : 0;
      }
    }
    return runs;
  }

  public static int count(long[] values, int count) {
    int runs = PackedFormat.blockCount(count);
    for (int from = 0; from < count; from += BLOCK) {
      int end = Math.min(count, from + BLOCK);
      for (int i = from + 1; i < end; i++) {
        runs += values[i] != values[i - 1] ? 1 : 0;
      }
    }
    return runs;
  }

  /// Whether so many runs are worth storing: plain values are decoded so fast that short runs would
  /// be slower. Bytes can be filtered as such, so of them only runs are taken that mostly span
  /// blocks, which zone maps decide.
  ///
  /// @param runBytes what the values of the runs need
  /// @param plainBytes what all values need
  public static boolean isWorthwhile(int valueCount, int runCount, long runBytes, long plainBytes) {
    int blocks = PackedFormat.blockCount(valueCount);
    boolean isNarrow = plainBytes <= PackedFormat.sizeBytes(valueCount, Byte.SIZE);
    long bytes = runBytes + PackedFormat.sizeBytes(runCount, END_BITS) + 4L * (blocks + 1);
    return runCount <= (long) blocks * (isNarrow ? MOST_NARROW_RUNS : MOST_RUNS)
        && bytes <= plainBytes / 2;
  }

  /// Writes [BufferKind#RUN_COUNTS] and [BufferKind#RUN_ENDS].
  ///
  /// @param lasts the position of the last value of each run in `[0, valueCount)`, ascending
  public static void write(
      int[] lasts, int runCount, int valueCount, ColumnsWriter out, String column) {
    int[] before = new int[PackedFormat.blockCount(valueCount) + 1];
    int[] ends = new int[runCount];
    for (int run = 0; run < runCount; run++) {
      before[(lasts[run] >>> PackedFormat.BLOCK_SHIFT) + 1] = run + 1;
      ends[run] = lasts[run] & BLOCK - 1;
    }
    out.begin();
    out.putInts(before, before.length);
    out.end(column, BufferKind.RUN_COUNTS);
    out.begin();
    PackedWriter.write(ends, runCount, END_BITS, out);
    out.end(column, BufferKind.RUN_ENDS);
  }
}
