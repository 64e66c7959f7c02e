package io.cuvee.segment.index.bloom;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;

/// The 64-bit hash of a value in Bloom filters; part of the format. Values that SQL calls equal
/// have one hash: zero of either sign, decimals of any scale.
///
/// A long, plus 0x9e3779b97f4a7c15, is mixed with the finaliser of MurmurHash3; a double is the
/// long of its bits. Bytes are taken eight at a time, little-endian, the last ones padded with
/// zeros: the state, at first the length, is xor-ed with them and mixed. A decimal is the bytes of
/// its unscaled value without trailing zeros, then its scale mixed in.
final class ValueHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ValueHash() {}

  static long of(Object value) {
    return switch (value) {
      case Long number -> mix(number);
      case Double number -> mix(Double.doubleToLongBits(number + 0.0));
      case BigDecimal number -> {
        BigDecimal plain = number.stripTrailingZeros();
        yield mix(of(plain.unscaledValue().toByteArray()) ^ plain.scale());
      }
      case byte[] bytes -> of(bytes);
      default -> throw new IllegalArgumentException("No value of a column: " + value.getClass());
    };
  }

  private static long of(byte[] bytes) {
    long state = mix(bytes.length);
    int at = 0;
    for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      state = mix(state ^ (long) LONG.get(bytes, at));
    }
    long rest = 0;
    for (int i = at; i < bytes.length; i++) {
      rest |= (bytes[i] & 0xffL) << (i - at) * Byte.SIZE;
    }
    return mix(state ^ rest);
  }

  private static long mix(long value) {
    long mixed = value + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
