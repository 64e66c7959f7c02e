package io.cuvee.segment.fsst;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Symbols by which bytes are encoded, always by the longest that fits. Immutable; symbols are
/// words whose first byte is the lowest.
final class SymbolTable {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BUCKETS = 1 << 12;

  private final long[] symbols;
  private final byte[] lengths;
  private final short[] ofByte = new short[1 << 8];
  private final short[] ofTwoBytes = new short[1 << 16];

  /// By a hash of the first three bytes: the first of the longer symbols, longest first.
  private final short[] buckets = new short[BUCKETS];

  private final short[] next;

  /// @param symbols with zeros behind their bytes; at most 255
  SymbolTable(long[] symbols, byte[] lengths) {
    this.symbols = symbols;
    this.lengths = lengths;
    this.next = new short[symbols.length];
    Arrays.fill(ofByte, (short) -1);
    Arrays.fill(ofTwoBytes, (short) -1);
    Arrays.fill(buckets, (short) -1);
    for (int length = 1; length <= FsstFormat.MAX_SYMBOL_BYTES; length++) {
      for (int code = 0; code < symbols.length; code++) {
        if (lengths[code] == length) {
          add(code, length);
        }
      }
    }
  }

  private void add(int code, int length) {
    if (length == 1) {
      ofByte[(int) symbols[code]] = (short) code;
    } else if (length == 2) {
      ofTwoBytes[(int) symbols[code]] = (short) code;
    } else {
      int bucket = bucket(symbols[code]);
      next[code] = buckets[bucket];
      buckets[bucket] = (short) code;
    }
  }

  private static int bucket(long word) {
    return (int) ((word & 0xff_ffff) * 0x9E3779B1L >>> 20) & BUCKETS - 1;
  }

  int size() {
    return symbols.length;
  }

  long symbol(int code) {
    return symbols[code];
  }

  int length(int code) {
    return lengths[code];
  }

  /// The longest symbol with which a word begins, or -1.
  ///
  /// @param rest how many bytes of the word count
  int find(long word, int rest) {
    for (int code = buckets[bucket(word)]; code >= 0; code = next[code]) {
      int length = lengths[code];
      if (length <= rest && (word & FsstFormat.mask(length)) == symbols[code]) {
        return code;
      }
    }
    int two = ofTwoBytes[(int) word & 0xffff];
    return two >= 0 && rest >= 2 ? two : ofByte[(int) word & 0xff];
  }

  /// Up to eight bytes of a range, from its position on.
  static long word(byte[] bytes, int at, int end) {
    if (at + Long.BYTES <= bytes.length) {
      return (long) LONG.get(bytes, at);
    }
    long word = 0;
    for (int i = Math.min(end, bytes.length) - 1; i >= at; i--) {
      word = word << 8 | bytes[i] & 0xff;
    }
    return word;
  }

  /// Encodes a range.
  ///
  /// @param out twice as long at least
  /// @return how many bytes the codes take
  int encode(byte[] bytes, int from, int to, byte[] out) {
    int o = 0;
    for (int at = from; at < to; ) {
      int code = find(word(bytes, at, to), to - at);
      if (code >= 0) {
        out[o++] = (byte) code;
        at += lengths[code];
      } else {
        out[o++] = (byte) FsstFormat.ESCAPE;
        out[o++] = bytes[at++];
      }
    }
    return o;
  }
}
