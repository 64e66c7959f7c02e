package io.cuvee.segment.alp;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.memory.NativeMemory;
import io.cuvee.segment.packing.FramedLongs;

/// Mapped doubles or floats as scaled integers. Positions are trusted. Layout: [AlpFormat].
/// Thread-safe; allocates nothing after the first call of a thread.
public final class AlpDoubles {
  private static final ThreadLocal<int[]> INTS = ThreadLocal.withInitial(() -> new int[BLOCK]);
  private static final ThreadLocal<long[]> LONGS = ThreadLocal.withInitial(() -> new long[BLOCK]);

  /// Fewer values are found one by one rather than by decoding their block.
  private static final int FEW = 64;

  private final FramedLongs integers;
  private final long blocks;
  private final long exceptions;
  private final long positions;
  private final boolean isFloat;

  /// @param blocks address of their descriptions
  /// @param blockCount how many
  /// @param exceptions address of the exceptions
  public AlpDoubles(
      FramedLongs integers, long blocks, int blockCount, long exceptions, boolean isFloat) {
    this.integers = integers;
    this.blocks = blocks;
    this.exceptions = exceptions;
    this.positions =
        exceptions
            + (long) Double.BYTES
                * NativeMemory.intAt(blocks + (long) AlpFormat.BLOCK_BYTES * blockCount);
    this.isFloat = isFloat;
  }

  private long description(int block) {
    return NativeMemory.longAt(blocks + (long) AlpFormat.BLOCK_BYTES * block);
  }

  /// The first exception of a block, or of the blocks from it on.
  private int firstException(int block) {
    return NativeMemory.intAt(blocks + (long) AlpFormat.BLOCK_BYTES * block);
  }

  private double exception(int index) {
    return NativeMemory.doubleAt(exceptions + (long) Double.BYTES * index);
  }

  private int position(int exception) {
    return NativeMemory.unsignedShort(positions + (long) Short.BYTES * exception);
  }

  public double get(int index) {
    int block = index / BLOCK;
    int from = firstException(block);
    int to = firstException(block + 1);
    if (from < to) {
      int found = find(index % BLOCK, from, to);
      if (found >= 0) {
        return exception(found);
      }
    }
    return decode(integers.get(index), description(block));
  }

  private double decode(long integer, long description) {
    int digits = AlpFormat.digits(description);
    if (digits == AlpFormat.BITS) {
      return isFloat ? Float.intBitsToFloat((int) integer) : Double.longBitsToDouble(integer);
    }
    double value =
        digits > 0 ? integer / AlpFormat.divisor(digits) : integer * AlpFormat.factor(digits);
    return isFloat ? (float) value : value;
  }

  /// The exception in `[from, to)` at a position of the block, or -1.
  private int find(int position, int from, int to) {
    int low = from;
    int high = to - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int at = position(middle);
      if (at == position) {
        return middle;
      }
      if (at < position) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /// The values at the given positions.
  public void doubles(int[] indexes, int length, double[] out) {
    int block = -1;
    long description = 0;
    int from = 0;
    int to = 0;
    for (int i = 0; i < length; i++) {
      int index = indexes[i];
      if (index / BLOCK != block) {
        block = index / BLOCK;
        description = description(block);
        from = firstException(block);
        to = firstException(block + 1);
      }
      int exception = from < to ? find(index % BLOCK, from, to) : -1;
      out[i] = exception >= 0 ? exception(exception) : decode(integers.get(index), description);
    }
  }

  /// The values of consecutive positions.
  public void doubles(int from, int length, double[] out) {
    int end = from + length;
    for (int at = from; at < end; ) {
      int block = at / BLOCK;
      int start = block * BLOCK;
      int stop = (int) Math.min(end, start + (long) BLOCK);
      if (stop - at < FEW) {
        for (int i = at; i < stop; i++) {
          out[i - from] = get(i);
        }
      } else {
        decode(block, at - start, stop - start, out, at - from);
      }
      at = stop;
    }
  }

  /// Decodes the values `[from, to)` of a block.
  private void decode(int block, int from, int to, double[] out, int offset) {
    long description = description(block);
    int digits = AlpFormat.digits(description);
    if (digits == AlpFormat.BITS) {
      long[] bits = LONGS.get();
      integers.longs(block * BLOCK + from, to - from, bits);
      reinterpret(bits, to - from, out, offset);
      return;
    }
    double factor = AlpFormat.factor(digits);
    double divisor = AlpFormat.divisor(digits);
    double inverse = AlpFormat.inverse(digits);
    if (integers.width(block) < Integer.SIZE) {
      int[] differences = INTS.get();
      integers.differences(block, differences);
      double base = integers.base(block);
      if (digits > 0) {
        divide(differences, from, to, base, divisor, inverse, out, offset);
      } else {
        multiply(differences, from, to, base, factor, out, offset);
      }
    } else {
      long[] longs = LONGS.get();
      integers.longs(block * BLOCK + from, to - from, longs);
      if (digits > 0) {
        divide(longs, to - from, divisor, inverse, out, offset);
      } else {
        multiply(longs, to - from, factor, out, offset);
      }
    }
    if (isFloat) {
      round(out, offset, offset + to - from);
    }
    int last = firstException(block + 1);
    for (int i = firstException(block); i < last; i++) {
      int position = position(i);
      if (position >= from && position < to) {
        out[offset + position - from] = exception(i);
      }
    }
  }

  // Small loops, which the compiler vectorises.

  private static void divide(
      int[] differences,
      int from,
      int to,
      double base,
      double divisor,
      double inverse,
      double[] out,
      int offset) {
    for (int i = from; i < to; i++) {
      out[offset + i - from] = AlpFormat.quotient(differences[i] + base, divisor, inverse);
    }
  }

  private static void multiply(
      int[] differences, int from, int to, double base, double factor, double[] out, int offset) {
    for (int i = from; i < to; i++) {
      out[offset + i - from] = (differences[i] + base) * factor;
    }
  }

  private static void divide(
      long[] integers, int count, double divisor, double inverse, double[] out, int offset) {
    for (int i = 0; i < count; i++) {
      out[offset + i] = AlpFormat.quotient((double) integers[i], divisor, inverse);
    }
  }

  private static void multiply(
      long[] integers, int count, double factor, double[] out, int offset) {
    for (int i = 0; i < count; i++) {
      out[offset + i] = integers[i] * factor;
    }
  }

  private static void round(double[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = (float) values[i];
    }
  }

  private void reinterpret(long[] bits, int count, double[] out, int offset) {
    if (isFloat) {
      for (int i = 0; i < count; i++) {
        out[offset + i] = Float.intBitsToFloat((int) bits[i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[offset + i] = Double.longBitsToDouble(bits[i]);
      }
    }
  }
}
