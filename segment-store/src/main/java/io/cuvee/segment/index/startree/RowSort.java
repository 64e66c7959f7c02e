package io.cuvee.segment.index.startree;

import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.segment.column.SegmentColumn;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Puts the rows of a segment in the order of its dimensions and finds those that agree in all of
/// them. Stable counting sorts from the least to the most significant dimension, of which one at a
/// time is decoded: four ints a row.
final class RowSort {
  private static final int PART = 1 << 16;

  private final List<Optional<SegmentColumn>> dimensions;
  private final int rowCount;
  private final int[] ids;
  private final int[] part;
  private final long[] validity = new long[PART / 64];

  RowSort(List<Optional<SegmentColumn>> dimensions, int rowCount) {
    this.dimensions = dimensions;
    this.rowCount = rowCount;
    this.ids = new int[rowCount];
    this.part = new int[Math.min(rowCount, PART)];
  }

  /// Bytes that it takes.
  static long bytes(int rowCount) {
    return 17L * rowCount;
  }

  /// Makes the base records.
  ///
  /// @return for each row its record
  int[] group(Records records, MemoryBudget budget) {
    long bytes = bytes(rowCount);
    budget.reserve(bytes);
    int[] order = order();
    long[] begins = new long[(rowCount + 63) / 64];
    begins[0] = 1;
    for (int d = 0; d < dimensions.size(); d++) {
      decode(d);
      for (int i = 1; i < rowCount; i++) {
        if (ids[order[i]] != ids[order[i - 1]]) {
          begins[i >>> 6] |= 1L << i;
        }
      }
    }
    int count = 0;
    for (long word : begins) {
      count += Long.bitCount(word);
    }
    records.add(count);
    int[] recordOf = new int[rowCount];
    int record = -1;
    for (int i = 0; i < rowCount; i++) {
      record += (int) (begins[i >>> 6] >>> i & 1);
      recordOf[order[i]] = record;
    }
    for (int d = 0; d < dimensions.size(); d++) {
      decode(d);
      int[] target = records.ids(d);
      for (int row = 0; row < rowCount; row++) {
        target[recordOf[row]] = ids[row];
      }
    }
    budget.release(bytes);
    return recordOf;
  }

  private int[] order() {
    int[] order = new int[rowCount];
    for (int i = 0; i < rowCount; i++) {
      order[i] = i;
    }
    int[] sorted = new int[rowCount];
    for (int d = dimensions.size() - 1; d >= 0; d--) {
      int cardinality = cardinality(dimensions.get(d));
      if (cardinality == 0) {
        continue;
      }
      decode(d);
      int[] starts = new int[cardinality + 2];
      for (int id : ids) {
        starts[id + 2]++;
      }
      for (int i = 1; i < starts.length; i++) {
        starts[i] += starts[i - 1];
      }
      for (int row : order) {
        sorted[starts[ids[row] + 1]++] = row;
      }
      int[] swap = order;
      order = sorted;
      sorted = swap;
    }
    return order;
  }

  static int cardinality(Optional<SegmentColumn> column) {
    return column.flatMap(SegmentColumn::dictionary).map(values -> values.size()).orElse(0);
  }

  /// Reads a dimension's dictIds, [StarTreeNodes#NULL] where NULL.
  private void decode(int dimension) {
    SegmentColumn column = dimensions.get(dimension).orElse(null);
    if (column == null) {
      Arrays.fill(ids, StarTreeNodes.NULL);
      return;
    }
    boolean nulls = column.statistics().nullCount() > 0;
    for (int from = 0; from < rowCount; from += PART) {
      int count = Math.min(PART, rowCount - from);
      column.dictIds(from, count, part);
      System.arraycopy(part, 0, ids, from, count);
      if (nulls) {
        column.validity(from, count, validity);
        for (int i = 0; i < count; i++) {
          if ((validity[i >>> 6] >>> i & 1) == 0) {
            ids[from + i] = StarTreeNodes.NULL;
          }
        }
      }
    }
  }
}
