package io.cuvee.segment.alp;

import static io.cuvee.segment.packing.PackedFormat.BLOCK;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.FrameFormat;
import io.cuvee.segment.packing.PackedFormat;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/// Finds the digits of a column of doubles or floats, says what they save, and writes it. Layout:
/// [AlpFormat]. Not thread-safe.
public final class AlpWriter {
  private static final int SAMPLED_BLOCKS = 64;
  private static final int SAMPLED_VALUES = 32;
  private static final int CANDIDATES = 5;

  /// Scatters the multiples over all positions.
  private static final long SAMPLE_STRIDE = 0x9E3779B97F4A7C15L;

  private static final int EXCEPTION_BITS = AlpFormat.EXCEPTION_BYTES * Byte.SIZE;

  private final Source source;
  private final int count;
  private final boolean isFloat;

  /// For each block the number of decimal digits, or [AlpFormat#BITS].
  private final byte[] digits;

  private int exceptionCount;
  private long sizeBytes;

  private final double[] values = new double[BLOCK];
  private final double[] sample = new double[SAMPLED_VALUES];
  private final long[] integers = new long[BLOCK];
  private final short[] positions = new short[BLOCK];

  /// Values of a column.
  @FunctionalInterface
  public interface Source {
    double get(int index);
  }

  private AlpWriter(Source source, int count, boolean isFloat) {
    this.source = source;
    this.count = count;
    this.isFloat = isFloat;
    this.digits = new byte[PackedFormat.blockCount(count)];
  }

  /// A writer of these values, unless some of them show that they are no decimals.
  public static Optional<AlpWriter> of(Source source, int count, boolean isFloat) {
    AlpWriter writer = new AlpWriter(source, count, isFloat);
    int[] candidates = writer.candidates();
    if (candidates.length == 0) {
      return Optional.empty();
    }
    writer.choose(candidates);
    return Optional.of(writer);
  }

  public long plainBytes() {
    return (long) count * (isFloat ? Float.BYTES : Double.BYTES);
  }

  /// Bytes of all buffers that [#write] writes.
  public long sizeBytes() {
    return sizeBytes;
  }

  public int exceptionCount() {
    return exceptionCount;
  }

  /// The digits that are best for most of some blocks.
  private int[] candidates() {
    int[] wins = new int[2 * AlpFormat.MAX_DIGITS + 1];
    int sampled = Math.min(SAMPLED_BLOCKS, digits.length);
    for (int i = 0; i < sampled; i++) {
      int length = read((int) ((long) i * digits.length / sampled));
      int taken = sample(length);
      int best = AlpFormat.BITS;
      // As bits, of which few are equal in all values.
      int least = taken * (isFloat ? Float.SIZE : Double.SIZE);
      for (int d = -AlpFormat.MAX_DIGITS; d <= AlpFormat.MAX_DIGITS; d++) {
        int bits = sampledBits(d, taken, least);
        if (bits < least) {
          least = bits;
          best = d;
        }
      }
      if (best != AlpFormat.BITS) {
        wins[best + AlpFormat.MAX_DIGITS]++;
      }
    }
    return IntStream.range(0, wins.length)
        .filter(i -> wins[i] > 0)
        .boxed()
        .sorted(Comparator.comparingInt(i -> -wins[i]))
        .limit(CANDIDATES)
        .mapToInt(i -> i - AlpFormat.MAX_DIGITS)
        .toArray();
  }

  /// Reads a block.
  ///
  /// @return how many values it has
  private int read(int block) {
    int from = block * BLOCK;
    int length = Math.min(BLOCK, count - from);
    for (int i = 0; i < length; i++) {
      values[i] = source.get(from + i);
    }
    return length;
  }

  private int sample(int length) {
    int taken = Math.min(SAMPLED_VALUES, length);
    for (int i = 0; i < taken; i++) {
      // Not evenly, because every second value may be of another kind.
      sample[i] = values[(int) ((i * SAMPLE_STRIDE >>> 20) % length)];
    }
    return taken;
  }

