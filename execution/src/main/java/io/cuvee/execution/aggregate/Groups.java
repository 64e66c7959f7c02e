package io.cuvee.execution.aggregate;

import io.cuvee.execution.page.Validity;
import org.jspecify.annotations.Nullable;

/// Which groups have a value.
final class Groups {
  private Groups() {}

  /// Groups with a count above 0 have one; absent if all have.
  static @Nullable Validity validity(long[] counts, int groupCount) {
    long[] words = null;
    for (int i = 0; i < groupCount; i++) {
      if (counts[i] == 0) {
        if (words == null) {
          words = full(groupCount);
        }
        words[i >>> 6] &= ~(1L << i);
      }
    }
    return words == null ? null : new Validity(words);
  }

  static long[] full(int count) {
    long[] words = new long[Validity.wordCount(count)];
    java.util.Arrays.fill(words, -1);
    if ((count & 63) != 0) {
      words[words.length - 1] = (1L << count) - 1;
    }
    return words;
  }
}
