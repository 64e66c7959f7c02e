package io.cuvee.segment.column;

import io.cuvee.execution.page.Validity;
import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The mapped validity of a column. Layout: [io.cuvee.segment.format.BufferKind#VALIDITY].
/// Thread-safe.
final class Nulls {
  /// 0 if there are no NULLs.
  private final long address;

  private final int docCount;

  Nulls(long address, int docCount) {
    this.address = address;
    this.docCount = docCount;
  }

  boolean isValid(int doc) {
    return address == 0
        || (NativeMemory.unsignedByte(address + (doc >>> 3)) >>> (doc & 7) & 1) != 0;
  }

  /// Validity of documents from any position, one word for each 64 of them, zero beyond `count`.
  void words(int fromDoc, int count, long[] words) {
    int wordCount = Validity.wordCount(count);
    if (address == 0) {
      Arrays.fill(words, 0, wordCount, -1L);
    } else {
      int last = Validity.wordCount(docCount) - 1;
      int shift = fromDoc & 63;
      for (int i = 0; i < wordCount; i++) {
        int word = (fromDoc >>> 6) + i;
        long bits = NativeMemory.longAt(address + word * 8L) >>> shift;
        if (shift != 0 && word < last) {
          bits |= NativeMemory.longAt(address + word * 8L + 8) << -shift;
        }
        words[i] = bits;
      }
    }
    if ((count & 63) != 0) {
      words[wordCount - 1] &= (1L << count) - 1;
    }
  }

  /// Validity of consecutive documents; absent if all have a value.
  @Nullable Validity validity(int fromDoc, int count) {
    if (address == 0) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    words(fromDoc, count, words);
    return compact(words, count);
  }

  @Nullable Validity validity(int[] docs, int count) {
    if (address == 0) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    words(docs, count, words);
    return compact(words, count);
  }

  /// Validity of any documents, zero beyond `count`.
  void words(int[] docs, int count, long[] words) {
    Arrays.fill(words, 0, Validity.wordCount(count), 0L);
    for (int i = 0; i < count; i++) {
      if (isValid(docs[i])) {
        words[i >>> 6] |= 1L << i;
      }
    }
  }

  private static @Nullable Validity compact(long[] words, int count) {
    Validity validity = new Validity(words);
    return validity.count(count) == count ? null : validity;
  }

  void zero(int fromDoc, int count, long[] values) {
    if (address != 0) {
      for (int i = 0; i < count; i++) {
        if (!isValid(fromDoc + i)) {
          values[i] = 0;
        }
      }
    }
  }

  void zero(int[] docs, int count, long[] values) {
    if (address != 0) {
      for (int i = 0; i < count; i++) {
        if (!isValid(docs[i])) {
          values[i] = 0;
        }
      }
    }
  }

  void zero(int fromDoc, int count, double[] values) {
    if (address != 0) {
      for (int i = 0; i < count; i++) {
        if (!isValid(fromDoc + i)) {
          values[i] = 0;
        }
      }
    }
  }

  void zero(int[] docs, int count, double[] values) {
    if (address != 0) {
      for (int i = 0; i < count; i++) {
        if (!isValid(docs[i])) {
          values[i] = 0;
        }
      }
    }
  }
}
