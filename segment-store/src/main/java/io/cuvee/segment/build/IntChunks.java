package io.cuvee.segment.build;

import java.util.Arrays;

/// A growing list of ints that never copies what it has.
final class IntChunks {
  private static final int SHIFT = 14;
  private static final int CHUNK = 1 << SHIFT;

  private int[][] chunks = new int[4][];
  private int size;

  void add(int value) {
    int chunk = size >>> SHIFT;
    if ((size & CHUNK - 1) == 0) {
      if (chunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, chunk * 2);
      }
      chunks[chunk] = new int[CHUNK];
    }
    chunks[chunk][size++ & CHUNK - 1] = value;
  }

  int get(int index) {
    return chunks[index >>> SHIFT][index & CHUNK - 1];
  }

  void set(int index, int value) {
    chunks[index >>> SHIFT][index & CHUNK - 1] = value;
  }

  int size() {
    return size;
  }

  long memoryBytes() {
    return ((size + CHUNK - 1L) >>> SHIFT) * CHUNK * 4;
  }
}
