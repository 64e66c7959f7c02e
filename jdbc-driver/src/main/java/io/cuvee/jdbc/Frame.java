package io.cuvee.jdbc;

import java.util.List;

/// A run of a result's rows, each cell as it came in JSON; see [Column.Kind].
final class Frame {
  private final List<Object[]> rows;
  private final boolean isLast;

  Frame(List<Object[]> rows, boolean isLast) {
    this.rows = rows;
    this.isLast = isLast;
  }

  List<Object[]> rows() {
    return rows;
  }

  /// Whether the result ends with these rows.
  boolean isLast() {
    return isLast;
  }
}
