package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.ROW_BYTES;

import io.cuvee.segment.memory.NativeMemory;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Sums of whole blocks with the Vector API, without writing the values anywhere. Loaded only where
/// [Unpacking] chose it.
final class VectorSums {
  /// AVX-512 has masks of its own; elsewhere a mask is a vector, which is long in the making from
  /// bits.
  private static final boolean HAS_MASK_REGISTERS = VectorUnpacking.INT_LANES == 16;

  private static final IntVector LANE_BITS =
      IntVector.broadcast(VectorUnpacking.INTS, 1)
          .lanewise(VectorOperators.LSHL, IntVector.zero(VectorUnpacking.INTS).addIndex(1));

  private VectorSums() {}

  /// The sum of the 2048 values of a block of width 1 to 32.
  static long sum(long block, int width) {
    NativeMemory.check(block, PackedFormat.blockBytes(width));
    return switch (PackedFormat.laneBits(width)) {
      case 8 -> sum8(block, width);
      case 16 -> sum16(block, width);
      default -> sum32(block, width);
    };
  }

  private static long sum8(long block, int width) {
    int mask = (1 << width) - 1;
    IntVector sums = IntVector.zero(VectorUnpacking.INTS);
    for (int position = 0; position < 8; position++) {
      int bit = position * width;
      int shift = bit & 7;
      long row = block + (bit >>> 3) * ROW_BYTES;
      if (shift + width <= 8) {
        for (int lane = 0; lane < 256; lane += VectorUnpacking.INT_LANES) {
          sums =
              sums.add(
                  VectorUnpacking.wide8(row + lane)
                      .lanewise(VectorOperators.LSHR, shift)
                      .and(mask));
        }
      } else {
        for (int lane = 0; lane < 256; lane += VectorUnpacking.INT_LANES) {
          sums = sums.add(VectorUnpacking.joined8(row + lane, shift).and(mask));
        }
      }
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  private static long sum16(long block, int width) {
    int mask = (1 << width) - 1;
    IntVector sums = IntVector.zero(VectorUnpacking.INTS);
    for (int position = 0; position < 16; position++) {
      int bit = position * width;
      int shift = bit & 15;
      long row = block + (bit >>> 4) * ROW_BYTES;
      if (shift + width <= 16) {
        for (int lane = 0; lane < 128; lane += VectorUnpacking.INT_LANES) {
          sums =
              sums.add(
                  VectorUnpacking.wide16(row + lane * 2L)
                      .lanewise(VectorOperators.LSHR, shift)
                      .and(mask));
        }
      } else {
        for (int lane = 0; lane < 128; lane += VectorUnpacking.INT_LANES) {
          sums = sums.add(VectorUnpacking.joined16(row + lane * 2L, shift).and(mask));
        }
      }
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  /// Both halves of the values have sums of their own, which cannot overflow.
  private static long sum32(long block, int width) {
    int mask = -1 >>> (32 - width);
    IntVector low = IntVector.zero(VectorUnpacking.INTS);
    IntVector high = IntVector.zero(VectorUnpacking.INTS);
    for (int position = 0; position < 32; position++) {
      int bit = position * width;
      int shift = bit & 31;
      long row = block + (bit >>> 5) * ROW_BYTES;
      if (shift + width <= 32) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          IntVector values =
              VectorUnpacking.load32(row + lane * 4L)
                  .lanewise(VectorOperators.LSHR, shift)
                  .and(mask);
          low = low.add(values.and(0xffff));
          high = high.add(values.lanewise(VectorOperators.LSHR, 16));
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          IntVector values = VectorUnpacking.joined32(row + lane * 4L, shift).and(mask);
          low = low.add(values.and(0xffff));
          high = high.add(values.lanewise(VectorOperators.LSHR, 16));
        }
      }
    }
    return low.reduceLanes(VectorOperators.ADD)
        + ((long) high.reduceLanes(VectorOperators.ADD) << 16);
  }

  /// The sum of those of the values of a block of width 1 to 31 whose bits are set. A word is 64
  /// values, which share one shift.
  static long sum(long block, int width, int wordCount, long[] words) {
    NativeMemory.check(block, PackedFormat.blockBytes(width));
    return switch (PackedFormat.laneBits(width)) {
      case 8 -> sum8(block, width, wordCount, words);
      case 16 -> sum16(block, width, wordCount, words);
      default -> sum32(block, width, wordCount, words);
    };
  }

  private static long sum8(long block, int width, int wordCount, long[] words) {
    int mask = (1 << width) - 1;
    IntVector sums = IntVector.zero(VectorUnpacking.INTS);
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      int bit = (w >>> 2) * width;
      int shift = bit & 7;
      long row = block + (bit >>> 3) * ROW_BYTES + (w & 3) * 64L;
      if (shift + width <= 8) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          sums =
              sums.add(
                  VectorUnpacking.wide8(row + lane).lanewise(VectorOperators.LSHR, shift).and(mask),
                  lanes(in, lane));
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          sums = sums.add(VectorUnpacking.joined8(row + lane, shift).and(mask), lanes(in, lane));
        }
      }
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  private static long sum16(long block, int width, int wordCount, long[] words) {
    int mask = (1 << width) - 1;
    IntVector sums = IntVector.zero(VectorUnpacking.INTS);
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      int bit = (w >>> 1) * width;
      int shift = bit & 15;
      long row = block + (bit >>> 4) * ROW_BYTES + (w & 1) * 128L;
      if (shift + width <= 16) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          sums =
              sums.add(
                  VectorUnpacking.wide16(row + lane * 2L)
                      .lanewise(VectorOperators.LSHR, shift)
                      .and(mask),
                  lanes(in, lane));
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          sums =
              sums.add(VectorUnpacking.joined16(row + lane * 2L, shift).and(mask), lanes(in, lane));
        }
      }
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  private static long sum32(long block, int width, int wordCount, long[] words) {
    int mask = -1 >>> (32 - width);
    IntVector low = IntVector.zero(VectorUnpacking.INTS);
    IntVector high = IntVector.zero(VectorUnpacking.INTS);
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      int bit = w * width;
      int shift = bit & 31;
      long row = block + (bit >>> 5) * ROW_BYTES;
      if (shift + width <= 32) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          VectorMask<Integer> lanes = lanes(in, lane);
          IntVector values =
              VectorUnpacking.load32(row + lane * 4L)
                  .lanewise(VectorOperators.LSHR, shift)
                  .and(mask);
          low = low.add(values.and(0xffff), lanes);
          high = high.add(values.lanewise(VectorOperators.LSHR, 16), lanes);
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          VectorMask<Integer> lanes = lanes(in, lane);
          IntVector values = VectorUnpacking.joined32(row + lane * 4L, shift).and(mask);
          low = low.add(values.and(0xffff), lanes);
          high = high.add(values.lanewise(VectorOperators.LSHR, 16), lanes);
        }
      }
    }
    return low.reduceLanes(VectorOperators.ADD)
        + ((long) high.reduceLanes(VectorOperators.ADD) << 16);
  }

  /// The lanes of a register that begins at this bit of a word.
  private static VectorMask<Integer> lanes(long word, int from) {
    return HAS_MASK_REGISTERS
        ? VectorMask.fromLong(VectorUnpacking.INTS, word >>> from)
        : LANE_BITS.and((int) (word >>> from)).compare(VectorOperators.NE, 0);
  }
}
