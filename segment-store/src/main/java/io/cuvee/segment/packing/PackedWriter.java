package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.format.ColumnsWriter;

/// Writes bit-packed ints of one width into the buffer that was begun. Layout: [PackedFormat].
public final class PackedWriter {
  private PackedWriter() {}

  /// Writes `values[0..count)`, none negative.
  public static void write(int[] values, int count, int width, ColumnsWriter out) {
    BlockPacker packer = new BlockPacker();
    for (int from = 0; from < count; from += BLOCK) {
      int words = packer.pack(values, from, Math.min(BLOCK, count - from), width);
      out.putLongs(packer.words(), words);
    }
  }
}
