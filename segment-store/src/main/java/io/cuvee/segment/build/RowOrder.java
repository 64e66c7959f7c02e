package io.cuvee.segment.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which row of the input becomes which document.
///
/// @param rows for each document its row; absent if they are the same
record RowOrder(int docCount, int @Nullable [] rows) {
  /// The order of the input.
  static RowOrder ofInput(int docCount) {
    return new RowOrder(docCount, null);
  }

  int row(int doc) {
    return rows == null ? doc : rows[doc];
  }

  /// Rows ordered by the given columns, the first counting most, NULLs last; ties keep the order of
  /// the input.
  static RowOrder by(List<CollectedColumn> columns, int docCount) {
    RowOrder order = ofInput(docCount);
    // Stable counting sorts from the least to the most significant column.
    for (CollectedColumn column : columns.reversed()) {
      OrderedValues values = column.store().ordered(column.layout(ofInput(docCount)));
      int nullKey = values.cardinality();
      int[] keys = values.dictIds();
      for (int row = 0; column.nulls().count() > 0 && row < docCount; row++) {
        keys[row] = column.nulls().isNull(row) ? nullKey : keys[row];
      }
      order = sorted(order, keys, nullKey);
    }
    return order;
  }

  /// A stable counting sort by the keys of rows.
  private static RowOrder sorted(RowOrder order, int[] keys, int largestKey) {
    boolean isSorted = true;
    for (int doc = 1; isSorted && doc < keys.length; doc++) {
      isSorted = keys[order.row(doc - 1)] <= keys[order.row(doc)];
    }
    if (isSorted) {
      return order;
    }
    int[] starts = new int[largestKey + 2];
    for (int key : keys) {
      starts[key + 1]++;
    }
    for (int key = 0; key <= largestKey; key++) {
      starts[key + 1] += starts[key];
    }
    int[] rows = new int[keys.length];
    for (int doc = 0; doc < keys.length; doc++) {
      int row = order.row(doc);
      rows[starts[keys[row]]++] = row;
    }
    return new RowOrder(keys.length, rows);
  }
}
