package io.cuvee.engine.scan;

import io.cuvee.segment.packing.VectorApi;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Filters over dictIds in the narrowest integers that they fit, read as unsigned: four or two
/// times as many fit a register as of ints. As in [Kernels], bit `i % 64` of word `i / 64` stays
/// set only if `values[i]` passes, values must be readable up to the end of the last word, and both
/// forms of a filter agree bit for bit.
public final class DictIdKernels {
  private DictIdKernels() {}

  /// As in [Kernels]; no bit is cleared.
  static void rehearse(byte[] bytes, short[] shorts, long[] words) {
    int[] members = {0, 1};
    Vectors.narrowRange(bytes, words.length, 0, 1, false, words);
    Vectors.narrowRange(shorts, words.length, 0, 1, false, words);
    Vectors.narrowMembers(bytes, words.length, members, words);
    Vectors.narrowMembers(shorts, words.length, members, words);
  }

  /// Keeps `lo <= value <= hi`, or the others if `negate`.
  ///
  /// @param lo from 0 to 255, not above `hi`
  public static void narrowRange(
      byte[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
    if (VectorApi.isActive()) {
      Vectors.narrowRange(values, wordCount, lo, hi, negate, words);
    } else {
      Scalars.narrowRange(values, wordCount, lo, hi, negate, words);
    }
  }

  /// As for bytes, with bounds from 0 to 65535.
  public static void narrowRange(
      short[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
    if (VectorApi.isActive()) {
      Vectors.narrowRange(values, wordCount, lo, hi, negate, words);
    } else {
      Scalars.narrowRange(values, wordCount, lo, hi, negate, words);
    }
  }

  /// Keeps values that are one of `members`; for few members.
  public static void narrowMembers(byte[] values, int wordCount, int[] members, long[] words) {
    if (VectorApi.isActive()) {
      Vectors.narrowMembers(values, wordCount, members, words);
    } else {
      Scalars.narrowMembers(values, wordCount, members, words);
    }
  }

  /// As for bytes.
  public static void narrowMembers(short[] values, int wordCount, int[] members, long[] words) {
    if (VectorApi.isActive()) {
      Vectors.narrowMembers(values, wordCount, members, words);
    } else {
      Scalars.narrowMembers(values, wordCount, members, words);
    }
  }

  /// The plain loops.
  static final class Scalars {
    private Scalars() {}

    static void narrowRange(
        byte[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in == 0) {
          continue;
        }
        int base = w << 6;
        long bits = 0;
        for (int i = 0; i < 64; i++) {
          bits |= inRange(values[base + i] & 0xFF, lo, hi) << i;
        }
        words[w] = in & (bits ^ flip);
      }
    }

    static void narrowRange(
        short[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in == 0) {
          continue;
        }
        int base = w << 6;
        long bits = 0;
        for (int i = 0; i < 64; i++) {
          bits |= inRange(values[base + i] & 0xFFFF, lo, hi) << i;
        }
        words[w] = in & (bits ^ flip);
      }
    }

    /// 1 or 0: the sign bit of either difference is set outside the range.
    private static long inRange(int value, int lo, int hi) {
      return ~(value - lo | hi - value) >>> 31 & 1L;
    }

    static void narrowMembers(byte[] values, int wordCount, int[] members, long[] words) {
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in == 0) {
          continue;
        }
        int base = w << 6;
        long bits = 0;
        for (int i = 0; i < 64; i++) {
          bits |= isMember(values[base + i] & 0xFF, members) << i;
        }
        words[w] = in & bits;
      }
    }

    static void narrowMembers(short[] values, int wordCount, int[] members, long[] words) {
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in == 0) {
          continue;
        }
        int base = w << 6;
        long bits = 0;
        for (int i = 0; i < 64; i++) {
          bits |= isMember(values[base + i] & 0xFFFF, members) << i;
        }
        words[w] = in & bits;
      }
    }

    private static long isMember(int value, int[] members) {
      long found = 0;
      for (int member : members) {
        found |= value == member ? 1L : 0L;
      }
      return found;
    }
  }

  /// The same with the Vector API. A value is moved down by `lo` and by half of what its type
  /// holds, so that one signed comparison finds the range.
  static final class Vectors {
    /// A mask has at most as many bits as a long.
    private static final VectorShape SHAPE =
        VectorShape.forBitSize(Math.min(512, ByteVector.SPECIES_PREFERRED.vectorBitSize()));

    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
    private static final int BYTE_LANES = BYTES.length();
    private static final int SHORT_LANES = SHORTS.length();

    private Vectors() {}

    static void narrowRange(
        byte[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      byte down = (byte) (lo + 0x80);
      byte most = (byte) (hi - lo - 0x80);
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in != 0) {
          int base = w << 6;
          long bits = 0;
          for (int i = 0; i < 64; i += BYTE_LANES) {
            bits |= inRange(values, base + i, down, most) << i;
          }
          words[w] = in & (bits ^ flip);
        }
      }
    }

    private static long inRange(byte[] values, int at, byte down, byte most) {
      return ByteVector.fromArray(BYTES, values, at)
          .sub(down)
          .compare(VectorOperators.LE, most)
          .toLong();
    }

    static void narrowRange(
        short[] values, int wordCount, int lo, int hi, boolean negate, long[] words) {
      long flip = negate ? -1L : 0L;
      short down = (short) (lo + 0x8000);
      short most = (short) (hi - lo - 0x8000);
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in != 0) {
          int base = w << 6;
          long bits = 0;
          for (int i = 0; i < 64; i += SHORT_LANES) {
            bits |=
                ShortVector.fromArray(SHORTS, values, base + i)
                        .sub(down)
                        .compare(VectorOperators.LE, most)
                        .toLong()
                    << i;
          }
          words[w] = in & (bits ^ flip);
        }
      }
    }

    static void narrowMembers(byte[] values, int wordCount, int[] members, long[] words) {
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in != 0) {
          int base = w << 6;
          long bits = 0;
          for (int i = 0; i < 64; i += BYTE_LANES) {
            bits |= members(values, base + i, members) << i;
          }
          words[w] = in & bits;
        }
      }
    }

    private static long members(byte[] values, int at, int[] members) {
      ByteVector vector = ByteVector.fromArray(BYTES, values, at);
      VectorMask<Byte> found = vector.compare(VectorOperators.EQ, (byte) members[0]);
      for (int m = 1; m < members.length; m++) {
        found = found.or(vector.compare(VectorOperators.EQ, (byte) members[m]));
      }
      return found.toLong();
    }

    static void narrowMembers(short[] values, int wordCount, int[] members, long[] words) {
      for (int w = 0; w < wordCount; w++) {
        long in = words[w];
        if (in != 0) {
          int base = w << 6;
          long bits = 0;
          for (int i = 0; i < 64; i += SHORT_LANES) {
            bits |= members(values, base + i, members) << i;
          }
          words[w] = in & bits;
        }
      }
    }

    private static long members(short[] values, int at, int[] members) {
      ShortVector vector = ShortVector.fromArray(SHORTS, values, at);
      VectorMask<Short> found = vector.compare(VectorOperators.EQ, (short) members[0]);
      for (int m = 1; m < members.length; m++) {
        found = found.or(vector.compare(VectorOperators.EQ, (short) members[m]));
      }
      return found.toLong();
    }
  }
}
