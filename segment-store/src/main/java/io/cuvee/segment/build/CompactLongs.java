package io.cuvee.segment.build;

import java.util.Arrays;

/// A growing list of longs that never copies what it has. A full chunk is kept as unsigned
/// differences from its smallest value, in as few bytes as the largest needs.
final class CompactLongs {
  private static final int SHIFT = 14;
  private static final int CHUNK = 1 << SHIFT;

  /// `byte[]`, `short[]`, `int[]` or `long[]`, and what is to be added to each of its values.
  private Object[] chunks = new Object[4];

  private long[] bases = new long[4];

  /// What comes after the last full chunk.
  private long[] open = new long[64];

  private int full;
  private int opened;
  private long chunkBytes;

  void add(long value) {
    if (opened == open.length) {
      open = Arrays.copyOf(open, Math.min(CHUNK, open.length * 4));
    }
    open[opened++] = value;
    if (opened == CHUNK) {
      close();
    }
  }

  /// Adds the last value once more, which costs little; 0 if there is none.
  void addAgain() {
    add(size() == 0 ? 0 : get(size() - 1));
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
        close();
      }
    }
  }

  private void close() {
    long min = open[0];
    long max = open[0];
    for (int i = 1; i < CHUNK; i++) {
      min = Math.min(min, open[i]);
      max = Math.max(max, open[i]);
    }
    if (full == chunks.length) {
      chunks = Arrays.copyOf(chunks, full * 2);
      bases = Arrays.copyOf(bases, full * 2);
    }
    long most = max - min;
    bases[full] = min;
    if (most >>> Byte.SIZE == 0) {
      chunks[full] = bytes(min);
      chunkBytes += CHUNK;
    } else if (most >>> Short.SIZE == 0) {
      chunks[full] = shorts(min);
      chunkBytes += CHUNK * 2L;
    } else if (most >>> Integer.SIZE == 0) {
      chunks[full] = ints(min);
      chunkBytes += CHUNK * 4L;
    } else {
      bases[full] = 0;
      chunks[full] = open.clone();
      chunkBytes += CHUNK * 8L;
    }
    full++;
    opened = 0;
  }

  private byte[] bytes(long base) {
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < CHUNK; i++) {
      chunk[i] = (byte) (open[i] - base);
    }
    return chunk;
  }

  private short[] shorts(long base) {
    short[] chunk = new short[CHUNK];
    for (int i = 0; i < CHUNK; i++) {
      chunk[i] = (short) (open[i] - base);
    }
    return chunk;
  }

  private int[] ints(long base) {
    int[] chunk = new int[CHUNK];
    for (int i = 0; i < CHUNK; i++) {
      chunk[i] = (int) (open[i] - base);
    }
    return chunk;
  }

  int size() {
    return full * CHUNK + opened;
  }

  long memoryBytes() {
    return chunkBytes + open.length * 8L;
  }

  long get(int index) {
    int chunk = index >>> SHIFT;
    int at = index & CHUNK - 1;
    if (chunk == full) {
      return open[at];
    }
    Object values = chunks[chunk];
    long base = bases[chunk];
    if (values instanceof byte[] bytes) {
      return base + (bytes[at] & 0xff);
    } else if (values instanceof short[] shorts) {
      return base + (shorts[at] & 0xffff);
    } else if (values instanceof int[] ints) {
      return base + (ints[at] & 0xffff_ffffL);
    } else {
      return ((long[]) values)[at];
    }
  }

  private void copy(long[] out) {
    for (int chunk = 0; chunk < full; chunk++) {
      int from = chunk * CHUNK;
      long base = bases[chunk];
      Object values = chunks[chunk];
      if (values instanceof byte[] bytes) {
        for (int i = 0; i < CHUNK; i++) {
          out[from + i] = base + (bytes[i] & 0xff);
        }
      } else if (values instanceof short[] shorts) {
        for (int i = 0; i < CHUNK; i++) {
          out[from + i] = base + (shorts[i] & 0xffff);
        }
      } else if (values instanceof int[] ints) {
        for (int i = 0; i < CHUNK; i++) {
          out[from + i] = base + (ints[i] & 0xffff_ffffL);
        }
      } else {
        System.arraycopy((long[]) values, 0, out, from, CHUNK);
      }
    }
    System.arraycopy(open, 0, out, full * CHUNK, opened);
  }

  /// The values in the order of a segment; 0 in the places of NULLs.
  long[] ordered(RowLayout layout) {
    long[] out = new long[layout.valueCount()];
    int[] positions = layout.positions();
    if (positions == null) {
      copy(out);
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = positions[i] < 0 ? 0 : get(positions[i]);
    }
    return out;
  }
}
