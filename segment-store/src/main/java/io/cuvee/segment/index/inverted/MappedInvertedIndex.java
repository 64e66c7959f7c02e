package io.cuvee.segment.index.inverted;

import static io.cuvee.segment.memory.NativeMemory.intAt;
import static io.cuvee.segment.memory.NativeMemory.longAt;
import static io.cuvee.segment.memory.NativeMemory.unsignedByte;
import static io.cuvee.segment.memory.NativeMemory.unsignedShort;

import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.ZoneMap;
import org.jspecify.annotations.Nullable;

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
  public boolean contains(int dictId, int doc) {
    long bitmap = bitmap(dictId);
    int containers = containers(bitmap);
    long descriptors = descriptors(bitmap, containers);
    int container = find(descriptors, containers, doc >>> 16);
    if (container < 0) {
      return false;
    }
    int low = doc & 0xffff;
    long at = position(bitmap, descriptors, containers, container);
    if (isRun(bitmap, container)) {
      return isInRuns(at, low);
    }
    int cardinality = cardinality(descriptors, container);
    if (cardinality > MAX_ARRAY_CARDINALITY) {
      return (longAt(at + (low >>> 6) * 8L) >>> low & 1) != 0;
    }
    int found = firstAtOrAfter(at, cardinality, low);
    return found < cardinality && unsignedShort(at + found * 2L) == low;
  }

  private static boolean isInRuns(long at, int doc) {
    int low = 0;
    int high = unsignedShort(at) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int from = unsignedShort(at + 2 + middle * 4L);
      if (doc < from) {
        high = middle - 1;
      } else if (doc > from + unsignedShort(at + 4 + middle * 4L)) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
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

  @Override
  public int list(int dictId, int from, int to, long @Nullable [] others, int[] out) {
    long bitmap = bitmap(dictId);
    int containers = containers(bitmap);
    long descriptors = descriptors(bitmap, containers);
    int container = find(descriptors, containers, from >>> 16);
    if (container < 0) {
      return 0;
    }
    int cardinality = cardinality(descriptors, container);
    if (isRun(bitmap, container) || cardinality > MAX_ARRAY_CARDINALITY) {
      return NOT_LISTED;
    }
    long at = position(bitmap, descriptors, containers, container);
    int morsel = from & ~0xffff;
    int first = firstAtOrAfter(at, cardinality, from - morsel);
    int end = firstAtOrAfter(at, cardinality, to - morsel);
    return others == null
        ? listAll(at, first, Math.min(end, first + out.length), morsel, out)
        : listCommon(at, first, end, morsel, others, out);
  }

  @Override
  public int docsPerBlock(int dictId, int doc) {
    long bitmap = bitmap(dictId);
    int containers = containers(bitmap);
    long descriptors = descriptors(bitmap, containers);
    int container = find(descriptors, containers, doc >>> 16);
    if (container < 0) {
      return 0;
    }
    int cardinality = cardinality(descriptors, container);
    if (isRun(bitmap, container) || cardinality > MAX_ARRAY_CARDINALITY) {
      return Integer.MAX_VALUE;
    }
    long at = position(bitmap, descriptors, containers, container);
    int first = unsignedShort(at);
    int last = unsignedShort(at + (cardinality - 1) * 2L);
    return cardinality / (last / ZoneMap.BLOCK_ROWS - first / ZoneMap.BLOCK_ROWS + 1);
  }

  private static int firstAtOrAfter(long at, int cardinality, int doc) {
    if (doc == 0 || doc == 1 << 16) {
      return doc == 0 ? 0 : cardinality;
    }
    int low = 0;
    int high = cardinality;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (unsignedShort(at + middle * 2L) < doc) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int listAll(long at, int first, int end, int morsel, int[] out) {
    for (int i = first; i < end; i++) {
      out[i - first] = morsel + unsignedShort(at + i * 2L);
    }
    return end - first;
  }

  private static int listCommon(long at, int first, int end, int morsel, long[] others, int[] out) {
    int found = 0;
    for (int i = first; i < end && found < out.length; i++) {
      int doc = unsignedShort(at + i * 2L);
      out[found] = morsel + doc;
      found += (int) (others[doc >>> 6] >>> doc & 1);
    }
    return found;
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
