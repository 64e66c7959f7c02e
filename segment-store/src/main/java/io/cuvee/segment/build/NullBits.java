package io.cuvee.segment.build;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Which rows of a column are SQL NULL.
final class NullBits {
  private final BitSet nulls = new BitSet();
  private int count;

  void add(int row) {
    nulls.set(row);
    count++;
  }

  boolean isNull(int row) {
    return count > 0 && nulls.get(row);
  }

  int count() {
    return count;
  }

  long memoryBytes() {
    return nulls.size() / 8;
  }

  /// A bit for each document that is NULL; absent if none is.
  long @Nullable [] byDocument(RowOrder order) {
    if (count == 0) {
      return null;
    }
    long[] bits = new long[(order.docCount() + 63) >>> 6];
    for (int row = nulls.nextSetBit(0); row >= 0; row = nulls.nextSetBit(row + 1)) {
      int doc = order.doc(row);
      bits[doc >>> 6] |= 1L << doc;
    }
    return bits;
  }
}
