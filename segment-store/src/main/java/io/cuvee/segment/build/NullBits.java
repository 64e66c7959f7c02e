package io.cuvee.segment.build;

import java.util.BitSet;

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
}
