package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Validity;
import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which rows of a column are NULL: a bit for each, in chunks of 65,536 rows that exist once one of
/// their rows is NULL. Readers mask what lies beyond the row count that they got from the segment.
final class GrowingNulls {
  private static final int SHIFT = 16;
  private static final int WORDS = 1 << SHIFT - 6;

  private final GrowingMemory memory;

  /// The address of each chunk; 0 where no row is NULL.
  private volatile long[] directory = {};

  GrowingNulls(GrowingMemory memory) {
    this.memory = memory;
  }

  /// For the writer.
  void setNull(int doc) {
    int chunk = doc >>> SHIFT;
    long[] now = directory;
    if (chunk >= now.length || now[chunk] == 0) {
      now = Arrays.copyOf(now, Math.max(chunk + 1, now.length));
      now[chunk] = memory.allocate(WORDS * 8L);
      directory = now;
    }
    long word = now[chunk] + (long) (doc >>> 6 & WORDS - 1) * 8;
    NativeMemory.putLong(word, NativeMemory.longAt(word) | 1L << doc);
  }

  boolean isNone() {
    return directory.length == 0;
  }

  private static long word(long[] directory, int index) {
    int chunk = index / WORDS;
    long address = chunk < directory.length ? directory[chunk] : 0;
    return address == 0 ? 0 : NativeMemory.longAt(address + (long) (index & WORDS - 1) * 8);
  }

  boolean isNull(int doc) {
    return (word(directory, doc >>> 6) >>> doc & 1) != 0;
  }

  /// Validity of documents from any position, one bit each, zero beyond `count`.
  void validity(int fromDoc, int count, long[] words) {
    int wordCount = Validity.wordCount(count);
    long[] now = directory;
    if (now.length == 0) {
      Arrays.fill(words, 0, wordCount, -1L);
    } else {
      int shift = fromDoc & 63;
      for (int i = 0; i < wordCount; i++) {
        int index = (fromDoc >>> 6) + i;
        long nulls = word(now, index) >>> shift;
        if (shift != 0) {
          nulls |= word(now, index + 1) << -shift;
        }
        words[i] = ~nulls;
      }
    }
    if ((count & 63) != 0) {
      words[wordCount - 1] &= (1L << count) - 1;
    }
  }

  void validity(int[] docs, int count, long[] words) {
    long[] now = directory;
    Arrays.fill(words, 0, Validity.wordCount(count), 0L);
    for (int i = 0; i < count; i++) {
      if ((word(now, docs[i] >>> 6) >>> docs[i] & 1) == 0) {
        words[i >>> 6] |= 1L << i;
      }
    }
  }

  /// Absent if all have a value.
  @Nullable Validity validity(int fromDoc, int count) {
    if (isNone()) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    validity(fromDoc, count, words);
    return compact(words, count);
  }

  @Nullable Validity validity(int[] docs, int count) {
    if (isNone()) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    validity(docs, count, words);
    return compact(words, count);
  }

  private static @Nullable Validity compact(long[] words, int count) {
    Validity validity = new Validity(words);
    return validity.count(count) == count ? null : validity;
  }
}
