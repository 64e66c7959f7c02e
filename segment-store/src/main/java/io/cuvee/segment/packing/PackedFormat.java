package io.cuvee.segment.packing;

/// The layout of bit-packed integers; [BlockPacker] makes it.
///
/// Values come in blocks of 2048, the last one padded with zeros. A block of width `w` bits is `w`
/// rows of 256 bytes. A row is an array of lanes, little-endian integers of `L` bits, where `L` is
/// the smallest of 8, 16, 32 and 64 that is not less than `w`; there are `2048 / L` lanes. Value
/// `i` of a block is in lane `i mod lanes`, at bit `(i div lanes) * w` of that lane's column of
/// bits: row `bit div L`, from bit `bit mod L` upwards, continued in the low bits of the next row
/// where it does not fit. So neighbouring values lie in neighbouring lanes with the same shift, and
/// a register of lanes is decoded with one shift and one mask. Width 0 means that all values are
/// zero; there are no bytes. Blocks follow each other without gaps.
///
/// The layout is the interleaved one of Afroozeh and Boncz, "The FastLanes Compression Layout"
/// (2023), with values in their natural order.
public final class PackedFormat {
  static final int BLOCK_SHIFT = 11;

  /// Values in a block.
  public static final int BLOCK = 1 << BLOCK_SHIFT;

  /// Bytes of a row of lanes; also the bytes that one bit of width costs a block.
  public static final long ROW_BYTES = BLOCK / 8;

  private PackedFormat() {}

  /// Bits that hold every value from 0 to `maximum`, read as unsigned.
  public static int width(long maximum) {
    return Long.SIZE - Long.numberOfLeadingZeros(maximum);
  }

  /// Bits of a lane for this width.
  public static int laneBits(int width) {
    return width <= 8 ? 8 : width <= 16 ? 16 : width <= 32 ? 32 : 64;
  }

  public static int blockCount(int values) {
    return (int) ((values + (BLOCK - 1L)) / BLOCK);
  }

  public static int blockBytes(int width) {
    return width * (BLOCK / 8);
  }

  /// Bytes of all blocks of `values` values that have the same width.
  public static long sizeBytes(int values, int width) {
    return (long) blockCount(values) * blockBytes(width);
  }
}
