package io.cuvee.engine.scan;

import io.cuvee.segment.packing.VectorApi;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Small loops over primitive arrays. The filters come in two forms, with the Vector API and as
/// plain loops, which agree bit for bit; [VectorApi] says which form runs.
///
/// Filters narrow `words`: bit `i % 64` of word `i / 64` stays set only if `values[i]` passes. They
/// work on whole words, so `values` must be readable up to the end of the last word; bits that were
/// clear stay clear.
public final class Kernels {
  private Kernels() {}

  /// Calls each filter that uses the Vector API once, so that the compiler takes notice of them.
  public static void rehearse() {
    Vectors.narrowRange(new int[512], 8, 1, 2, true, all());
    Vectors.narrowRange(new long[512], 8, 1, 2, true, all());
    DictIdKernels.rehearse(new byte[512], new short[512], all());
  }

  private static long[] all() {
    long[] words = new long[8];
    fill(words, 512);
    return words;
  }

  /// Keeps `lo <= value <= hi`, or the others if `negate`. Nothing lies in a range with `lo > hi`.
  public static void narrowRange(
      int[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
    if (VectorApi.isActive()) {
      Vectors.narrowRange(values, wordCount, lo, hi, negate, words);
    } else {
      Scalars.narrowRange(values, wordCount, lo, hi, negate, words);
    }
  }

  /// As for ints.
  public static void narrowRange(
      long[] values, int wordCount, long lo, long hi, boolean negate, long[] words) {
    if (VectorApi.isActive()) {
      Vectors.narrowRange(values, wordCount, lo, hi, negate, words);
    } else {
      Scalars.narrowRange(values, wordCount, lo, hi, negate, words);
    }
  }

  /// Keeps values whose [#sortableBits] are within `[lo, hi]`, or the others if `negate`.
  @SuppressWarnings("ShortCircuitBoolean") // a jump for each row costs more than both comparisons
  public static void narrowSortableRange(
      double[] values, int wordCount, long lo, long hi, boolean negate, long[] words) {
    long flip = negate ? -1L : 0L;
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      if (in == 0) {
        continue;
      }
      int base = w << 6;
      long bits = 0;
      for (int i = 0; i < 64; i++) {
        long value = sortableBits(values[base + i]);
        bits |= (value >= lo & value <= hi ? 1L : 0L) << i;
      }
      words[w] = in & (bits ^ flip);
    }
  }

  /// A long that orders as SQL orders doubles: -0.0 equals 0.0, and NaN equals itself and is the
  /// largest.
  public static long sortableBits(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  /// Writes the positions of set bits in order.
  ///
  /// @return how many
  public static int positions(long[] words, int wordCount, int[] out) {
    return positions(words, wordCount, 0, out, 0);
  }

  /// Writes `first` plus the positions of set bits in order, from `out[from]` on.
  ///
  /// @return the end of what is written
  static int positions(long[] words, int wordCount, int first, int[] out, int from) {
    int count = from;
    for (int w = 0; w < wordCount; w++) {
      count = positions(words[w], first + (w << 6), out, count);
    }
    return count;
  }

  /// Writes `base` plus the positions of set bits in order, from `out[from]` on; beyond them `out`
  /// may change. Four at a time whether there are so many or not, as a jump that depends on how
  /// many bits a word has is foretold wrongly half of the time.
  ///
  /// @return the end of what is written
  static int positions(long word, int base, int[] out, int from) {
    long bits = word;
    int end = from + Long.bitCount(bits);
    int at = from;
    if (end + 4 > out.length) {
      for (; bits != 0; bits &= bits - 1) {
        out[at++] = base + Long.numberOfTrailingZeros(bits);
      }
      return end;
    }
    do {
      out[at] = base + Long.numberOfTrailingZeros(bits);
      bits &= bits - 1;
      out[at + 1] = base + Long.numberOfTrailingZeros(bits);
      bits &= bits - 1;
      out[at + 2] = base + Long.numberOfTrailingZeros(bits);
      bits &= bits - 1;
      out[at + 3] = base + Long.numberOfTrailingZeros(bits);
      bits &= bits - 1;
      at += 4;
    } while (at < end);
    return end;
  }

  public static int bitCount(long[] words, int wordCount) {
    int count = 0;
    for (int w = 0; w < wordCount; w++) {
      count += Long.bitCount(words[w]);
    }
    return count;
  }

  public static boolean isEmpty(long[] words, int wordCount) {
    long any = 0;
    for (int w = 0; w < wordCount; w++) {
      any |= words[w];
    }
    return any == 0;
  }

  /// Sets the first `count` bits and clears the rest.
  public static void fill(long[] words, int count) {
    int full = count >>> 6;
    for (int w = 0; w < words.length; w++) {
      words[w] = w < full ? -1L : 0L;
    }
    if ((count & 63) != 0) {
      words[full] = (1L << count) - 1;
    }
  }

  /// Keeps bits in `[from, to)`.
  public static void narrowPositions(long[] words, int wordCount, int from, int to) {
    for (int w = 0; w < wordCount; w++) {
      int base = w << 6;
      int low = Math.clamp((long) from - base, 0, 64);
      int high = Math.clamp((long) to - base, 0, 64);
      long keep = low >= high ? 0 : -1L >>> 64 - (high - low) << low;
      words[w] &= keep;
    }
  }

  /// The source holds unsigned numbers.
  public static void gather(byte[] source, int[] positions, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = source[positions[i]] & 0xFF;
    }
  }

