package io.cuvee.segment.packing;

import static io.cuvee.segment.memory.NativeMemory.intAt;
import static io.cuvee.segment.memory.NativeMemory.longAt;
import static io.cuvee.segment.memory.NativeMemory.unsignedByte;
import static io.cuvee.segment.memory.NativeMemory.unsignedShort;
import static io.cuvee.segment.packing.PackedFormat.ROW_BYTES;

/// Decodes values one at a time; layout in [PackedFormat]. `block` is an address, widths are at
/// least 1, and `index` is a position in the block.
final class ScalarUnpacking {
  private ScalarUnpacking() {}

  static int get8(long block, int width, int index) {
    int bit = (index >>> 8) * width;
    int shift = bit & 7;
    long at = block + (bit >>> 3) * ROW_BYTES + (index & 255);
    int value = unsignedByte(at) >>> shift;
    if (shift + width > 8) {
      value |= unsignedByte(at + ROW_BYTES) << (8 - shift);
    }
    return value & (1 << width) - 1;
  }

  static int get16(long block, int width, int index) {
    int bit = (index >>> 7) * width;
    int shift = bit & 15;
    long at = block + (bit >>> 4) * ROW_BYTES + (index & 127) * 2L;
    int value = unsignedShort(at) >>> shift;
    if (shift + width > 16) {
      value |= unsignedShort(at + ROW_BYTES) << (16 - shift);
    }
    return value & (1 << width) - 1;
  }

  static int get32(long block, int width, int index) {
    int bit = (index >>> 6) * width;
    int shift = bit & 31;
    long at = block + (bit >>> 5) * ROW_BYTES + (index & 63) * 4L;
    int value = intAt(at) >>> shift;
    if (shift + width > 32) {
      value |= intAt(at + ROW_BYTES) << (32 - shift);
    }
    return value & -1 >>> (32 - width);
  }

  static long get64(long block, int width, int index) {
    int bit = (index >>> 5) * width;
    int shift = bit & 63;
    long at = block + (bit >>> 6) * ROW_BYTES + (index & 31) * 8L;
    long value = longAt(at) >>> shift;
    if (shift + width > 64) {
      value |= longAt(at + ROW_BYTES) << (64 - shift);
    }
    return value & -1L >>> (64 - width);
  }

  /// The value at `index` of a block of any width from 1 to 31.
  static int getInt(long block, int width, int index) {
    return width <= 8
        ? get8(block, width, index)
        : width <= 16 ? get16(block, width, index) : get32(block, width, index);
  }

  /// The value at `index` of a block of any width from 1 to 64.
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
