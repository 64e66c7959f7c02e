package io.cuvee.segment.packing;

import static io.cuvee.segment.memory.NativeMemory.ALL;
import static io.cuvee.segment.packing.PackedFormat.ROW_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.cuvee.segment.memory.NativeMemory;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Decodes registers of lanes with the Vector API; layout in [PackedFormat]. `positions` are rows
/// of values: those that have the same shift, one for each lane. Loaded only where [Unpacking]
/// chose it.
final class VectorUnpacking {
  /// The machine's registers, as far as kernels gain by their width.
  private static final int BITS = Math.min(512, IntVector.SPECIES_PREFERRED.vectorBitSize());

  static final VectorSpecies<Integer> INTS = species(int.class, BITS);
  private static final VectorSpecies<Long> LONGS = species(long.class, BITS);
  private static final VectorSpecies<Short> SHORTS = species(short.class, BITS);
  private static final VectorSpecies<Byte> BYTES = species(byte.class, BITS);

  /// As many as [#INTS] are.
  private static final VectorSpecies<Short> HALF_SHORTS = species(short.class, BITS / 2);

  private static final VectorSpecies<Byte> QUARTER_BYTES = species(byte.class, BITS / 4);

  static final int INT_LANES = BITS / Integer.SIZE;
  private static final int LONG_LANES = BITS / Long.SIZE;
  private static final int SHORT_LANES = BITS / Short.SIZE;
  private static final int BYTE_LANES = BITS / Byte.SIZE;

  private static final ThreadLocal<int[]> NARROW =
      ThreadLocal.withInitial(() -> new int[PackedFormat.BLOCK]);

  private VectorUnpacking() {}

  private static <E> VectorSpecies<E> species(Class<E> type, int bits) {
    return VectorSpecies.of(type, VectorShape.forBitSize(bits));
  }

  /// Decodes positions of a block of ints.
  static void ints(long block, int width, int fromPosition, int toPosition, int[] out, int offset) {
    NativeMemory.check(block, PackedFormat.blockBytes(width));
    switch (PackedFormat.laneBits(width)) {
      case 8 -> ints8(block, width, fromPosition, toPosition, out, offset);
      case 16 -> ints16(block, width, fromPosition, toPosition, out, offset);
      default -> ints32(block, width, fromPosition, toPosition, out, offset);
    }
  }

  /// Decodes positions of a block of longs, and adds `base`. Widths below 32 are decoded as ints
  /// and widened by a loop that the compiler vectorises: a kernel of its own for each lane width
  /// would be too large to be inlined reliably, and vectors that are not are boxed.
  static void longs(
      long block, int width, long base, int fromPosition, int toPosition, long[] out, int offset) {
    if (width > 31) {
      NativeMemory.check(block, PackedFormat.blockBytes(width));
      if (width == 32) {
        longs32(block, base, fromPosition, toPosition, out, offset);
      } else {
        longs64(block, width, base, fromPosition, toPosition, out, offset);
      }
      return;
    }
    int count = (toPosition - fromPosition) * (PackedFormat.BLOCK / PackedFormat.laneBits(width));
    int[] narrow = NARROW.get();
    ints(block, width, fromPosition, toPosition, narrow, 0);
    for (int i = 0; i < count; i++) {
      out[offset + i] = base + narrow[i];
    }
  }

  private static void ints8(long block, int width, int from, int to, int[] out, int offset) {
    int mask = (1 << width) - 1;
    int o = offset;
    for (int position = from; position < to; position++, o += 256) {
      int bit = position * width;
      int shift = bit & 7;
      long row = block + (bit >>> 3) * ROW_BYTES;
      if (shift + width <= 8) {
        for (int lane = 0; lane < 256; lane += INT_LANES) {
          wide8(row + lane)
              .lanewise(VectorOperators.LSHR, shift)
              .and(mask)
              .intoArray(out, o + lane);
        }
      } else {
        for (int lane = 0; lane < 256; lane += INT_LANES) {
          joined8(row + lane, shift).and(mask).intoArray(out, o + lane);
        }
      }
    }
  }

  private static void ints16(long block, int width, int from, int to, int[] out, int offset) {
    int mask = (1 << width) - 1;
    int o = offset;
    for (int position = from; position < to; position++, o += 128) {
      int bit = position * width;
      int shift = bit & 15;
      long row = block + (bit >>> 4) * ROW_BYTES;
      if (shift + width <= 16) {
        for (int lane = 0; lane < 128; lane += INT_LANES) {
          wide16(row + lane * 2L)
              .lanewise(VectorOperators.LSHR, shift)
              .and(mask)
              .intoArray(out, o + lane);
        }
      } else {
        for (int lane = 0; lane < 128; lane += INT_LANES) {
          joined16(row + lane * 2L, shift).and(mask).intoArray(out, o + lane);
        }
      }
    }
  }

  private static void ints32(long block, int width, int from, int to, int[] out, int offset) {
    int mask = -1 >>> (32 - width);
    int o = offset;
    for (int position = from; position < to; position++, o += 64) {
      int bit = position * width;
      int shift = bit & 31;
      long row = block + (bit >>> 5) * ROW_BYTES;
      if (shift + width <= 32) {
        for (int lane = 0; lane < 64; lane += INT_LANES) {
          load32(row + lane * 4L)
              .lanewise(VectorOperators.LSHR, shift)
              .and(mask)
              .intoArray(out, o + lane);
        }
      } else {
        for (int lane = 0; lane < 64; lane += INT_LANES) {
          joined32(row + lane * 4L, shift).and(mask).intoArray(out, o + lane);
        }
      }
    }
  }

