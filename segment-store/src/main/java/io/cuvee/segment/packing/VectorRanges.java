package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.ROW_BYTES;

import io.cuvee.segment.memory.NativeMemory;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Compares the values of whole blocks with a range by the Vector API, without writing the values
/// anywhere. A word of the mask is 64 values, which share one shift. Loaded only where
/// [VectorApi#isActive].
final class VectorRanges {
  private VectorRanges() {}

  /// Clears the bits of values outside of `[lo, hi]`, or within it if `negate`.
  ///
  /// @param width 1 to 31
  /// @param words one bit for each value; only the first `wordCount` are looked at
  static void narrow(
      long block, int width, int lo, int hi, boolean negate, int wordCount, long[] words) {
    NativeMemory.check(block, PackedFormat.blockBytes(width));
    switch (PackedFormat.laneBits(width)) {
      case 8 -> narrow8(block, width, lo, hi, negate, wordCount, words);
      case 16 -> narrow16(block, width, lo, hi, negate, wordCount, words);
      default -> narrow32(block, width, lo, hi, negate, wordCount, words);
    }
  }

  private static void narrow8(
      long block, int width, int lo, int hi, boolean negate, int wordCount, long[] words) {
    long flip = negate ? 0 : -1L;
    int mask = (1 << width) - 1;
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      if (in == 0) {
        continue;
      }
      int bit = (w >>> 2) * width;
      int shift = bit & 7;
      long row = block + (bit >>> 3) * ROW_BYTES + (w & 3) * 64L;
      long outside = 0;
      if (shift + width <= 8) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          outside |=
              outside(
                      VectorUnpacking.wide8(row + lane)
                          .lanewise(VectorOperators.LSHR, shift)
                          .and(mask),
                      lo,
                      hi)
                  << lane;
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          outside |= outside(VectorUnpacking.joined8(row + lane, shift).and(mask), lo, hi) << lane;
        }
      }
      words[w] = in & (outside ^ flip);
    }
  }

  private static void narrow16(
      long block, int width, int lo, int hi, boolean negate, int wordCount, long[] words) {
    long flip = negate ? 0 : -1L;
    int mask = (1 << width) - 1;
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      if (in == 0) {
        continue;
      }
      int bit = (w >>> 1) * width;
      int shift = bit & 15;
      long row = block + (bit >>> 4) * ROW_BYTES + (w & 1) * 128L;
      long outside = 0;
      if (shift + width <= 16) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          outside |=
              outside(
                      VectorUnpacking.wide16(row + lane * 2L)
                          .lanewise(VectorOperators.LSHR, shift)
                          .and(mask),
                      lo,
                      hi)
                  << lane;
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          outside |=
              outside(VectorUnpacking.joined16(row + lane * 2L, shift).and(mask), lo, hi) << lane;
        }
      }
      words[w] = in & (outside ^ flip);
    }
  }

  private static void narrow32(
      long block, int width, int lo, int hi, boolean negate, int wordCount, long[] words) {
    long flip = negate ? 0 : -1L;
    int mask = -1 >>> (32 - width);
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      if (in == 0) {
        continue;
      }
      int bit = w * width;
      int shift = bit & 31;
      long row = block + (bit >>> 5) * ROW_BYTES;
      long outside = 0;
      if (shift + width <= 32) {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          outside |=
              outside(
                      VectorUnpacking.load32(row + lane * 4L)
                          .lanewise(VectorOperators.LSHR, shift)
                          .and(mask),
                      lo,
                      hi)
                  << lane;
        }
      } else {
        for (int lane = 0; lane < 64; lane += VectorUnpacking.INT_LANES) {
          outside |=
              outside(VectorUnpacking.joined32(row + lane * 4L, shift).and(mask), lo, hi) << lane;
        }
      }
      words[w] = in & (outside ^ flip);
    }
  }

  /// A bit for each value that is less or greater; these need one comparison each, where the
  /// opposites need two operations.
  private static long outside(IntVector values, int lo, int hi) {
    return values
        .compare(VectorOperators.LT, lo)
        .or(values.compare(VectorOperators.GT, hi))
        .toLong();
  }
}
