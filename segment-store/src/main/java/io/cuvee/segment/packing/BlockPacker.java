package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import java.util.Arrays;

/// Packs blocks into the layout of [PackedFormat]. Values are first laid into lanes of their width,
/// then whole words of lanes are shifted at once, which no value crosses: bits that would are
/// masked and go to the next row. Holds the memory for it; not thread-safe.
public final class BlockPacker {
  /// Words of a row of lanes.
  private static final int ROW_WORDS = (int) (PackedFormat.ROW_BYTES / Long.BYTES);

  private final long[] lanes = new long[BLOCK];
  private final long[] packed = new long[BLOCK];
  private final int[] padded = new int[BLOCK];

  /// What was packed last; from index 0, as many words as was said.
  public long[] words() {
    return packed;
  }

  /// Packs `values[from..from + count)`, none negative and all within `width` bits.
  ///
  /// @param count at most 2048; zeros follow
  /// @param width 0 to 31
  /// @return words
  public int pack(int[] values, int from, int count, int width) {
    int[] block = values;
    int start = from;
    if (count < BLOCK) {
      System.arraycopy(values, from, padded, 0, count);
      Arrays.fill(padded, count, BLOCK, 0);
      block = padded;
      start = 0;
    }
    switch (PackedFormat.laneBits(width)) {
      case 8 -> lay8(block, start);
      case 16 -> lay16(block, start);
      default -> lay32(block, start);
    }
    return shift(width);
  }

  /// Packs the differences of `values[from..from + count)` from `base`, unsigned.
  ///
  /// @param count at most 2048; zeros follow
  /// @param width 0 to 64
  /// @return words
  public int pack(long[] values, int from, int count, long base, int width) {
    if (width < Integer.SIZE) {
      for (int i = 0; i < count; i++) {
        padded[i] = (int) (values[from + i] - base);
      }
      return pack(padded, 0, count, width);
    }
    if (width == Integer.SIZE) {
      for (int i = 0; i < BLOCK / 2; i++) {
        long low = 2 * i < count ? values[from + 2 * i] - base : 0;
        long high = 2 * i + 1 < count ? values[from + 2 * i + 1] - base : 0;
        lanes[i] = low | high << 32;
      }
    } else {
      for (int i = 0; i < count; i++) {
        lanes[i] = values[from + i] - base;
      }
      Arrays.fill(lanes, count, BLOCK, 0);
    }
    return shift(width);
  }

  private void lay8(int[] values, int from) {
    for (int word = 0, at = from; word < BLOCK / 8; word++, at += 8) {
      int low = values[at] | values[at + 1] << 8 | values[at + 2] << 16 | values[at + 3] << 24;
      int high = values[at + 4] | values[at + 5] << 8 | values[at + 6] << 16 | values[at + 7] << 24;
      lanes[word] = low & 0xffff_ffffL | (long) high << 32;
    }
  }

  private void lay16(int[] values, int from) {
    for (int word = 0, at = from; word < BLOCK / 4; word++, at += 4) {
      int low = values[at] | values[at + 1] << 16;
      int high = values[at + 2] | values[at + 3] << 16;
      lanes[word] = low & 0xffff_ffffL | (long) high << 32;
    }
  }

  private void lay32(int[] values, int from) {
    for (int word = 0, at = from; word < BLOCK / 2; word++, at += 2) {
      lanes[word] = values[at] | (long) values[at + 1] << 32;
    }
  }

  private int shift(int width) {
    int words = width * ROW_WORDS;
    Arrays.fill(packed, 0, words, 0);
    int laneBits = PackedFormat.laneBits(width);
    for (int position = 0; width > 0 && position < laneBits; position++) {
      int bit = position * width;
      int shift = bit % laneBits;
      int row = bit / laneBits * ROW_WORDS;
      int from = position * ROW_WORDS;
      int rest = shift + width - laneBits;
      if (rest <= 0) {
        for (int i = 0; i < ROW_WORDS; i++) {
          packed[row + i] |= lanes[from + i] << shift;
        }
      } else {
        long low = inEachLane(width - rest, laneBits);
        long high = inEachLane(rest, laneBits);
        for (int i = 0; i < ROW_WORDS; i++) {
          packed[row + i] |= (lanes[from + i] & low) << shift;
        }
        for (int i = 0; i < ROW_WORDS; i++) {
          packed[row + ROW_WORDS + i] |= lanes[from + i] >>> laneBits - shift & high;
        }
      }
    }
    return words;
  }

  /// The lowest `bits` of each lane set; 1 to 63 of them.
  private static long inEachLane(int bits, int laneBits) {
    long mask = 0;
    for (int lane = 0; lane < Long.SIZE; lane += laneBits) {
      mask |= (1L << bits) - 1 << lane;
    }
    return mask;
  }
}
