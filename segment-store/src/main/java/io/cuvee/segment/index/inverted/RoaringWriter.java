package io.cuvee.segment.index.inverted;

import io.cuvee.segment.format.ColumnsWriter;
import java.util.Arrays;

/// Writes ascending documents as a Roaring bitmap in the portable format, each container in the
/// smallest of its three forms, without making objects of them. Not thread-safe.
final class RoaringWriter {
  private static final int COOKIE = 12346;
  private static final int COOKIE_WITH_RUNS = 12347;
  private static final int NO_OFFSETS_BELOW = 4;
  private static final int MAX_ARRAY_CARDINALITY = 4096;
  private static final int BITMAP_BYTES = 8192;

  private final ColumnsWriter out;

  /// Of the containers of the bitmap: where their documents begin, and how many runs they are, or 0
  /// if the container is not stored as runs.
  private int[] starts = new int[64];

  private int[] runs = new int[64];
  private final long[] words = new long[BITMAP_BYTES / Long.BYTES];
  private long written;

  RoaringWriter(ColumnsWriter out) {
    this.out = out;
  }

  /// Bytes that were written so far.
  long written() {
    return written;
  }

  /// Writes the bitmap of `docs[from..to)`, which ascend; what is there more than once is moved
  /// together.
  void write(int[] docs, int from, int to) {
    int end = distinct(docs, from, to);
    int containers = divide(docs, from, end);
    boolean hasRuns = false;
    for (int i = 0; i < containers; i++) {
      hasRuns |= runs[i] > 0;
    }
    long position = containers * 4L;
    if (hasRuns) {
      out.putInt(COOKIE_WITH_RUNS | containers - 1 << 16);
      for (int i = 0; i < containers; i += Byte.SIZE) {
        int flags = 0;
        for (int j = i; j < Math.min(containers, i + Byte.SIZE); j++) {
          flags |= runs[j] > 0 ? 1 << j - i : 0;
        }
        out.putByte(flags);
      }
      position += 4 + (containers + 7) / 8;
    } else {
      out.putInt(COOKIE);
      out.putInt(containers);
      position += 8;
    }
    for (int i = 0; i < containers; i++) {
      out.putShort(docs[starts[i]] >>> 16);
      out.putShort(starts[i + 1] - starts[i] - 1);
    }
    if (!hasRuns || containers >= NO_OFFSETS_BELOW) {
      position += containers * 4L;
      for (int i = 0; i < containers; i++) {
        out.putInt((int) position);
        position += sizeBytes(i);
      }
    } else {
      for (int i = 0; i < containers; i++) {
        position += sizeBytes(i);
      }
    }
    for (int i = 0; i < containers; i++) {
      writeContainer(docs, i);
    }
    written += position;
  }

  private static int distinct(int[] docs, int from, int to) {
    int end = from + 1;
    while (end < to && docs[end] != docs[end - 1]) {
      end++;
    }
    for (int i = end + 1; i < to; i++) {
      if (docs[i] != docs[end - 1]) {
        docs[end++] = docs[i];
      }
    }
    return Math.min(end, to);
  }

  /// @return how many containers there are
  private int divide(int[] docs, int from, int to) {
    int containers = 0;
    for (int i = from; i < to; containers++) {
      if (containers + 1 == starts.length) {
        starts = Arrays.copyOf(starts, containers * 2 + 2);
        runs = Arrays.copyOf(runs, starts.length);
      }
      starts[containers] = i;
      int key = docs[i] >>> 16;
      int runCount = 1;
      for (i++; i < to && docs[i] >>> 16 == key; i++) {
        runCount += docs[i] == docs[i - 1] + 1 ? 0 : 1;
      }
      starts[containers + 1] = i;
      runs[containers] = 2 + 4 * runCount < plainBytes(i - starts[containers]) ? runCount : 0;
    }
    return containers;
  }

  private static int plainBytes(int cardinality) {
    return cardinality > MAX_ARRAY_CARDINALITY ? BITMAP_BYTES : 2 * cardinality;
  }

  private int sizeBytes(int container) {
    return runs[container] > 0
        ? 2 + 4 * runs[container]
        : plainBytes(starts[container + 1] - starts[container]);
  }

  private void writeContainer(int[] docs, int container) {
    int from = starts[container];
    int to = starts[container + 1];
    if (runs[container] > 0) {
      out.putShort(runs[container]);
      for (int i = from; i < to; ) {
        int start = i++;
        while (i < to && docs[i] == docs[i - 1] + 1) {
          i++;
        }
        out.putShort(docs[start]);
        out.putShort(i - start - 1);
      }
    } else if (to - from <= MAX_ARRAY_CARDINALITY) {
      out.putShorts(docs, from, to - from);
    } else {
      Arrays.fill(words, 0);
      for (int i = from; i < to; i++) {
        words[(docs[i] & 0xffff) >>> 6] |= 1L << docs[i];
      }
      out.putLongs(words, words.length);
    }
  }
}