  /// The source holds unsigned numbers.
  public static void gather(short[] source, int[] positions, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = source[positions[i]] & 0xFFFF;
    }
  }

  public static void gather(int[] source, int[] positions, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = source[positions[i]];
    }
  }

  public static void gather(long[] source, int[] positions, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = source[positions[i]];
    }
  }

  public static void gather(double[] source, int[] positions, int count, double[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = source[positions[i]];
    }
  }

  /// The bits at `positions`, one after the other.
  public static void gatherBits(long[] source, int[] positions, int count, long[] out) {
    int words = count + 63 >>> 6;
    for (int w = 0; w < words; w++) {
      int base = w << 6;
      int end = Math.min(64, count - base);
      long bits = 0;
      for (int i = 0; i < end; i++) {
        int position = positions[base + i];
        bits |= (source[position >>> 6] >>> position & 1) << i;
      }
      out[w] = bits;
    }
  }

  /// Sets `values[i]` to `replacement` where bit `i` of `validity` is clear.
  public static void replaceNulls(int[] values, int count, long[] validity, int replacement) {
    for (int w = 0; w < count + 63 >>> 6; w++) {
      int base = w << 6;
      long nulls = ~validity[w];
      while (nulls != 0) {
        int i = base + Long.numberOfTrailingZeros(nulls);
        if (i >= count) {
          break;
        }
        values[i] = replacement;
        nulls &= nulls - 1;
      }
    }
  }

  public static long sum(int[] values, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return sum;
  }

  public static long sum(long[] values, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return sum;
  }

  /// In four lanes, so that the order of additions does not depend on the compiler.
  public static double sum(double[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < count; i++) {
      a += values[i];
    }
    return a + b + (c + d);
  }

  /// The callers of these know that nothing overflows.
  static void plus(int[] a, int[] b, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = a[i] + b[i];
    }
  }

  static void minus(int[] a, int[] b, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = a[i] - b[i];
    }
  }

  static void times(int[] a, int[] b, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = a[i] * b[i];
    }
  }

  static void plus(long[] a, long[] b, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = a[i] + b[i];
    }
  }

  static void minus(long[] a, long[] b, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = a[i] - b[i];
    }
  }

  static void times(long[] a, long[] b, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = a[i] * b[i];
    }
  }

  /// @return [Integer#MAX_VALUE] of nothing
  public static int min(int[] values, int count) {
    int min = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
    }
    return min;
  }

  /// @return [Integer#MIN_VALUE] of nothing
  public static int max(int[] values, int count) {
    int max = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  public static long min(long[] values, int count) {
    long min = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
    }
    return min;
  }

  public static long max(long[] values, int count) {
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  /// The plain loops.
  static final class Scalars {
    private Scalars() {}

    static void narrowRange(
        int[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in == 0) {
          continue;
        }
        int base = w << 6;
        long bits = 0;
        for (int i = 0; i < 64; i++) {
          long value = values[base + i];
          // The sign bit of either difference is set outside the range; longs do not overflow here.
          bits |= (~(value - lo | hi - value) >>> 63) << i;
        }
        words[w] = in & (bits ^ flip);
      }
    }

    @SuppressWarnings("ShortCircuitBoolean") // a jump for each row costs more than both comparisons
    static void narrowRange(
        long[] values, int wordCount, long lo, long hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in == 0) {
          continue;
        }
        int base = w << 6;
        long bits = 0;
        for (int i = 0; i < 64; i++) {
          long value = values[base + i];
          bits |= (value >= lo & value <= hi ? 1L : 0L) << i;
        }
        words[w] = in & (bits ^ flip);
      }
    }
  }

  /// The same with the Vector API.
  static final class Vectors {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int INT_LANES = INTS.length();
    private static final int LONG_LANES = LONGS.length();

    private Vectors() {}

    static void narrowRange(
        int[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in != 0) {
          words[w] = in & (word(values, w << 6, lo, hi) ^ flip);
        }
      }
    }

    private static long word(int[] values, int base, int lo, int hi) {
      long bits = 0;
      for (int i = 0; i < 64; i += INT_LANES) {
        IntVector vector = IntVector.fromArray(INTS, values, base + i);
        bits |=
            vector
                    .compare(VectorOperators.GE, lo)
                    .and(vector.compare(VectorOperators.LE, hi))
                    .toLong()
                << i;
      }
      return bits;
    }

    static void narrowRange(
        long[] values, int wordCount, long lo, long hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in != 0) {
          words[w] = in & (word(values, w << 6, lo, hi) ^ flip);
        }
      }
    }

    private static long word(long[] values, int base, long lo, long hi) {
      long bits = 0;
      for (int i = 0; i < 64; i += LONG_LANES) {
        LongVector vector = LongVector.fromArray(LONGS, values, base + i);
        bits |=
            vector
                    .compare(VectorOperators.GE, lo)
                    .and(vector.compare(VectorOperators.LE, hi))
                    .toLong()
                << i;
      }
      return bits;
    }
  }
}
