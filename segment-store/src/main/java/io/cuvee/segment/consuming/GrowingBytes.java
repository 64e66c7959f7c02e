package io.cuvee.segment.consuming;

import io.cuvee.segment.memory.NativeMemory;

/// Byte ranges, one after the other; none moves once it is there. An entry is its length, 32 bits,
/// and its bytes; an empty one has the address 0.
final class GrowingBytes {
  private static final int HEAD = Integer.BYTES;
  private static final int CHUNK = 1 << 16;

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
      end = next + CHUNK;
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
    for (int i = 0; i < length; i++) {
      if (NativeMemory.unsignedByte(address + HEAD + i) != (other[offset + i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /// Compares by unsigned bytes, a prefix first.
  static int compare(long address, byte[] other) {
    int length = length(address);
    int common = Math.min(length, other.length);
    for (int i = 0; i < common; i++) {
      int order = NativeMemory.unsignedByte(address + HEAD + i) - (other[i] & 0xff);
      if (order != 0) {
        return order;
      }
    }
    return length - other.length;
  }
}
