package io.cuvee.engine.scan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Filters that ask a table about each dictId. From a table of bytes rows are looked up one by one
/// into `flags`, as long as a block, which are then taken together, eight with one multiplication;
/// that takes two thirds of the time that a table of bits does, until it leaves the caches. As in
/// [Kernels], bit `i % 64` of word `i / 64` stays set only if row `i` passes, and values must be
/// readable, and within the table, up to the end of the last word.
public final class TableKernels {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// Moves the lowest bit of byte `k` to bit `56 + k`; no two products meet.
  private static final long TOGETHER = 0x0102_0408_1020_4080L;

  private TableKernels() {}

  /// Keeps unsigned values whose entry in `table` is 1; all others are 0.
  public static void narrow(
      byte[] values, int wordCount, byte[] table, byte[] flags, long[] words) {
    for (int w = 0; w < wordCount; w++) {
      if (words[w] != 0) {
        int end = (w << 6) + 64;
        for (int i = w << 6; i < end; i++) {
          flags[i] = table[values[i] & 0xFF];
        }
      }
    }
    narrow(wordCount, flags, words);
  }

  /// As for bytes.
  public static void narrow(
      short[] values, int wordCount, byte[] table, byte[] flags, long[] words) {
    for (int w = 0; w < wordCount; w++) {
      if (words[w] != 0) {
        int end = (w << 6) + 64;
        for (int i = w << 6; i < end; i++) {
          flags[i] = table[values[i] & 0xFFFF];
        }
      }
    }
    narrow(wordCount, flags, words);
  }

  /// As for bytes.
  public static void narrow(int[] values, int wordCount, byte[] table, byte[] flags, long[] words) {
    for (int w = 0; w < wordCount; w++) {
      if (words[w] != 0) {
        int end = (w << 6) + 64;
        for (int i = w << 6; i < end; i++) {
          flags[i] = table[values[i]];
        }
      }
    }
    narrow(wordCount, flags, words);
  }

  /// Keeps values whose bit in `table` is set: for tables that would be too large in bytes.
  public static void narrow(int[] values, int wordCount, long[] table, long[] words) {
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      if (in == 0) {
        continue;
      }
      int base = w << 6;
      long bits = 0;
      for (int i = 0; i < 64; i++) {
        int value = values[base + i];
        bits |= (table[value >>> 6] >>> value & 1) << i;
      }
      words[w] = in & bits;
    }
  }

  /// Not in the loops above, so that bytes which were just written are not read as longs at once.
  private static void narrow(int wordCount, byte[] flags, long[] words) {
    for (int w = 0; w < wordCount; w++) {
      long in = words[w];
      if (in != 0) {
        long bits = 0;
        for (int i = 0; i < 64; i += 8) {
          long eight = (long) EIGHT.get(flags, (w << 6) + i);
          bits |= (eight * TOGETHER >>> 56) << i;
        }
        words[w] = in & bits;
      }
    }
  }
}
