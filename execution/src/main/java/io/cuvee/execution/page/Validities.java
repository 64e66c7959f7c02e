package io.cuvee.execution.page;

import org.jspecify.annotations.Nullable;

/// Gathers and cuts validity.
final class Validities {
  private Validities() {}

  static @Nullable Validity select(@Nullable Validity validity, int[] rows, int count) {
    boolean outer = false;
    for (int i = 0; i < count; i++) {
      outer |= rows[i] < 0;
    }
    if (validity == null && !outer) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    for (int i = 0; i < count; i++) {
      if (rows[i] >= 0 && (validity == null || validity.isSet(rows[i]))) {
        words[i >>> 6] |= 1L << i;
      }
    }
    return new Validity(words);
  }

  static @Nullable Validity slice(@Nullable Validity validity, int from, int count) {
    if (validity == null) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    boolean nulls = false;
    for (int i = 0; i < count; i++) {
      if (validity.isSet(from + i)) {
        words[i >>> 6] |= 1L << i;
      } else {
        nulls = true;
      }
    }
    return nulls ? new Validity(words) : null;
  }

  static long sizeBytes(@Nullable Validity validity) {
    return validity == null ? 0 : 8L * validity.words().length;
  }
}