  /// Bits that the sample needs with so many digits; more than `most` if it needs more.
  private int sampledBits(int d, int taken, int most) {
    double factor = AlpFormat.factor(d);
    double divisor = AlpFormat.divisor(d);
    double inverse = AlpFormat.inverse(d);
    int exceptions = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < taken; i++) {
      double integer = Math.rint(sample[i] * divisor / factor);
      if (isExact(sample[i], integer, factor, divisor, inverse)) {
        min = Math.min(min, integer);
        max = Math.max(max, integer);
      } else if (++exceptions * EXCEPTION_BITS > most) {
        return Integer.MAX_VALUE;
      }
    }
    int width = exceptions == taken ? 0 : PackedFormat.width((long) max - (long) min);
    return taken * width + exceptions * EXCEPTION_BITS;
  }

  /// Whether a whole number leads back to the same bits.
  private boolean isExact(
      double value, double integer, double factor, double divisor, double inverse) {
    double decoded = integer * factor / divisor;
    return (factor > 1 || decoded == AlpFormat.quotient(integer, divisor, inverse))
        && Math.abs(integer) <= AlpFormat.MAX_INTEGER
        // The integer is stored without the sign of a zero.
        && Double.doubleToRawLongBits((isFloat ? (float) decoded : decoded) + 0.0)
            == Double.doubleToRawLongBits(value);
  }

  private void choose(int[] candidates) {
    long packedBits = 0;
    for (int block = 0; block < digits.length; block++) {
      int length = read(block);
      int best = candidates[0];
      if (candidates.length > 1) {
        int taken = sample(length);
        int least = Integer.MAX_VALUE;
        for (int d : candidates) {
          int bits = sampledBits(d, taken, least);
          if (bits < least) {
            least = bits;
            best = d;
          }
        }
      }
      int exceptions = encode(best, length);
      long bits = (long) BLOCK * width(length) + (long) exceptions * EXCEPTION_BITS;
      bits(length);
      if ((long) BLOCK * width(length) <= bits) {
        best = AlpFormat.BITS;
        exceptions = 0;
        bits = (long) BLOCK * width(length);
      }
      digits[block] = (byte) best;
      exceptionCount += exceptions;
      packedBits += bits;
    }
    sizeBytes =
        packedBits / Byte.SIZE
            + (digits.length + 1L) * AlpFormat.BLOCK_BYTES
            + digits.length * (0L + Long.BYTES + Integer.BYTES)
            + Integer.BYTES;
  }

  private int width(int length) {
    long min = integers[0];
    long max = integers[0];
    for (int i = 1; i < length; i++) {
      min = Math.min(min, integers[i]);
      max = Math.max(max, integers[i]);
    }
    return PackedFormat.width(max - min);
  }

  /// Makes the integers of a block.
  ///
  /// @return how many exceptions there are, whose positions are noted
  private int encode(int d, int length) {
    double factor = AlpFormat.factor(d);
    double divisor = AlpFormat.divisor(d);
    double inverse = AlpFormat.inverse(d);
    int exceptions = 0;
    long some = 0;
    for (int i = 0; i < length; i++) {
      double integer = Math.rint(values[i] * divisor / factor);
      if (isExact(values[i], integer, factor, divisor, inverse)) {
        integers[i] = (long) integer;
        some = integers[i];
      } else {
        positions[exceptions++] = (short) i;
      }
    }
    for (int i = 0; i < exceptions; i++) {
      integers[positions[i]] = some;
    }
    return exceptions;
  }

  private void bits(int length) {
    for (int i = 0; i < length; i++) {
      integers[i] =
          isFloat
              ? Float.floatToRawIntBits((float) values[i])
              : Double.doubleToRawLongBits(values[i]);
    }
  }

  /// Writes [BufferKind#PACKED_VALUES], [BufferKind#FRAMES], [BufferKind#ALP_BLOCKS] and
  /// [BufferKind#ALP_EXCEPTIONS].
  public void write(ColumnsWriter out, String column) {
    long[] blocks = new long[digits.length + 1];
    long[] exceptions = new long[exceptionCount];
    int[] places = new int[exceptionCount];
    int found = 0;
    FrameFormat.Writer frames = new FrameFormat.Writer(count, out);
    for (int block = 0; block < digits.length; block++) {
      blocks[block] = AlpFormat.description(found, digits[block]);
      int length = read(block);
      if (digits[block] == AlpFormat.BITS) {
        bits(length);
      } else {
        int inBlock = encode(digits[block], length);
        for (int i = 0; i < inBlock; i++, found++) {
          exceptions[found] = Double.doubleToRawLongBits(values[positions[i]]);
          places[found] = positions[i];
        }
      }
      frames.add(integers, 0, length);
    }
    frames.end(column);
    blocks[digits.length] = found;
    out.begin();
    out.putLongs(blocks, blocks.length);
    out.end(column, BufferKind.ALP_BLOCKS);
    out.begin();
    out.putLongs(exceptions, found);
    out.putShorts(places, 0, found);
    out.end(column, BufferKind.ALP_EXCEPTIONS);
  }
}
