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
      RowLayout layout = column.layout(ofInput(docCount));
      DistinctValues distinct = column.store().distinct(layout);
      int nullKey = distinct.cardinality();
      int[] keys = new int[docCount];
      int[] starts = new int[nullKey + 2];
      for (int row = 0; row < docCount; row++) {
        keys[row] = column.nulls().isNull(row) ? nullKey : distinct.dictId(row);
        starts[keys[row] + 1]++;
      }
      for (int key = 0; key <= nullKey; key++) {
        starts[key + 1] += starts[key];
      }
      int[] rows = new int[docCount];
      for (int doc = 0; doc < docCount; doc++) {
        int row = order.row(doc);
        rows[starts[keys[row]]++] = row;
      }
      order = new RowOrder(docCount, rows);
    }
    return order;
  }
}
