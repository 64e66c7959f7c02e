package io.cuvee.segment.build;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A growing list of longs that never copies what it has. A full chunk is kept as unsigned
/// differences from its smallest value, in as few bytes as the largest needs, in a [Scratch].
final class CompactLongs {
  private static final int SHIFT = 14;
  static final int CHUNK = 1 << SHIFT;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Scratch scratch;

  /// Of full chunks: where the scratch has them, what is to be added to each value, and the bytes
  /// of each.
  private long[] places = new long[4];

  private long[] bases = new long[4];
  private byte[] widths = new byte[4];

  /// What comes after the last full chunk.
  private long[] open = new long[64];

  private int full;
  private int opened;
  private long last;

  CompactLongs(Scratch scratch) {
    this.scratch = scratch;
  }

  void add(long value) {
    if (opened == open.length) {
      open = Arrays.copyOf(open, Math.min(CHUNK, open.length * 4));
    }
    open[opened++] = value;
    last = value;
    if (opened == CHUNK) {
      closeChunk();
    }
  }

  /// Adds the last value once more, which costs little; 0 if there is none.
  void addAgain() {
    add(last);
  }

  void addAll(long[] values, int count) {
    for (int done = 0; done < count; ) {
      if (opened == open.length || opened == 0 && open.length < count - done) {
        open = Arrays.copyOf(open, Math.min(CHUNK, Math.max(open.length * 4, count - done)));
      }
      int part = Math.min(count - done, open.length - opened);
      System.arraycopy(values, done, open, opened, part);
      opened += part;
      done += part;
      if (opened == CHUNK) {
        closeChunk();
      }
    }
    if (count > 0) {
      last = values[count - 1];
    }
  }

  private void closeChunk() {
    long min = open[0];
    long max = open[0];
    for (int i = 1; i < CHUNK; i++) {
      min = Math.min(min, open[i]);
      max = Math.max(max, open[i]);
    }
    if (full == places.length) {
      places = Arrays.copyOf(places, full * 2);
      bases = Arrays.copyOf(bases, full * 2);
      widths = Arrays.copyOf(widths, full * 2);
    }
    int width = width(max - min);
    bases[full] = width == Long.BYTES ? 0 : min;
    widths[full] = (byte) width;
    if (width > 0) {
      byte[] packed = new byte[CHUNK * width];
      pack(bases[full], width, packed);
      places[full] = scratch.put(packed, packed.length);
    }
    full++;
    opened = 0;
  }

  private static int width(long most) {
    if (most == 0) {
      return 0;
    } else if (most >>> Byte.SIZE == 0) {
      return Byte.BYTES;
    } else if (most >>> Short.SIZE == 0) {
      return Short.BYTES;
    } else if (most >>> Integer.SIZE == 0) {
      return Integer.BYTES;
    } else {
      return Long.BYTES;
    }
  }

  private void pack(long base, int width, byte[] packed) {
    switch (width) {
      case Byte.BYTES -> {
        for (int i = 0; i < CHUNK; i++) {
          packed[i] = (byte) (open[i] - base);
        }
      }
      case Short.BYTES -> {
        for (int i = 0; i < CHUNK; i++) {
          SHORT.set(packed, i << 1, (short) (open[i] - base));
        }
      }
      case Integer.BYTES -> {
        for (int i = 0; i < CHUNK; i++) {
          INT.set(packed, i << 2, (int) (open[i] - base));
        }
      }
      default -> {
        for (int i = 0; i < CHUNK; i++) {
          LONG.set(packed, i << 3, open[i]);
        }
      }
    }
  }

  private static void unpack(byte[] packed, long base, int width, long[] values) {
    switch (width) {
      case 0 -> Arrays.fill(values, base);
      case Byte.BYTES -> {
        for (int i = 0; i < CHUNK; i++) {
          values[i] = base + (packed[i] & 0xff);
        }
      }
      case Short.BYTES -> {
        for (int i = 0; i < CHUNK; i++) {
          values[i] = base + ((short) SHORT.get(packed, i << 1) & 0xffff);
        }
      }
      case Integer.BYTES -> {
        for (int i = 0; i < CHUNK; i++) {
          values[i] = base + ((int) INT.get(packed, i << 2) & 0xffff_ffffL);
        }
      }
      default -> {
        for (int i = 0; i < CHUNK; i++) {
          values[i] = (long) LONG.get(packed, i << 3);
        }
      }
    }
  }

  int size() {
    return full * CHUNK + opened;
  }

  /// Heap that is taken.
  long memoryBytes() {
    return open.length * 8L + places.length * 17L;
  }

  /// Takes some values that follow each other.
  interface Part {
    /// @param from position of `values[0]` in the list
    void accept(int from, long[] values, int count);
  }

  /// Gives all values in order, a part at a time; the array is another's after each.
  void forEach(Part part) {
    long[] values = new long[full == 0 ? 0 : CHUNK];
    byte[] packed = new byte[0];
    for (int chunk = 0; chunk < full; chunk++) {
      int length = CHUNK * widths[chunk];
      if (packed.length < length) {
        packed = new byte[length];
      }
      if (length > 0) {
        scratch.get(places[chunk], packed, length);
      }
      unpack(packed, bases[chunk], widths[chunk], values);
      part.accept(chunk * CHUNK, values, CHUNK);
    }
    if (opened > 0) {
      part.accept(full * CHUNK, open, opened);
    }
  }

  /// The values in the order of a segment; arbitrary in the places of NULLs.
  long[] ordered(RowLayout layout) {
    long[] out = new long[size()];
    int[] targets = layout.targets();
    if (targets == null) {
      forEach((from, values, count) -> System.arraycopy(values, 0, out, from, count));
    } else {
      forEach((from, values, count) -> {
        for (int i = 0; i < count; i++) {
          out[targets[from + i]] = values[i];
        }
      });
    }
    return out;
  }

  /// As [#ordered], of values that are ints.
  int[] orderedInts(RowLayout layout) {
    int[] out = new int[size()];
    int[] targets = layout.targets();
    forEach((from, values, count) -> {
      for (int i = 0; i < count; i++) {
        out[targets == null ? from + i : targets[from + i]] = (int) values[i];
      }
    });
    return out;
  }
}
