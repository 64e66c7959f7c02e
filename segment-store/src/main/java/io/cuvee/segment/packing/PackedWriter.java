package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.format.ColumnsWriter;

/// Writes bit-packed ints of one width into the buffer that was begun. Layout: [PackedFormat].
public final class PackedWriter {
  private final ColumnsWriter out;
  private final int width;
  private final long[] block = new long[BLOCK];
  private final byte[] packed;
  private int inBlock;

  public PackedWriter(ColumnsWriter out, int width) {
    this.out = out;
    this.width = width;
    this.packed = new byte[PackedFormat.blockBytes(width)];
  }

  public void add(int value) {
    block[inBlock++] = value;
    if (inBlock == BLOCK) {
      flush();
    }
  }

  private void flush() {
    PackedFormat.pack(block, inBlock, width, packed);
    out.put(packed, 0, packed.length);
    inBlock = 0;
  }

  /// Writes what is left; the caller ends the buffer.
  public void finish() {
    if (inBlock > 0) {
      flush();
    }
  }
}