  private static void longs32(long block, long base, int from, int to, long[] out, int offset) {
    int o = offset;
    for (int at = from * 64; at < to * 64; at += INT_LANES, o += INT_LANES) {
      IntVector values = load32(block + at * 4L);
      ((LongVector) values.convertShape(VectorOperators.ZERO_EXTEND_I2L, LONGS, 0))
          .add(base)
          .intoArray(out, o);
      ((LongVector) values.convertShape(VectorOperators.ZERO_EXTEND_I2L, LONGS, 1))
          .add(base)
          .intoArray(out, o + LONG_LANES);
    }
  }

  private static void longs64(
      long block, int width, long base, int from, int to, long[] out, int offset) {
    long mask = -1L >>> (64 - width);
    int o = offset;
    for (int position = from; position < to; position++, o += 32) {
      int bit = position * width;
      int shift = bit & 63;
      long row = block + (bit >>> 6) * ROW_BYTES;
      if (shift + width <= 64) {
        for (int lane = 0; lane < 32; lane += LONG_LANES) {
          LongVector.fromMemorySegment(LONGS, ALL, row + lane * 8L, LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, shift)
              .and(mask)
              .add(base)
              .intoArray(out, o + lane);
        }
      } else {
        for (int lane = 0; lane < 32; lane += LONG_LANES) {
          LongVector.fromMemorySegment(LONGS, ALL, row + lane * 8L, LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, shift)
              .or(
                  LongVector.fromMemorySegment(
                          LONGS, ALL, row + ROW_BYTES + lane * 8L, LITTLE_ENDIAN)
                      .lanewise(VectorOperators.LSHL, 64 - shift))
              .and(mask)
              .add(base)
              .intoArray(out, o + lane);
        }
      }
    }
  }

  /// Decodes a whole block with 8-bit lanes. The shifts work on 16-bit lanes, as there are none for
  /// bytes; the masks drop what moved in from the neighbour.
  static void bytes(long block, int width, byte[] out) {
    NativeMemory.check(block, PackedFormat.blockBytes(width));
    byte mask = (byte) ((1 << width) - 1);
    for (int position = 0; position < 8; position++) {
      int bit = position * width;
      int shift = bit & 7;
      long row = block + (bit >>> 3) * ROW_BYTES;
      int o = position * 256;
      if (shift + width <= 8) {
        for (int lane = 0; lane < 256; lane += BYTE_LANES) {
          shifted8(row + lane, shift).and(mask).intoArray(out, o + lane);
        }
      } else {
        byte low = (byte) (0xff >>> shift);
        byte high = (byte) (mask & ~low);
        for (int lane = 0; lane < 256; lane += BYTE_LANES) {
          ByteVector next =
              ByteVector.fromMemorySegment(BYTES, ALL, row + ROW_BYTES + lane, LITTLE_ENDIAN)
                  .reinterpretAsShorts()
                  .lanewise(VectorOperators.LSHL, 8 - shift)
                  .reinterpretAsBytes();
          shifted8(row + lane, shift).and(low).or(next.and(high)).intoArray(out, o + lane);
        }
      }
    }
  }

  /// Decodes a whole block with 16-bit lanes.
  static void shorts(long block, int width, short[] out) {
    NativeMemory.check(block, PackedFormat.blockBytes(width));
    short mask = (short) ((1 << width) - 1);
    for (int position = 0; position < 16; position++) {
      int bit = position * width;
      int shift = bit & 15;
      long row = block + (bit >>> 4) * ROW_BYTES;
      int o = position * 128;
      if (shift + width <= 16) {
        for (int lane = 0; lane < 128; lane += SHORT_LANES) {
          ShortVector.fromMemorySegment(SHORTS, ALL, row + lane * 2L, LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, shift)
              .and(mask)
              .intoArray(out, o + lane);
        }
      } else {
        for (int lane = 0; lane < 128; lane += SHORT_LANES) {
          ShortVector.fromMemorySegment(SHORTS, ALL, row + lane * 2L, LITTLE_ENDIAN)
              .lanewise(VectorOperators.LSHR, shift)
              .or(
                  ShortVector.fromMemorySegment(
                          SHORTS, ALL, row + ROW_BYTES + lane * 2L, LITTLE_ENDIAN)
                      .lanewise(VectorOperators.LSHL, 16 - shift))
              .and(mask)
              .intoArray(out, o + lane);
        }
      }
    }
  }

  private static ByteVector shifted8(long address, int shift) {
    return ByteVector.fromMemorySegment(BYTES, ALL, address, LITTLE_ENDIAN)
        .reinterpretAsShorts()
        .lanewise(VectorOperators.LSHR, shift)
        .reinterpretAsBytes();
  }

  static IntVector wide8(long address) {
    return (IntVector)
        ByteVector.fromMemorySegment(QUARTER_BYTES, ALL, address, LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  static IntVector joined8(long address, int shift) {
    return wide8(address)
        .lanewise(VectorOperators.LSHR, shift)
        .or(wide8(address + ROW_BYTES).lanewise(VectorOperators.LSHL, 8 - shift));
  }

  static IntVector wide16(long address) {
    return (IntVector)
        ShortVector.fromMemorySegment(HALF_SHORTS, ALL, address, LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
  }

  static IntVector joined16(long address, int shift) {
    return wide16(address)
        .lanewise(VectorOperators.LSHR, shift)
        .or(wide16(address + ROW_BYTES).lanewise(VectorOperators.LSHL, 16 - shift));
  }

  static IntVector load32(long address) {
    return IntVector.fromMemorySegment(INTS, ALL, address, LITTLE_ENDIAN);
  }

  static IntVector joined32(long address, int shift) {
    return load32(address)
        .lanewise(VectorOperators.LSHR, shift)
        .or(load32(address + ROW_BYTES).lanewise(VectorOperators.LSHL, 32 - shift));
  }
}
