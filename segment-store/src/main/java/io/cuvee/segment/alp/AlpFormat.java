package io.cuvee.segment.alp;

/// The layout of doubles and floats that are mostly decimals, and its arithmetic.
///
/// Each block of 2048 values has a number of decimal digits `d`, -22 to 22, and holds an integer
/// `n` for each value, which is the double next to `n / 10^d`, or for a negative `d` to `n *
/// 10^-d`; in a column of floats the float next to that double. As integers have at most 51 bits
/// and the powers are doubles, one division gives every decimal of up to 15 digits as it is parsed.
/// The integers are stored as longs are, by frame of reference
/// ([io.cuvee.segment.packing.FrameFormat]). Values for which no such integer gives the same bits
/// are exceptions: they are stored themselves, with arbitrary integers in their places. A block in
/// which this does not pay has 127 for its digits; its integers are the bits of its values, of 64
/// or for floats of 32 bits.
///
/// The blocks are described by 64 bits each: the exceptions before the block (32 bits), the digits
/// (8, signed), zeros; behind them the number of all exceptions. The exceptions are 64-bit doubles,
/// then for each its position in its block (16 bits).
///
/// After Afroozeh, Kuffo and Boncz, "ALP: Adaptive Lossless floating-Point Compression" (2024),
/// which multiplies by inverse powers instead; with them some decimals have no integer.
public final class AlpFormat {
  /// Bytes that describe a block.
  public static final int BLOCK_BYTES = Long.BYTES;

  /// Bytes of an exception and of its position.
  public static final int EXCEPTION_BYTES = Double.BYTES + Short.BYTES;

  private static final int DIGITS_SHIFT = 32;

  /// The digits of blocks that hold bits.
  static final int BITS = Byte.MAX_VALUE;

  /// Larger powers of ten are no doubles.
  static final int MAX_DIGITS = 22;

  /// Integers of more bits would be no doubles, or no sums of one and a difference.
  static final double MAX_INTEGER = 0x1p51;

  private static final double[] POWERS = new double[MAX_DIGITS + 1];
  private static final double[] INVERSES = new double[MAX_DIGITS + 1];

  static {
    for (int i = 0; i <= MAX_DIGITS; i++) {
      POWERS[i] = Double.parseDouble("1e" + i);
      INVERSES[i] = Double.parseDouble("1e-" + i);
    }
  }

  private AlpFormat() {}

  /// What values are divided by, 1 unless there are digits behind the point.
  static double divisor(int digits) {
    return POWERS[Math.max(digits, 0)];
  }

  /// The double next to the inverse of the divisor.
  static double inverse(int digits) {
    return INVERSES[Math.max(digits, 0)];
  }

  /// The quotient of an integer, by multiplications, which are several times faster than a
  /// division: that by the inverse, corrected by what it leaves of the integer. After Markstein,
  /// "Computation of elementary functions on the IBM RISC System/6000 processor" (1990). Integers
  /// for which it were not the division's are stored as exceptions.
  static double quotient(double integer, double divisor, double inverse) {
    double near = integer * inverse;
    return Math.fma(Math.fma(-near, divisor, integer), inverse, near);
  }

  /// What they are multiplied with, 1 unless the last digits before the point are zeros.
  static double factor(int digits) {
    return POWERS[Math.max(-digits, 0)];
  }

  /// Whether a block can be described so.
  public static boolean isSound(long description) {
    int digits = digits(description);
    return description >>> DIGITS_SHIFT + Byte.SIZE == 0
        && (digits == BITS || Math.abs(digits) <= MAX_DIGITS);
  }

  static int digits(long description) {
    return (byte) (description >>> DIGITS_SHIFT);
  }

  static long description(int exceptionsBefore, int digits) {
    return exceptionsBefore | (digits & 0xffL) << DIGITS_SHIFT;
  }
}
