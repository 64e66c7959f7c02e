package io.cuvee.segment.packing;

import static io.cuvee.segment.memory.NativeMemory.intAt;
import static io.cuvee.segment.memory.NativeMemory.longAt;
import static io.cuvee.segment.memory.NativeMemory.unsignedByte;
import static io.cuvee.segment.memory.NativeMemory.unsignedShort;
import static io.cuvee.segment.packing.PackedFormat.ROW_BYTES;

/// Decodes values one at a time; layout in [PackedFormat]. A value is read from the row that has
/// its first bit and the row that has its last one, which are the same unless it continues; then
/// what the second read adds lies beyond the mask. So there is no branch, which no processor could
/// foretell. `block` is an address, widths are at least 1, and `index` is a position in the block.
final class ScalarUnpacking {
  private ScalarUnpacking() {}

  static int get8(long block, int width, int index) {
    int bit = (index >>> 8) * width;
    int shift = bit & 7;
    long lane = block + (index & 255);
    int low = unsignedByte(lane + (bit >>> 3) * ROW_BYTES) >>> shift;
    int high = unsignedByte(lane + ((bit + width - 1) >>> 3) * ROW_BYTES) << (8 - shift);
    return (low | high) & ((1 << width) - 1);
  }

  static int get16(long block, int width, int index) {
    int bit = (index >>> 7) * width;
    int shift = bit & 15;
    long lane = block + (index & 127) * 2L;
    int low = unsignedShort(lane + (bit >>> 4) * ROW_BYTES) >>> shift;
    int high = unsignedShort(lane + ((bit + width - 1) >>> 4) * ROW_BYTES) << (16 - shift);
    return (low | high) & ((1 << width) - 1);
  }

  static int get32(long block, int width, int index) {
    int bit = (index >>> 6) * width;
    int shift = bit & 31;
    long lane = block + (index & 63) * 4L;
    int low = intAt(lane + (bit >>> 5) * ROW_BYTES) >>> shift;
    int high = intAt(lane + ((bit + width - 1) >>> 5) * ROW_BYTES) << (32 - shift);
    return (low | high) & (-1 >>> (32 - width));
  }

  static long get64(long block, int width, int index) {
    int bit = (index >>> 5) * width;
    int shift = bit & 63;
    long lane = block + (index & 31) * 8L;
    long low = longAt(lane + (bit >>> 6) * ROW_BYTES) >>> shift;
    long high = longAt(lane + ((bit + width - 1) >>> 6) * ROW_BYTES) << (64 - shift);
    return (low | high) & (-1L >>> (64 - width));
  }

  /// The value at `index` of a block of any width from 1 to 31.
  static int getInt(long block, int width, int index) {
    return width <= 8
        ? get8(block, width, index)
        : width <= 16 ? get16(block, width, index) : get32(block, width, index);
  }

  /// The value at `index` of a block of any width from 1 to 64.
  static long sum(long block, int width) {
    long sum = 0;
    for (int i = 0; i < PackedFormat.BLOCK; i++) {
      sum += getLong(block, width, i);
    }
    return sum;
  }

  static long getLong(long block, int width, int index) {
    return width <= 32 ? getInt(block, width, index) & 0xffffffffL : get64(block, width, index);
  }

  /// Decodes the values `[from, to)` of a block of ints.
  static void ints(long block, int width, int from, int to, int[] out, int offset) {
    switch (PackedFormat.laneBits(width)) {
      case 8 -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = get8(block, width, i);
        }
      }
      case 16 -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = get16(block, width, i);
        }
      }
      default -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = get32(block, width, i);
        }
      }
    }
  }

  /// Decodes the values `[from, to)` of a block of longs, and adds `base`.
  static void longs(long block, int width, long base, int from, int to, long[] out, int offset) {
    switch (PackedFormat.laneBits(width)) {
      case 8 -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = base + get8(block, width, i);
        }
      }
      case 16 -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = base + get16(block, width, i);
        }
      }
      case 32 -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = base + (get32(block, width, i) & 0xffffffffL);
        }
      }
      default -> {
        for (int i = from; i < to; i++) {
          out[offset + i - from] = base + get64(block, width, i);
        }
      }
    }
  }

  /// Decodes a whole block with 8-bit lanes.
  static void bytes(long block, int width, byte[] out) {
    for (int i = 0; i < PackedFormat.BLOCK; i++) {
      out[i] = (byte) get8(block, width, i);
    }
  }

  /// Decodes a whole block with 16-bit lanes.
  static void shorts(long block, int width, short[] out) {
    for (int i = 0; i < PackedFormat.BLOCK; i++) {
      out[i] = (short) get16(block, width, i);
    }
  }
}
