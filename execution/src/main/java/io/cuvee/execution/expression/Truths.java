package io.cuvee.execution.expression;

import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import org.jspecify.annotations.Nullable;

/// Columns of truth values and what all kernels do with NULL.
final class Truths {
  private Truths() {}

  /// Sets the values that are NULL to 0, as [LongValues] wants it.
  static LongValues of(long[] values, int count, @Nullable Validity validity) {
    if (validity != null) {
      for (int i = 0; i < count; i++) {
        if (!validity.isSet(i)) {
          values[i] = 0;
        }
      }
    }
    return new LongValues(values, count, validity);
  }

  static void setValid(long[] words, int row) {
    words[row >>> 6] |= 1L << row;
  }

  static void clearValid(long[] words, int row) {
    words[row >>> 6] &= ~(1L << row);
  }

  /// Validity words of `count` rows that all have a value.
  static long[] allValid(int count) {
    long[] words = new long[Validity.wordCount(count)];
    java.util.Arrays.fill(words, -1);
    if ((count & 63) != 0) {
      words[words.length - 1] = (1L << count) - 1;
    }
    return words;
  }
}
