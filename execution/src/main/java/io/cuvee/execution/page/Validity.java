package io.cuvee.execution.page;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which rows have a value: bit `i % 64` of word `i / 64` is set if row `i` is not SQL NULL.
/// Immutable by convention.
public record Validity(long[] words) {
  public static int wordCount(int rows) {
    return (rows + 63) >>> 6;
  }

  public boolean isSet(int row) {
    return (words[row >>> 6] >>> row & 1) != 0;
  }

  /// What both have a value in; `null`, which means all rows, if both are absent.
  public static @Nullable Validity and(@Nullable Validity a, @Nullable Validity b, int rows) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    long[] words = new long[wordCount(rows)];
    for (int i = 0; i < words.length; i++) {
      words[i] = a.words[i] & b.words[i];
    }
    return new Validity(words);
  }

  /// How many of the first `rows` rows have a value.
  public int count(int rows) {
    int count = 0;
    int full = rows >>> 6;
    for (int i = 0; i < full; i++) {
      count += Long.bitCount(words[i]);
    }
    if ((rows & 63) != 0) {
      count += Long.bitCount(words[full] & (1L << rows) - 1);
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Validity that && Arrays.equals(words, that.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }
}
