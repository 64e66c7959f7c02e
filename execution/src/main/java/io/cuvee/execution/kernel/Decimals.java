package io.cuvee.execution.kernel;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/// Exact decimals of up to 38 digits. A result with more digits loses those after the point that
/// are too many, rounded half up; one with more than 38 before the point is an overflow.
public final class Decimals {
  public static final int MAX_DIGITS = 38;

  /// A quotient that has no end keeps at least so many significant digits, as in PostgreSQL.
  private static final int QUOTIENT_DIGITS = 20;

  private static final MathContext WIDEST = new MathContext(MAX_DIGITS, RoundingMode.HALF_UP);
  private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private Decimals() {}

  /// `value` with at most 38 digits and a scale in `[0, 38]`.
  ///
  /// @throws CuveeException `NUMERIC_OVERFLOW` if it has more before the point
  public static BigDecimal limit(BigDecimal value) {
    if (value.precision() - (long) value.scale() < -MAX_DIGITS) {
      return BigDecimal.ZERO;
    }
    BigDecimal result = value;
    if (result.scale() > MAX_DIGITS) {
      result = result.setScale(MAX_DIGITS, RoundingMode.HALF_UP);
    }
    if (result.precision() > MAX_DIGITS) {
      int wholeDigits = result.precision() - result.scale();
      if (wholeDigits > MAX_DIGITS) {
        throw overflow();
      }
      result =
          result.setScale(Math.min(result.scale(), MAX_DIGITS - wholeDigits), RoundingMode.HALF_UP);
      if (result.precision() > MAX_DIGITS) {
        // Rounding up made one more digit: 99…9.5 became 100…0.
        if (result.scale() == 0) {
          throw overflow();
        }
        result = result.setScale(result.scale() - 1, RoundingMode.HALF_UP);
      }
    }
    if (result.scale() < 0) {
      if (result.precision() - (long) result.scale() > MAX_DIGITS) {
        if (result.signum() != 0) {
          throw overflow();
        }
        return BigDecimal.ZERO;
      }
      result = result.setScale(0);
    }
    return result;
  }

  private static CuveeException overflow() {
    return new CuveeException(
        ErrorCode.NUMERIC_OVERFLOW,
        "A DECIMAL value needs more than 38 digits before the point. Cast to DOUBLE if an approximation is enough.");
  }

  /// @throws CuveeException `DIVISION_BY_ZERO`
  public static BigDecimal divide(BigDecimal dividend, BigDecimal divisor) {
    if (divisor.signum() == 0) {
      throw divisionByZero();
    }
    BigDecimal quotient = dividend.divide(divisor, WIDEST);
    int scale = Math.max(Math.max(dividend.scale(), divisor.scale()), 0);
    if (quotient.scale() > scale && quotient.precision() > QUOTIENT_DIGITS) {
      int kept = quotient.scale() - (quotient.precision() - QUOTIENT_DIGITS);
      quotient = quotient.setScale(Math.max(scale, kept), RoundingMode.HALF_UP);
    }
    return limit(quotient);
  }

  public static CuveeException divisionByZero() {
    return new CuveeException(
        ErrorCode.DIVISION_BY_ZERO,
        "Division by zero. NULLIF(divisor, 0) gives NULL instead of this error.");
  }

  /// A signed 128-bit number.
  public static BigInteger ofHalves(long high, long low) {
    BigInteger unsignedLow = BigInteger.valueOf(low);
    if (low < 0) {
      unsignedLow = unsignedLow.add(BigInteger.ONE.shiftLeft(64));
    }
    return BigInteger.valueOf(high).shiftLeft(64).add(unsignedLow);
  }

  /// `value` rounded half away from zero to a whole number.
  ///
  /// @throws CuveeException `NUMERIC_OVERFLOW` if it does not fit a long
  public static long toLong(BigDecimal value) {
    if (value.precision() - (long) value.scale() > 19) {
      throw longOverflow(value.toString());
    }
    BigInteger whole = value.setScale(0, RoundingMode.HALF_UP).unscaledValue();
    if (whole.compareTo(MIN_LONG) < 0 || whole.compareTo(MAX_LONG) > 0) {
      throw longOverflow(value.toString());
    }
    return whole.longValue();
  }

  public static CuveeException longOverflow(String value) {
    return new CuveeException(
        ErrorCode.NUMERIC_OVERFLOW,
        value + " does not fit BIGINT. Cast to DECIMAL or DOUBLE before computing with it.");
  }

  /// The decimal that a double prints as.
  ///
  /// @throws CuveeException `NUMERIC_OVERFLOW` for NaN, an infinity, or more than 38 digits
  public static BigDecimal ofDouble(double value) {
    if (!Double.isFinite(value)) {
      throw new CuveeException(ErrorCode.NUMERIC_OVERFLOW, value + " has no DECIMAL value.");
    }
    return limit(new BigDecimal(Double.toString(value)));
  }
}
