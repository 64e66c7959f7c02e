package io.cuvee.segment.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which row of the input becomes which document.
///
/// @param docs for each row its document; absent if they are the same
record RowOrder(int docCount, int @Nullable [] docs) {
  /// The order of the input.
  static RowOrder ofInput(int docCount) {
    return new RowOrder(docCount, null);
  }

  int doc(int row) {
    return docs == null ? row : docs[row];
  }

  /// Rows ordered by the given columns, the first counting most, NULLs last; ties keep the order of
  /// the input. Takes up to 24 bytes a row meanwhile.
  static RowOrder by(List<CollectedColumn> columns, int docCount) {
    int[] rows = null;
    // Stable counting sorts from the least to the most significant column.
    for (CollectedColumn column : columns.reversed()) {
      OrderedValues values = column.store().ordered(column.layout(ofInput(docCount)));
      int nullKey = values.cardinality();
      int[] keys = values.dictIds();
      for (int row = 0; column.nulls().count() > 0 && row < docCount; row++) {
        keys[row] = column.nulls().isNull(row) ? nullKey : keys[row];
      }
      rows = sorted(rows, keys, nullKey);
    }
    return rows == null ? ofInput(docCount) : new RowOrder(docCount, inverse(rows));
  }

  private static int[] inverse(int[] rows) {
    int[] docs = new int[rows.length];
    for (int doc = 0; doc < rows.length; doc++) {
      docs[rows[doc]] = doc;
    }
    return docs;
  }

  /// A stable counting sort by the keys of rows; `null` stands for the order of the input.
  private static int @Nullable [] sorted(int @Nullable [] order, int[] keys, int largestKey) {
    boolean isSorted = true;
    for (int doc = 1; isSorted && doc < keys.length; doc++) {
      isSorted =
          keys[order == null ? doc - 1 : order[doc - 1]] <= keys[order == null ? doc : order[doc]];
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
      int row = order == null ? doc : order[doc];
      rows[starts[keys[row]]++] = row;
    }
    return rows;
  }
}
