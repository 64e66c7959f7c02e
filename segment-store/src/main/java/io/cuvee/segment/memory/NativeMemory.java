package io.cuvee.segment.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// Reads memory by address, and writes that of consuming segments. All accesses go through one
/// [MemorySegment] that spans the address space, because kernels that meet several kinds of
/// segments are an order of magnitude slower, and a gather through a slice pays for its checks.
/// Callers own the bounds and the lifetime: they check once a block, and hold a reference on the
/// mapped segment.
///
/// With `-Dcuvee.segment.checked=true`, which the tests set, every access is checked against the
/// buffers that are mapped at that moment, so that a read out of range or after the end of a
/// mapping is an exception and not a crash. Values are little-endian on every platform.
/// Thread-safe.
public final class NativeMemory {
  /// Whether accesses are checked.
  public static final boolean CHECKED = Boolean.getBoolean("cuvee.segment.checked");

  /// The whole address space.
  @SuppressWarnings("restricted") // What this class is for.
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle ALIGNED_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle ALIGNED_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private static final ConcurrentSkipListMap<Long, Long> READABLE = new ConcurrentSkipListMap<>();

  private NativeMemory() {}

  /// Makes a buffer known to the checks; nothing happens unless [#CHECKED].
  public static void register(MemorySegment buffer) {
    if (CHECKED && buffer.byteSize() > 0) {
      READABLE.put(buffer.address(), buffer.byteSize());
    }
  }

  /// Takes back [#register(MemorySegment)].
  public static void unregister(MemorySegment buffer) {
    if (CHECKED && buffer.byteSize() > 0) {
      READABLE.remove(buffer.address());
    }
  }

  /// @throws IndexOutOfBoundsException if [#CHECKED] and not all of the range lies in one
  ///   registered buffer
  public static void check(long address, long length) {
    if (CHECKED && length > 0) {
      Map.Entry<Long, Long> buffer = READABLE.floorEntry(address);
      if (buffer == null || address + length > buffer.getKey() + buffer.getValue()) {
        throw new IndexOutOfBoundsException(
            "Read of "
                + length
                + " bytes at "
                + Long.toHexString(address)
                + " is in no mapped buffer.");
      }
    }
  }

  /// Whether two ranges hold the same bytes.
  public static boolean isSame(long address, long other, long length) {
    check(address, length);
    check(other, length);
    return MemorySegment.mismatch(ALL, address, address + length, ALL, other, other + length) < 0;
  }

  public static int unsignedByte(long address) {
    check(address, 1);
    return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xff;
  }

  public static int unsignedShort(long address) {
    check(address, 2);
    return ALL.get(SHORT, address) & 0xffff;
  }

  public static int intAt(long address) {
    check(address, 4);
    return ALL.get(INT, address);
  }

  public static long longAt(long address) {
    check(address, 8);
    return ALL.get(LONG, address);
  }

  public static float floatAt(long address) {
    return Float.intBitsToFloat(intAt(address));
  }

  public static double doubleAt(long address) {
    return Double.longBitsToDouble(longAt(address));
  }

  /// Copies `length` bytes to the heap.
  public static void copy(long address, byte[] target, int offset, int length) {
    check(address, length);
    MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address, target, offset, length);
  }

  /// As [#copy(long, byte[], int, int)], for ranges of a few bytes, where the call would cost more
  /// than the copy.
  public static void copyShort(long address, byte[] target, int offset, int length) {
    if (length > 32) {
      copy(address, target, offset, length);
      return;
    }
    check(address, length);
    for (int i = 0; i < length; i++) {
      target[offset + i] = ALL.get(ValueLayout.JAVA_BYTE, address + i);
    }
  }

  /// Copies `count` ints to the heap.
  public static void copy(long address, int[] target, int offset, int count) {
    check(address, count * 4L);
    MemorySegment.copy(ALL, INT, address, target, offset, count);
  }

  /// Copies `count` longs to the heap.
  public static void copy(long address, long[] target, int offset, int count) {
    check(address, count * 8L);
    MemorySegment.copy(ALL, LONG, address, target, offset, count);
  }

  /// Copies `count` doubles to the heap.
  public static void copy(long address, double[] target, int offset, int count) {
    check(address, count * 8L);
    MemorySegment.copy(ALL, DOUBLE, address, target, offset, count);
  }

  /// Copies `count` shorts to the heap.
  public static void copy(long address, short[] target, int offset, int count) {
    check(address, count * 2L);
    MemorySegment.copy(ALL, SHORT, address, target, offset, count);
  }

  public static void putByte(long address, int value) {
    check(address, 1);
    ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
  }

  public static void putShort(long address, int value) {
    check(address, 2);
    ALL.set(SHORT, address, (short) value);
  }

  public static void putInt(long address, int value) {
    check(address, 4);
    ALL.set(INT, address, value);
  }

  public static void putLong(long address, long value) {
    check(address, 8);
    ALL.set(LONG, address, value);
  }

  public static void putFloat(long address, float value) {
    putInt(address, Float.floatToRawIntBits(value));
  }

  public static void putDouble(long address, double value) {
    putLong(address, Double.doubleToRawLongBits(value));
  }

  /// Copies `count` longs from the heap.
  public static void put(long address, long[] source, int offset, int count) {
    check(address, count * 8L);
    MemorySegment.copy(source, offset, ALL, LONG, address, count);
  }

  /// Copies `length` bytes from the heap.
  public static void put(long address, byte[] source, int offset, int length) {
    check(address, length);
    MemorySegment.copy(source, offset, ALL, ValueLayout.JAVA_BYTE, address, length);
  }

  /// Copies `length` bytes from one place to another.
  public static void move(long from, long to, long length) {
    check(from, length);
    check(to, length);
    MemorySegment.copy(ALL, from, ALL, to, length);
  }

  /// Writes a long at a multiple of 8 after all that was written before; pairs with [#longAcquire].
  public static void putLongRelease(long address, long value) {
    check(address, 8);
    ALIGNED_LONG.setRelease(ALL, address, value);
  }

  /// Reads a long; what was written before it was, is seen after.
  public static long longAcquire(long address) {
    check(address, 8);
    return (long) ALIGNED_LONG.getAcquire(ALL, address);
  }

  /// As [#putLongRelease], of an int at a multiple of 4.
  public static void putIntRelease(long address, int value) {
    check(address, 4);
    ALIGNED_INT.setRelease(ALL, address, value);
  }

  public static int intAcquire(long address) {
    check(address, 4);
    return (int) ALIGNED_INT.getAcquire(ALL, address);
  }
}
