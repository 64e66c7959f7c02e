package io.cuvee.segment.index.inverted;

import static io.cuvee.segment.memory.NativeMemory.intAt;
import static io.cuvee.segment.memory.NativeMemory.longAt;
import static io.cuvee.segment.memory.NativeMemory.unsignedByte;
import static io.cuvee.segment.memory.NativeMemory.unsignedShort;

import io.cuvee.segment.column.InvertedIndex;

/// A mapped inverted index. Reads the containers of the portable Roaring format where they lie, so
/// that a morsel, which is the range of one container, is expanded without an object. Layout:
/// [InvertedIndexFormat].
public final class MappedInvertedIndex implements InvertedIndex {
  private static final int COOKIE_WITH_RUNS = 12347;
  private static final int NO_OFFSETS_BELOW = 4;
  private static final int MAX_ARRAY_CARDINALITY = 4096;
  private static final int BITMAP_BYTES = 8192;

  private final long offsets;
  private final long bitmaps;

  /// @param offsets address of the offsets
  /// @param bitmaps address of the bitmaps
  public MappedInvertedIndex(long offsets, long bitmaps) {
    this.offsets = offsets;
    this.bitmaps = bitmaps;
  }

  private long bitmap(int dictId) {
    return bitmaps + longAt(offsets + dictId * 8L);
  }

  private static boolean mayHaveRuns(long bitmap) {
    return (intAt(bitmap) & 0xffff) == COOKIE_WITH_RUNS;
  }

  private static int containers(long bitmap) {
    return mayHaveRuns(bitmap) ? (intAt(bitmap) >>> 16) + 1 : intAt(bitmap + 4);
  }

  /// Where the pairs of key and cardinality - 1 are.
  private static long descriptors(long bitmap, int containers) {
    return mayHaveRuns(bitmap) ? bitmap + 4 + (containers + 7) / 8 : bitmap + 8;
  }

  @Override
  public int docCount(int dictId) {
    long bitmap = bitmap(dictId);
    int containers = containers(bitmap);
    long descriptors = descriptors(bitmap, containers);
    int count = 0;
    for (int i = 0; i < containers; i++) {
      count += cardinality(descriptors, i);
    }
    return count;
  }

  private static int cardinality(long descriptors, int container) {
    return unsignedShort(descriptors + container * 4L + 2) + 1;
  }

  @Override
  public boolean orInto(int dictId, int fromDoc, int count, long[] words) {
    long bitmap = bitmap(dictId);
    int containers = containers(bitmap);
    long descriptors = descriptors(bitmap, containers);
    int container = find(descriptors, containers, fromDoc >>> 16);
    if (container < 0) {
      return false;
    }
    int cardinality = cardinality(descriptors, container);
    long at = position(bitmap, descriptors, containers, container);
    if (isRun(bitmap, container)) {
      orRuns(at, count, words);
    } else if (cardinality > MAX_ARRAY_CARDINALITY) {
      orBitmap(at, count, words);
    } else {
      orArray(at, cardinality, count, words);
    }
    return true;
  }

  private static int find(long descriptors, int containers, int key) {
    int low = 0;
    int high = containers - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int found = unsignedShort(descriptors + middle * 4L);
      if (found < key) {
        low = middle + 1;
      } else if (found > key) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -1;
  }

  private static boolean isRun(long bitmap, int container) {
    return mayHaveRuns(bitmap)
        && (unsignedByte(bitmap + 4 + container / 8) >>> container % 8 & 1) != 0;
  }

  private static long position(long bitmap, long descriptors, int containers, int container) {
    long afterDescriptors = descriptors + containers * 4L;
    if (!mayHaveRuns(bitmap) || containers >= NO_OFFSETS_BELOW) {
      return bitmap + Integer.toUnsignedLong(intAt(afterDescriptors + container * 4L));
    }
    long at = afterDescriptors;
    for (int i = 0; i < container; i++) {
      int cardinality = cardinality(descriptors, i);
      if (isRun(bitmap, i)) {
        at += 2 + unsignedShort(at) * 4L;
      } else {
        at += cardinality > MAX_ARRAY_CARDINALITY ? BITMAP_BYTES : cardinality * 2L;
      }
    }
    return at;
  }

  private static void orArray(long at, int cardinality, int count, long[] words) {
    for (int i = 0; i < cardinality; i++) {
      int doc = unsignedShort(at + i * 2L);
      if (doc >= count) {
        return;
      }
      words[doc >>> 6] |= 1L << doc;
    }
  }

  private static void orBitmap(long at, int count, long[] words) {
    int full = count >>> 6;
    for (int i = 0; i < full; i++) {
      words[i] |= longAt(at + i * 8L);
    }
    if ((count & 63) != 0) {
      words[full] |= longAt(at + full * 8L) & (1L << count) - 1;
    }
  }

  private static void orRuns(long at, int count, long[] words) {
    int runs = unsignedShort(at);
    for (int i = 0; i < runs; i++) {
      int from = unsignedShort(at + 2 + i * 4L);
      int to = Math.min(count, from + unsignedShort(at + 4 + i * 4L) + 1);
      if (from >= to) {
        return;
      }
      int firstWord = from >>> 6;
      int lastWord = to - 1 >>> 6;
      long first = -1L << from;
      long last = -1L >>> -to;
      if (firstWord == lastWord) {
        words[firstWord] |= first & last;
      } else {
        words[firstWord] |= first;
        for (int word = firstWord + 1; word < lastWord; word++) {
          words[word] = -1L;
        }
        words[lastWord] |= last;
      }
    }
  }
}
