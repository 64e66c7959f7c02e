package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;

/// The layout of longs by frame of reference, and its writer.
///
/// Each block of 2048 values has a base, its smallest value, and holds the differences from it,
/// unsigned, bit-packed as in [PackedFormat] in as many bits as the largest needs, 0 to 64. The
/// frames are: the bases of all blocks (64 bits each), then for each block the sum of the widths of
/// the blocks before it (32 bits), and the sum of all. A block's bits begin at this sum times 256
/// bytes. A value that is SQL NULL holds an arbitrary value of its block.
public final class FrameFormat {
  private FrameFormat() {}

  /// Collects values and writes [BufferKind#PACKED_VALUES] and [BufferKind#FRAMES].
  public static final class Writer {
    private final ColumnsWriter out;
    private final long[] block = new long[BLOCK];
    private final byte[] packed = new byte[PackedFormat.blockBytes(Long.SIZE)];
    private final long[] bases;
    private final int[] widthSums;
    private int inBlock;
    private int blocks;

    /// @param valueCount how many values will come
    public Writer(ColumnsWriter out, int valueCount) {
      this.out = out;
      this.bases = new long[PackedFormat.blockCount(valueCount)];
      this.widthSums = new int[bases.length + 1];
      out.begin();
    }

    public void add(long value) {
      block[inBlock++] = value;
      if (inBlock == BLOCK) {
        flush();
      }
    }

    /// Adds a place for SQL NULL.
    public void addNull() {
      add(inBlock == 0 ? 0 : block[inBlock - 1]);
    }

    private void flush() {
      long min = block[0];
      long max = block[0];
      for (int i = 1; i < inBlock; i++) {
        min = Math.min(min, block[i]);
        max = Math.max(max, block[i]);
      }
      for (int i = 0; i < inBlock; i++) {
        block[i] -= min;
      }
      int width = PackedFormat.width(max - min);
      PackedFormat.pack(block, inBlock, width, packed);
      out.put(packed, 0, PackedFormat.blockBytes(width));
      bases[blocks] = min;
      widthSums[blocks + 1] = widthSums[blocks] + width;
      blocks++;
      inBlock = 0;
    }

    /// Writes what is left and ends both buffers.
    public void finish(String column) {
      if (inBlock > 0) {
        flush();
      }
      out.end(column, BufferKind.PACKED_VALUES);
      out.begin();
      out.putLongs(bases, bases.length);
      out.putInts(widthSums, widthSums.length);
      out.end(column, BufferKind.FRAMES);
    }
  }
}
