package io.cuvee.segment.dictionary;

import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.column.Dictionary;
import java.math.BigDecimal;
import java.math.BigInteger;

/// The layout of dictionaries, and how to open them.
///
/// Entries ascend and are distinct. For types whose values are longs an entry is a signed integer
/// of 32 bits, or of 64 if some entry needs them. For FLOAT it is an IEEE 754 single, for DOUBLE a
/// double, with -0.0 stored as 0.0, and NaN, of one bit pattern, last. For types whose values are
/// byte ranges it is these bytes; they ascend unsigned, a prefix first. For BIG_DECIMAL it is the
/// scale (32 bits) and the unscaled value in two's complement, most significant byte first; entries
/// ascend by value, and equal values have one entry, with the largest scale among them. Entries of
/// one length follow each other; else 32-bit offsets say where each begins and the last ends.
public final class DictionaryFormat {
  private static final int SCALE_BYTES = 4;

  private DictionaryFormat() {}

  /// @param values address of the entries
  /// @param offsets address of the offsets; 0 if all entries have the same length
  /// @param entryBytes that length, or 0
  /// @param valuesLength bytes of all entries
  public static Dictionary open(
      ColumnType type, int size, long values, long valuesLength, int entryBytes, long offsets) {
    return switch (type.dataType().representation()) {
      case LONG -> new LongDictionary(values, size, entryBytes);
      case DOUBLE -> new DoubleDictionary(values, size, entryBytes);
      case DECIMAL ->
          new DecimalDictionary(
              new BytesDictionary(values, valuesLength, size, entryBytes, offsets));
      case BYTES -> new BytesDictionary(values, valuesLength, size, entryBytes, offsets);
    };
  }

  public static byte[] encode(BigDecimal value) {
    byte[] unscaled = value.unscaledValue().toByteArray();
    byte[] bytes = new byte[SCALE_BYTES + unscaled.length];
    for (int i = 0; i < SCALE_BYTES; i++) {
      bytes[i] = (byte) (value.scale() >>> 8 * i);
    }
    System.arraycopy(unscaled, 0, bytes, SCALE_BYTES, unscaled.length);
    return bytes;
  }

  /// @throws NumberFormatException if the range is no decimal
  public static BigDecimal decode(byte[] bytes, int offset, int length) {
    if (length <= SCALE_BYTES) {
      throw new NumberFormatException("A decimal has " + length + " bytes");
    }
    int scale = 0;
    for (int i = 0; i < SCALE_BYTES; i++) {
      scale |= (bytes[offset + i] & 0xff) << 8 * i;
    }
    return new BigDecimal(new BigInteger(bytes, offset + SCALE_BYTES, length - SCALE_BYTES), scale);
  }
}
