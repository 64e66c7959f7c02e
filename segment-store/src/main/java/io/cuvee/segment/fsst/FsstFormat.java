package io.cuvee.segment.fsst;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The layout of byte ranges as codes.
///
/// A column has up to 255 symbols of 1 to 8 bytes. A value is a sequence of codes, one byte each:
/// the number of a symbol, or 255 with the byte itself behind it. So each value can be decoded for
/// itself, by a few instructions for each code.
///
/// The table of symbols is 255 times 8 bytes, the symbols with zeros behind them, then their
/// lengths, one byte each, 0 for symbols that there are not. The codes of all values follow each
/// other. Where they begin is stored as longs are, by frame of reference
/// ([io.cuvee.segment.packing.FrameFormat]), one more than values. A NULL is an empty range.
///
/// After Boncz, Neumann and Leis, "FSST: Fast Random Access String Compression" (2020).
public final class FsstFormat {
  /// The code before a byte that stands for itself.
  static final int ESCAPE = 255;

  static final int MAX_SYMBOLS = 255;
  static final int MAX_SYMBOL_BYTES = Long.BYTES;

  /// Bytes of a table of symbols.
  public static final int SYMBOLS_BYTES = MAX_SYMBOLS * (MAX_SYMBOL_BYTES + 1);

  static final int LENGTHS_AT = MAX_SYMBOLS * MAX_SYMBOL_BYTES;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FsstFormat() {}

  /// Whether this is a table of symbols.
  public static boolean isTable(MemorySegment table) {
    if (table.byteSize() != SYMBOLS_BYTES) {
      return false;
    }
    for (int code = 0; code < MAX_SYMBOLS; code++) {
      int length = table.get(ValueLayout.JAVA_BYTE, LENGTHS_AT + code);
      long symbol = table.get(LONG, (long) code * MAX_SYMBOL_BYTES);
      if (length < 0 || length > MAX_SYMBOL_BYTES || (symbol & ~mask(length)) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether these bytes are codes of the table, and the last is no escape.
  public static boolean isValue(MemorySegment table, MemorySegment codes, long from, long to) {
    for (long at = from; at < to; at++) {
      int code = Byte.toUnsignedInt(codes.get(ValueLayout.JAVA_BYTE, at));
      if (code == ESCAPE) {
        at++;
        if (at == to) {
          return false;
        }
      } else if (table.get(ValueLayout.JAVA_BYTE, LENGTHS_AT + code) == 0) {
        return false;
      }
    }
    return true;
  }

  /// The bits of the first bytes of a word; all from 8 on.
  static long mask(int bytes) {
    return bytes >= Long.BYTES ? -1 : (1L << bytes * Byte.SIZE) - 1;
  }
}
