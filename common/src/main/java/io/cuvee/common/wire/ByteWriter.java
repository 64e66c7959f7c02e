package io.cuvee.common.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing little-endian byte buffer. Not thread-safe.
public final class ByteWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  public ByteWriter() {
    this(256);
  }

  public ByteWriter(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public int size() {
    return size;
  }

  /// Forgets what was written, keeps the room.
  public void clear() {
    size = 0;
  }

  /// The written bytes, copied.
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /// The backing array; only its first [#size()] bytes are valid, and only until the next write.
  public byte[] array() {
    return bytes;
  }

  public ByteWriter writeByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public ByteWriter writeBoolean(boolean value) {
    return writeByte(value ? 1 : 0);
  }

  public ByteWriter writeInt(int value) {
    reserve(4);
    INT.set(bytes, size, value);
    size += 4;
    return this;
  }

  public ByteWriter writeLong(long value) {
    reserve(8);
    LONG.set(bytes, size, value);
    size += 8;
    return this;
  }

  public ByteWriter writeDouble(double value) {
    return writeLong(Double.doubleToRawLongBits(value));
  }

  /// Base-128 form, least significant group first; small non-negative numbers take one byte.
  public ByteWriter writeVarLong(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  public ByteWriter writeVarInt(int value) {
    return writeVarLong(value & 0xffffffffL);
  }

  /// Length as a varint, then the bytes.
  public ByteWriter writeBytes(byte[] value) {
    writeVarInt(value.length);
    return writeRaw(value, 0, value.length);
  }

  public ByteWriter writeRaw(byte[] value, int offset, int length) {
    reserve(length);
    System.arraycopy(value, offset, bytes, size, length);
    size += length;
    return this;
  }

  /// Makes room for so many bytes, which the caller sets in [#array()] before the next write.
  ///
  /// @return where they begin
  public int extend(int count) {
    reserve(count);
    int start = size;
    size += count;
    return start;
  }

  public ByteWriter writeString(String value) {
    return writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /// Scale, then unscaled bytes.
  public ByteWriter writeDecimal(BigDecimal value) {
    return writeInt(value.scale()).writeBytes(value.unscaledValue().toByteArray());
  }

  public ByteWriter writeLongs(long[] values, int count) {
    reserve(Math.multiplyExact(count, 8));
    for (int i = 0; i < count; i++) {
      LONG.set(bytes, size + i * 8, values[i]);
    }
    size += count * 8;
    return this;
  }

  public ByteWriter writeInts(int[] values, int count) {
    reserve(Math.multiplyExact(count, 4));
    for (int i = 0; i < count; i++) {
      INT.set(bytes, size + i * 4, values[i]);
    }
    size += count * 4;
    return this;
  }

  public ByteWriter writeDoubles(double[] values, int count) {
    reserve(Math.multiplyExact(count, 8));
    for (int i = 0; i < count; i++) {
      LONG.set(bytes, size + i * 8, Double.doubleToRawLongBits(values[i]));
    }
    size += count * 8;
    return this;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      long doubled = Math.min(bytes.length * 2L, Integer.MAX_VALUE - 16);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
    }
  }
}
