package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;

/// Mapped longs by frame of reference. Positions are trusted. Layout: [FrameFormat]. Thread-safe;
/// allocates nothing.
public final class FramedLongs {
  private final long frames;
  private final long widthSums;
  private final long packed;

  /// @param frames address of the frames
  /// @param packed address of the packed differences
  /// @param count values
  public FramedLongs(long frames, long packed, int count) {
    this.frames = frames;
    this.widthSums = frames + 8L * PackedFormat.blockCount(count);
    this.packed = packed;
  }

  /// The smallest value of a block, also of its NULLs.
  public long base(int block) {
    return NativeMemory.longAt(frames + block * 8L);
  }

  public int width(int block) {
    return widthSum(block + 1) - widthSum(block);
  }

  private int widthSum(int block) {
    return NativeMemory.intAt(widthSums + block * 4L);
  }

  private long blockAddress(int block) {
    return packed + (long) widthSum(block) * PackedFormat.ROW_BYTES;
  }

  public long get(int index) {
    int block = index >>> PackedFormat.BLOCK_SHIFT;
    int width = width(block);
    return width == 0
        ? base(block)
        : base(block) + ScalarUnpacking.getLong(blockAddress(block), width, index & BLOCK - 1);
  }

  /// The values of consecutive positions.
  public void longs(int from, int length, long[] out) {
    int end = from + length;
    for (int at = from; at < end; ) {
      int block = at >>> PackedFormat.BLOCK_SHIFT;
      int start = block * BLOCK;
      int stop = (int) Math.min(end, start + (long) BLOCK);
      int width = width(block);
      if (width == 0) {
        Arrays.fill(out, at - from, stop - from, base(block));
      } else {
        Unpacking.longs(
            blockAddress(block), width, base(block), at - start, stop - start, out, at - from);
      }
      at = stop;
    }
  }

  /// How far the values of a block lie above its base; only if [#width] is at most 31. All 2048 are
  /// written, those beyond the last value are 0.
  public void differences(int block, int[] out) {
    int width = width(block);
    if (width == 0) {
      Arrays.fill(out, 0, BLOCK, 0);
    } else {
      Unpacking.ints(blockAddress(block), width, 0, BLOCK, out, 0);
    }
  }

  /// Clears the bits of values that lie less than `lo` or more than `hi` above the base of a block,
  /// or the other ones if `negate`; only if [VectorApi#isActive] and [#width] is at most 31.
  ///
  /// @param words one bit for each value; only the first `wordCount` are looked at
  public void narrowRange(int block, int lo, int hi, boolean negate, int wordCount, long[] words) {
    int width = width(block);
    if (width > 0) {
      VectorRanges.narrow(blockAddress(block), width, lo, hi, negate, wordCount, words);
    } else if ((lo > 0 || hi < 0) != negate) {
      Arrays.fill(words, 0, wordCount, 0);
    }
  }

  /// The values of a block, if they and the block's base fit 32 bits and [#width] is at most 31.
  /// All 2048 are written, those beyond the last value are the base.
  public void ints(int block, int[] out) {
    differences(block, out);
    int base = (int) base(block);
    if (base != 0) {
      for (int i = 0; i < BLOCK; i++) {
        out[i] += base;
      }
    }
  }

  /// The sum of all 2048 values of a whole block, modulo 2^64.
  public long sum(int block) {
    int width = width(block);
    long differences = width == 0 ? 0 : Unpacking.sum(blockAddress(block), width);
    return base(block) * BLOCK + differences;
  }

  /// The sum of those of a block's values whose bits are set, modulo 2^64; only if
  /// [VectorApi#isActive] and [#width] is at most 31.
  ///
  /// @param words one bit for each value; only the first `wordCount` are looked at
  public long sum(int block, int wordCount, long[] words) {
    int width = width(block);
    long count = 0;
    for (int w = 0; w < wordCount; w++) {
      count += Long.bitCount(words[w]);
    }
    long differences =
        width == 0 ? 0 : VectorSums.sum(blockAddress(block), width, wordCount, words);
    return base(block) * count + differences;
  }

  /// The values at the given positions, which ascend.
  public void longs(int[] indexes, int length, long[] out) {
    int block = -1;
    int width = 0;
    long base = 0;
    long address = 0;
    for (int i = 0; i < length; i++) {
      int index = indexes[i];
      if (index >>> PackedFormat.BLOCK_SHIFT != block) {
        block = index >>> PackedFormat.BLOCK_SHIFT;
        width = width(block);
        base = base(block);
        address = blockAddress(block);
      }
      out[i] =
          width == 0 ? base : base + ScalarUnpacking.getLong(address, width, index & BLOCK - 1);
    }
  }
}
