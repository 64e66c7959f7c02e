package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.SegmentColumn;

/// What a text index found, a bit a row, in the form of an inverted index that has one list.
///
/// @param bits as many words as rows take, or more
record FoundRows(long[] bits) implements InvertedIndex {
  /// The rows of an array column that have one of the elements that were found.
  static FoundRows ofElements(SegmentColumn column, long[] elements) {
    int docCount = column.docCount();
    long[] rows = new long[docCount + 63 >>> 6];
    int[] ends = new int[Block.ROWS + 1];
    for (int from = 0; from < docCount; from += Block.ROWS) {
      int count = Math.min(Block.ROWS, docCount - from);
      column.arrayOffsets(from, count, ends);
      for (int row = 0; row < count; row++) {
        for (int i = ends[row]; i < ends[row + 1]; i++) {
          if ((elements[i >>> 6] >>> i & 1) != 0) {
            rows[from + row >>> 6] |= 1L << from + row;
          }
        }
      }
    }
    return new FoundRows(rows);
  }

  /// @param index which condition of the filter on an index this is
  FilterNode condition(int slot, int index, int docCount) {
    IndexCondition condition =
        new IndexCondition(slot, index, this, "text", new int[] {0}, docCount, true);
    return condition.rowCount() == 0 ? NoRows.INSTANCE : condition;
  }

  @Override
  public int docCount(int list) {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    return count;
  }

  @Override
  public boolean contains(int list, int doc) {
    return (bits[doc >>> 6] >>> doc & 1) != 0;
  }

  @Override
  public boolean orInto(int list, int fromDoc, int count, long[] words) {
    boolean any = false;
    int first = fromDoc >>> 6;
    for (int w = 0; w < count + 63 >>> 6; w++) {
      words[w] |= bits[first + w];
      any |= bits[first + w] != 0;
    }
    return any;
  }
}
