package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.RowExpression;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How one segment finds the groups of rows. Immutable and thread-safe.
sealed interface Grouping {
  /// Most groups that are numbered by key codes alone.
  long MAX_DENSE = 1 << 20;

  /// So many groups cost little even if few rows fall into them.
  long ALWAYS_DENSE = 1 << 13;

  /// One group of all rows.
  record One() implements Grouping {}

  /// The keys' codes, as digits of one number, are the group.
  record Dense(List<KeyColumn> keys, int groupCount) implements Grouping {
    /// Whether groups are known to have the same numbers as in another segment of the query.
    boolean isSame(Dense other) {
      for (int i = 0; i < keys.size(); i++) {
        if (!keys.get(i).isSame(other.keys.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  /// As dense, but most numbers have no rows, so those that do are numbered anew.
  record Hashed(List<KeyColumn> keys) implements Grouping {}

  /// By the values of the keys, in the worker's table.
  record ByValue() implements Grouping {}

  /// @param likelyRows how many rows are expected to pass the filter
  /// @param mostGroups that memory allows to make room for at once
  static Grouping of(
      List<RowExpression> keys,
      List<SegmentColumn> columns,
      int docCount,
      double likelyRows,
      long mostGroups) {
    if (keys.isEmpty()) {
      return new One();
    }
    List<KeyColumn> codes = new ArrayList<>(keys.size());
    long product = 1;
    for (RowExpression key : keys) {
      Optional<KeyColumn> code = KeyColumn.of(key, columns, docCount);
      if (code.isEmpty() || product > Long.MAX_VALUE / code.get().codeCount()) {
        return new ByValue();
      }
      product *= code.get().codeCount();
      codes.add(code.get());
    }
    long most = Math.min(mostGroups, Math.max(ALWAYS_DENSE, (long) (4 * likelyRows)));
    return product <= Math.min(MAX_DENSE, most)
        ? new Dense(codes, (int) product)
        : new Hashed(codes);
  }
}
