package io.cuvee.segment.consuming;

import java.util.Arrays;

/// Fixed-width entries in chunks of 8192, which never move: readers go on while the writer adds
/// chunks. A block of 2048 entries that begins at a multiple of 2048 lies in one chunk. One writer,
/// any number of readers, who read no further than the row count that they got from the segment.
final class Chunks {
  static final int SHIFT = 13;
  static final int ENTRIES = 1 << SHIFT;
  static final int MASK = ENTRIES - 1;

  private final GrowingMemory memory;
  private final int width;

  /// The address of each chunk, and zeros; replaced by a longer copy when it is full.
  private volatile long[] directory = new long[16];

  private int count;

  Chunks(GrowingMemory memory, int width) {
    this.memory = memory;
    this.width = width;
  }

  /// For readers: where each chunk begins.
  long[] directory() {
    return directory;
  }

  /// For the writer: where an entry goes.
  long place(int position) {
    int chunk = position >>> SHIFT;
    while (count <= chunk) {
      add();
    }
    return directory[chunk] + (long) (position & MASK) * width;
  }

  /// For readers: where an entry is.
  long address(int position) {
    return directory[position >>> SHIFT] + (long) (position & MASK) * width;
  }

  private void add() {
    long[] now = directory;
    if (count == now.length) {
      now = Arrays.copyOf(now, count * 2);
    }
    now[count] = memory.allocate((long) ENTRIES * width);
    directory = now;
    count++;
  }

  /// How many of `count` entries from `position` lie in its chunk.
  static int within(int position, int count) {
    return Math.min(count, ENTRIES - (position & MASK));
  }
}
