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

  /// Writes `values[0..count)` as [BufferKind#PACKED_VALUES] and [BufferKind#FRAMES].
  public static void write(long[] values, int count, ColumnsWriter out, String column) {
    Writer writer = new Writer(count, out);
    for (int from = 0; from < count; from += BLOCK) {
      writer.add(values, from, Math.min(BLOCK, count - from));
    }
    writer.end(column);
  }

  /// Writes values block by block, from its making to [#end] the only user of the file.
  public static final class Writer {
    private final BlockPacker packer = new BlockPacker();
    private final ColumnsWriter out;
    private final long[] bases;
    private final int[] widthSums;
    private int block;

    /// @param count values that will come
    public Writer(int count, ColumnsWriter out) {
      this.out = out;
      this.bases = new long[PackedFormat.blockCount(count)];
      this.widthSums = new int[bases.length + 1];
      out.begin();
    }

    /// Adds a block, `values[from..from + length)`; it is whole unless it is the last.
    public void add(long[] values, int from, int length) {
      long min = values[from];
      long max = values[from];
      for (int i = from + 1; i < from + length; i++) {
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
      }
      int width = PackedFormat.width(max - min);
      out.putLongs(packer.words(), packer.pack(values, from, length, min, width));
      bases[block] = min;
      widthSums[block + 1] = widthSums[block] + width;
      block++;
    }

    /// Bytes of both buffers, when all blocks are there.
    public long sizeBytes() {
      return widthSums[block] * PackedFormat.ROW_BYTES
          + (long) Long.BYTES * bases.length
          + (long) Integer.BYTES * widthSums.length;
    }

    public void end(String column) {
      out.end(column, BufferKind.PACKED_VALUES);
      out.begin();
      out.putLongs(bases, bases.length);
      out.putInts(widthSums, widthSums.length);
      out.end(column, BufferKind.FRAMES);
    }
  }

  /// Bytes of the packed differences of `values[0..count)`.
  public static long sizeBytes(long[] values, int count) {
    long bytes = 0;
    for (int from = 0; from < count; from += BLOCK) {
      long min = values[from];
      long max = values[from];
      for (int i = from + 1; i < Math.min(count, from + BLOCK); i++) {
        min = Math.min(min, values[i]);
        max = Math.max(max, values[i]);
      }
      bytes += PackedFormat.blockBytes(PackedFormat.width(max - min));
    }
    return bytes;
  }
}
