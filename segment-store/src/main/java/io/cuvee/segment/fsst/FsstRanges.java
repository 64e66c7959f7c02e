package io.cuvee.segment.fsst;

import io.cuvee.segment.memory.NativeMemory;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.PackedFormat;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Mapped byte ranges as codes. Positions are trusted. Layout: [FsstFormat]. Thread-safe.
public final class FsstRanges {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// What a thread keeps from call to call.
  private static final int MAX_KEPT_BYTES = 1 << 20;

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final FramedLongs offsets;
  private final long codes;
  private final long[] symbols = new long[256];
  private final byte[] lengths = new byte[256];

  /// Where values are decoded to, whose length is known only then.
  private static final class Scratch {
    private byte[] bytes = new byte[1 << 14];
    private final long[] starts = new long[PackedFormat.BLOCK + 1];
  }

  /// @param symbols address of the table of symbols
  /// @param codes address of the first value's
  /// @param offsets where the codes of each value begin
  public FsstRanges(long symbols, long codes, FramedLongs offsets) {
    this.offsets = offsets;
    this.codes = codes;
    for (int code = 0; code < FsstFormat.MAX_SYMBOLS; code++) {
      this.symbols[code] = NativeMemory.longAt(symbols + (long) code * Long.BYTES);
      this.lengths[code] = (byte) NativeMemory.unsignedByte(symbols + FsstFormat.LENGTHS_AT + code);
    }
  }

  /// The bytes of consecutive values.
  ///
  /// @param ends receives the end of value `from + i` at `i + 1`
  public byte[] decode(int from, int count, int[] ends) {
    Scratch scratch = SCRATCH.get();
    byte[] bytes = scratch.bytes;
    long[] starts = scratch.starts;
    int used = 0;
    for (int done = 0; done < count; ) {
      int part = Math.min(PackedFormat.BLOCK, count - done);
      offsets.longs(from + done, part + 1, starts);
      for (int i = 0; i < part; i++) {
        bytes = withRoom(bytes, used, starts[i + 1] - starts[i]);
        used = decode(codes + starts[i], codes + starts[i + 1], bytes, used);
        ends[done + i + 1] = used;
      }
      done += part;
    }
    return taken(scratch, bytes, used);
  }

  /// The bytes of the values at `positions[0..count)`.
  public byte[] decode(int[] positions, int count, int[] ends) {
    Scratch scratch = SCRATCH.get();
    byte[] bytes = scratch.bytes;
    int used = 0;
    for (int i = 0; i < count; i++) {
      long start = offsets.get(positions[i]);
      long end = offsets.get(positions[i] + 1);
      bytes = withRoom(bytes, used, end - start);
      used = decode(codes + start, codes + end, bytes, used);
      ends[i + 1] = used;
    }
    return taken(scratch, bytes, used);
  }

  private static byte[] withRoom(byte[] bytes, int used, long codeCount) {
    // A whole word is written for each symbol.
    long needed = used + (codeCount + 1) * FsstFormat.MAX_SYMBOL_BYTES;
    if (needed <= bytes.length) {
      return bytes;
    }
    long doubled = Math.min(Integer.MAX_VALUE - 8L, 2L * bytes.length);
    return Arrays.copyOf(bytes, Math.toIntExact(Math.max(needed, doubled)));
  }

  private static byte[] taken(Scratch scratch, byte[] bytes, int used) {
    if (bytes.length <= MAX_KEPT_BYTES) {
      scratch.bytes = bytes;
    }
    return Arrays.copyOf(bytes, used);
  }

  /// Decodes one value.
  ///
  /// @return the end of its bytes
  private int decode(long from, long to, byte[] out, int offset) {
    NativeMemory.check(from, to - from);
    long[] words = symbols;
    byte[] sizes = lengths;
    int o = offset;
    long at = from;
    // Four codes at once while none of them is an escape: no byte of their complement is zero.
    while (at + Integer.BYTES <= to) {
      int four = NativeMemory.ALL.get(INT, at);
      if (((~four - 0x0101_0101) & four & 0x8080_8080) != 0) {
        break;
      }
      int code = four & 0xff;
      LONG.set(out, o, words[code]);
      o += sizes[code];
      code = four >>> 8 & 0xff;
      LONG.set(out, o, words[code]);
      o += sizes[code];
      code = four >>> 16 & 0xff;
      LONG.set(out, o, words[code]);
      o += sizes[code];
      code = four >>> 24;
      LONG.set(out, o, words[code]);
      o += sizes[code];
      at += Integer.BYTES;
    }
    for (; at < to; at++) {
      int code = NativeMemory.ALL.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      if (code != FsstFormat.ESCAPE) {
        LONG.set(out, o, symbols[code]);
        o += lengths[code];
      } else {
        at++;
        out[o++] = NativeMemory.ALL.get(ValueLayout.JAVA_BYTE, at);
      }
    }
    return o;
  }
}
