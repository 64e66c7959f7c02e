package io.cuvee.ingest.upsert;

import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/// A primary key as 128 bits. Keys of up to 15 bytes are themselves, with their length; longer ones
/// are the first 120 bits of their SHA-256, marked as such. So short keys are told apart exactly,
/// and no two long ones are known that are taken for the same: among 50 million the chance is
/// 10^-21. Not thread-safe.
final class KeyDigest {
  private static final int EXACT_BYTES = 15;
  private static final int HASHED = 0xFF;

  private final MessageDigest sha;
  private byte[] bytes = new byte[64];
  private int length;
  private long high;
  private long low;

  KeyDigest() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }

  /// Takes the key of a row.
  ///
  /// @param columns of the key
  /// @return false if one of its values is NULL
  boolean take(List<Values> columns, int row) {
    length = 0;
    for (int i = 0; i < columns.size(); i++) {
      Values column = columns.get(i);
      if (column.isNull(row)) {
        return false;
      }
      boolean isLast = i == columns.size() - 1;
      switch (column) {
        case LongValues longs -> putVarLong(longs.values()[row]);
        case DoubleValues doubles -> putLong(canonical(doubles.values()[row]));
        case DecimalValues decimals -> put(canonical(decimals.values()[row]), isLast);
        case BytesValues texts -> put(texts, row, isLast);
        case ArrayValues arrays ->
            throw new IllegalArgumentException("An array is no key: " + arrays.count());
      }
    }
    if (length <= EXACT_BYTES) {
      Arrays.fill(bytes, length, EXACT_BYTES, (byte) 0);
      digest(bytes, length);
    } else {
      sha.update(bytes, 0, length);
      digest(sha.digest(), HASHED);
    }
    return true;
  }

  private void digest(byte[] from, int mark) {
    ByteBuffer words = ByteBuffer.wrap(from);
    high = words.getLong(0);
    low = words.getLong(7) << 8 | mark;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  private static long canonical(double value) {
    // What is equal in SQL is one key.
    return Double.doubleToLongBits(value == 0 ? 0.0 : value);
  }

  private static byte[] canonical(BigDecimal value) {
    BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    byte[] digits = plain.unscaledValue().toByteArray();
    return ByteBuffer.allocate(4 + digits.length).putInt(plain.scale()).put(digits).array();
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  private void putLong(long value) {
    reserve(Long.BYTES);
    ByteBuffer.wrap(bytes).putLong(length, value);
    length += Long.BYTES;
  }

  /// Small numbers of either sign are short.
  private void putVarLong(long value) {
    reserve(10);
    long left = value << 1 ^ value >> 63;
    while ((left & ~0x7FL) != 0) {
      bytes[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[length++] = (byte) left;
  }

  private void put(byte[] value, boolean isLast) {
    put(value, 0, value.length, isLast);
  }

  private void put(BytesValues texts, int row, boolean isLast) {
    put(texts.bytes(), texts.offsets()[row], texts.length(row), isLast);
  }

  /// The length tells where the next column begins.
  private void put(byte[] from, int offset, int count, boolean isLast) {
    if (!isLast) {
      putVarLong(count);
    }
    reserve(count);
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
  }
}
