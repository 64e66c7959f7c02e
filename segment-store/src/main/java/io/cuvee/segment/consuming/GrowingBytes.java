package io.cuvee.segment.consuming;

import io.cuvee.segment.memory.NativeMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Byte ranges, one after the other; none moves once it is there. An entry is its length, 32 bits,
/// and its bytes; an empty one has the address 0.
final class GrowingBytes {
  private static final int HEAD = Integer.BYTES;
  private static final int CHUNK = 1 << 16;

  /// Beyond the last entry of a chunk, so that the first bytes of each can be read as one word.
  private static final int PADDING = Long.BYTES;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final GrowingMemory memory;
  private long next;
  private long end;

  GrowingBytes(GrowingMemory memory) {
    this.memory = memory;
  }

  /// Keeps a range.
  ///
  /// @return its address
  long add(byte[] source, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    long needed = HEAD + (long) length;
    if (needed > end - next) {
      if (needed > CHUNK / 4) {
        // Of its own, so that the rest of the chunk stays of use.
        return write(memory.allocate(needed), source, offset, length);
      }
      next = memory.allocate(CHUNK);
      end = next + CHUNK - PADDING;
    }
    long address = next;
    next += needed;
    return write(address, source, offset, length);
  }

  private static long write(long address, byte[] source, int offset, int length) {
    NativeMemory.putInt(address, length);
    NativeMemory.put(address + HEAD, source, offset, length);
    return address;
  }

  static int length(long address) {
    return address == 0 ? 0 : NativeMemory.intAt(address);
  }

  /// Copies an entry of this length.
  static void copy(long address, byte[] target, int offset, int length) {
    if (length > 0) {
      NativeMemory.copyShort(address + HEAD, target, offset, length);
    }
  }

  static byte[] get(long address) {
    byte[] bytes = new byte[length(address)];
    copy(address, bytes, 0, bytes.length);
    return bytes;
  }

  static boolean equals(long address, byte[] other, int offset, int length) {
    if (length(address) != length) {
      return false;
    }
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      if (word(address + HEAD + at) != (long) WORD.get(other, offset + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (NativeMemory.unsignedByte(address + HEAD + at) != (other[offset + at] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /// Eight bytes as a number that orders as they do, unsigned.
  private static long word(long address) {
    return Long.reverseBytes(NativeMemory.longAt(address));
  }

  /// The first eight bytes of an entry as a number, with zeros where it is shorter. Of two entries
  /// with other numbers the one with the lower number, unsigned, is the lower.
  static long prefix(long address) {
    int length = length(address);
    if (length == 0) {
      return 0;
    }
    long word = word(address + HEAD);
    return length >= Long.BYTES ? word : word & -1L << (Long.BYTES - length) * Byte.SIZE;
  }

  /// The same of a value.
  static long prefix(byte[] value) {
    return (long) WORD.get(value.length >= Long.BYTES ? value : Arrays.copyOf(value, 8), 0);
  }

  /// Compares by unsigned bytes, a prefix first.
  static int compare(long address, byte[] other) {
    int length = length(address);
    int common = Math.min(length, other.length);
    int at = 0;
    for (; at + Long.BYTES <= common; at += Long.BYTES) {
      long own = word(address + HEAD + at);
      long others = (long) WORD.get(other, at);
      if (own != others) {
        return Long.compareUnsigned(own, others);
      }
    }
    for (int i = at; i < common; i++) {
      int order = NativeMemory.unsignedByte(address + HEAD + i) - (other[i] & 0xff);
      if (order != 0) {
        return order;
      }
    }
    return length - other.length;
  }
}
