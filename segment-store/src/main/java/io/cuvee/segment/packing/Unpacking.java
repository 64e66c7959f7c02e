package io.cuvee.segment.packing;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

/// Chooses between the scalar and the vector decoder, and cuts ranges into what each does best.
final class Unpacking {
  private Unpacking() {}

  /// Decodes the values `[from, to)` of a block of width 1 to 31.
  static void ints(long block, int width, int from, int to, int[] out, int offset) {
    if (!VectorApi.isActive()) {
      ScalarUnpacking.ints(block, width, from, to, out, offset);
      return;
    }
    int lanes = BLOCK / PackedFormat.laneBits(width);
    int fromPosition = (from + lanes - 1) / lanes;
    int toPosition = to / lanes;
    if (fromPosition >= toPosition) {
      ScalarUnpacking.ints(block, width, from, to, out, offset);
      return;
    }
    int first = fromPosition * lanes;
    int last = toPosition * lanes;
    if (from < first) {
      ScalarUnpacking.ints(block, width, from, first, out, offset);
    }
    VectorUnpacking.ints(block, width, fromPosition, toPosition, out, offset + first - from);
    if (last < to) {
      ScalarUnpacking.ints(block, width, last, to, out, offset + last - from);
    }
  }

  /// Decodes the values `[from, to)` of a block of width 1 to 64, and adds `base`.
  static void longs(long block, int width, long base, int from, int to, long[] out, int offset) {
    if (!VectorApi.isActive()) {
      ScalarUnpacking.longs(block, width, base, from, to, out, offset);
      return;
    }
    int lanes = BLOCK / PackedFormat.laneBits(width);
    int fromPosition = (from + lanes - 1) / lanes;
    int toPosition = to / lanes;
    if (fromPosition >= toPosition) {
      ScalarUnpacking.longs(block, width, base, from, to, out, offset);
      return;
    }
    int first = fromPosition * lanes;
    int last = toPosition * lanes;
    if (from < first) {
      ScalarUnpacking.longs(block, width, base, from, first, out, offset);
    }
    VectorUnpacking.longs(block, width, base, fromPosition, toPosition, out, offset + first - from);
    if (last < to) {
      ScalarUnpacking.longs(block, width, base, last, to, out, offset + last - from);
    }
  }

  /// The sum of all 2048 values of a block of width 1 to 64, modulo 2^64.
  static long sum(long block, int width) {
    return VectorApi.isActive() && width <= 32
        ? VectorSums.sum(block, width)
        : ScalarUnpacking.sum(block, width);
  }

  static void bytes(long block, int width, byte[] out) {
    if (VectorApi.isActive()) {
      VectorUnpacking.bytes(block, width, out);
    } else {
      ScalarUnpacking.bytes(block, width, out);
    }
  }

  static void shorts(long block, int width, short[] out) {
    if (VectorApi.isActive()) {
      VectorUnpacking.shorts(block, width, out);
    } else {
      ScalarUnpacking.shorts(block, width, out);
    }
  }
}
