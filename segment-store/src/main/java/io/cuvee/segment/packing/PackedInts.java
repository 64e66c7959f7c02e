package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import java.util.Arrays;

/// Mapped bit-packed non-negative ints of one width. Positions are trusted: callers check them once
/// a block. Layout: [PackedFormat]. Thread-safe; allocates nothing.
public final class PackedInts implements NarrowInts {
  private final long address;
  private final int width;
  private final int count;

  /// @param address of the first block
  /// @param width 0 to 31 bits
  /// @param count values; the last block is padded
  public PackedInts(long address, int width, int count) {
    this.address = address;
    this.width = width;
    this.count = count;
  }

  public int width() {
    return width;
  }

  @Override
  public int laneBits() {
    return PackedFormat.laneBits(width);
  }

  public int count() {
    return count;
  }

  /// Where block `block` begins; meaningless if the width is 0. With a width of 8 or 16 the block
  /// is a plain array.
  public long blockAddress(int block) {
    return address + (long) block * PackedFormat.blockBytes(width);
  }

  public int get(int index) {
    return width == 0
        ? 0
        : ScalarUnpacking.getInt(
            blockAddress(index >>> PackedFormat.BLOCK_SHIFT), width, index & BLOCK - 1);
  }

  /// The values of consecutive positions.
  public void ints(int from, int length, int[] out) {
    ints(from, length, out, 0);
  }

  public void ints(int from, int length, int[] out, int offset) {
    if (width == 0) {
      Arrays.fill(out, offset, offset + length, 0);
      return;
    }
    int end = from + length;
    for (int at = from; at < end; ) {
      int block = at >>> PackedFormat.BLOCK_SHIFT;
      int start = block * BLOCK;
      int stop = (int) Math.min(end, start + (long) BLOCK);
      Unpacking.ints(blockAddress(block), width, at - start, stop - start, out, offset + at - from);
      at = stop;
    }
  }

  /// The values at the given positions.
  public void ints(int[] indexes, int length, int[] out) {
    if (width == 0) {
      Arrays.fill(out, 0, length, 0);
    } else if (width <= 8) {
      for (int i = 0; i < length; i++) {
        int index = indexes[i];
        out[i] =
            ScalarUnpacking.get8(
                blockAddress(index >>> PackedFormat.BLOCK_SHIFT), width, index & BLOCK - 1);
      }
    } else if (width <= 16) {
      for (int i = 0; i < length; i++) {
        int index = indexes[i];
        out[i] =
            ScalarUnpacking.get16(
                blockAddress(index >>> PackedFormat.BLOCK_SHIFT), width, index & BLOCK - 1);
      }
    } else {
      for (int i = 0; i < length; i++) {
        int index = indexes[i];
        out[i] =
            ScalarUnpacking.get32(
                blockAddress(index >>> PackedFormat.BLOCK_SHIFT), width, index & BLOCK - 1);
      }
    }
  }

  /// As [#ints(int, int, int[])], widened; for callers that then replace each id by a long.
  public void widened(int from, int length, long[] out) {
    if (width == 0) {
      Arrays.fill(out, 0, length, 0);
      return;
    }
    int end = from + length;
    for (int at = from; at < end; ) {
      int block = at >>> PackedFormat.BLOCK_SHIFT;
      int start = block * BLOCK;
      int stop = (int) Math.min(end, start + (long) BLOCK);
      Unpacking.longs(blockAddress(block), width, 0, at - start, stop - start, out, at - from);
      at = stop;
    }
  }

  @Override
  public void bytes(int block, byte[] out) {
    if (width == 0) {
      Arrays.fill(out, 0, BLOCK, (byte) 0);
    } else {
      Unpacking.bytes(blockAddress(block), width, out);
    }
  }

  @Override
  public void shorts(int block, short[] out) {
    Unpacking.shorts(blockAddress(block), width, out);
  }
}
