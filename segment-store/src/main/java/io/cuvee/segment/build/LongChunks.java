package io.cuvee.segment.build;

import java.util.Arrays;

/// A growing list of longs that never copies what it has.
final class LongChunks {
  private static final int SHIFT = 14;
  private static final int CHUNK = 1 << SHIFT;

  private long[][] chunks = new long[4][];
  private int size;

  void add(long value) {
    int chunk = size >>> SHIFT;
    if ((size & CHUNK - 1) == 0) {
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, chunk * 2);
      }
      chunks[chunk] = new long[CHUNK];
    }
    chunks[chunk][size++ & CHUNK - 1] = value;
  }

  long get(int index) {
    return chunks[index >>> SHIFT][index & CHUNK - 1];
  }

  void set(int index, long value) {
    chunks[index >>> SHIFT][index & CHUNK - 1] = value;
  }

  int size() {
    return size;
  }

  long memoryBytes() {
    return ((size + CHUNK - 1L) >>> SHIFT) * CHUNK * 8;
  }
}
