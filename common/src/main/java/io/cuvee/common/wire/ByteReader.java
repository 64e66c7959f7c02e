package io.cuvee.common.wire;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what [ByteWriter] wrote. Every read past the end, and every length that the rest cannot
/// hold, is a `PROTOCOL` error, so damaged input never causes a large allocation. Not thread-safe.
public final class ByteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // Beyond any decimal of SQL, yet small enough to print.
  private static final int MAX_DECIMAL_BYTES = 4096;
  private static final int MAX_DECIMAL_SCALE = 10_000;

  private final byte[] bytes;
  private final int end;
  private int position;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public ByteReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  public int remaining() {
    return end - position;
  }

  public int readByte() {
    need(1);
    return bytes[position++] & 0xff;
  }

  public boolean readBoolean() {
    return readByte() != 0;
  }

  public int readInt() {
    need(4);
    int value = (int) INT.get(bytes, position);
    position += 4;
    return value;
  }

  public long readLong() {
    need(8);
    long value = (long) LONG.get(bytes, position);
    position += 8;
    return value;
  }

  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  public long readVarLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int part = readByte();
      value |= (long) (part & 0x7f) << shift;
      if (part < 0x80) {
        return value;
      }
    }
    throw damaged("a number of more than ten bytes");
  }

  public int readVarInt() {
    long value = readVarLong();
    if (value >>> 32 != 0) {
      throw damaged("the number " + value + " where 32 bits were expected");
    }
    return (int) value;
  }

  /// Reads a count of items that take at least `itemBytes` bytes each.
  public int readCount(int itemBytes) {
    long count = readVarLong();
    if (count < 0 || count * Math.max(1, itemBytes) > remaining()) {
      throw damaged("a count of " + count + " items with " + remaining() + " bytes left");
    }
    return (int) count;
  }

  public byte[] readBytes() {
    return readRaw(readCount(1));
  }

  public byte[] readRaw(int length) {
    need(length);
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  public String readString() {
    int length = readCount(1);
    need(length);
    String value = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return value;
  }

  /// Scale, then unscaled bytes.
  public BigDecimal readDecimal() {
    int scale = readInt();
    byte[] unscaled = readBytes();
    if (unscaled.length == 0
        || unscaled.length > MAX_DECIMAL_BYTES
        || Math.abs((long) scale) > MAX_DECIMAL_SCALE) {
      throw damaged("a decimal of " + unscaled.length + " bytes and scale " + scale);
    }
    return new BigDecimal(new BigInteger(unscaled), scale);
  }

  public long[] readLongs(int count) {
    need(Math.multiplyExact(count, 8));
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = (long) LONG.get(bytes, position + i * 8);
    }
    position += count * 8;
    return values;
  }

  public int[] readInts(int count) {
    need(Math.multiplyExact(count, 4));
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = (int) INT.get(bytes, position + i * 4);
    }
    position += count * 4;
    return values;
  }

  public double[] readDoubles(int count) {
    need(Math.multiplyExact(count, 8));
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = Double.longBitsToDouble((long) LONG.get(bytes, position + i * 8));
    }
    position += count * 8;
    return values;
  }

  private void need(int length) {
    if (length < 0 || length > end - position) {
      throw damaged(length + " bytes wanted with " + remaining() + " left");
    }
  }

  private static CuveeException damaged(String what) {
    return new CuveeException(
        ErrorCode.PROTOCOL,
        "Damaged message: " + what + ". The peer may run an incompatible version.");
  }
}
