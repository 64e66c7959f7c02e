package io.cuvee.execution.aggregate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Hashes of keys. A multiplication spreads the bits upwards and a fold brings them down again, so
/// that both ends of the result may be used.
public final class Hashing {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

  private Hashing() {}

  public static int hash(long key) {
    long product = (key ^ key >>> 32) * FACTOR;
    return (int) (product >>> 32 ^ product >>> 15);
  }

  /// Continues the hash of a sequence of words.
  static long combine(long hash, long word) {
    long product = (hash ^ word) * FACTOR;
    return product ^ product >>> 29;
  }

  public static int hash(byte[] bytes, int from, int length) {
    return hash(wideHash(bytes, from, length));
  }

  static long wideHash(byte[] bytes, int from, int length) {
    long hash = length * FACTOR;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      hash = combine(hash, (long) LONGS.get(bytes, from + i));
    }
    long tail = 0;
    for (; i < length; i++) {
      tail = tail << 8 | bytes[from + i] & 0xffL;
    }
    return combine(hash, tail);
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /// The bits that equal doubles share: one NaN, and 0.0 for -0.0.
  static long bits(double value) {
    return Double.doubleToLongBits(value + 0.0);
  }
}
