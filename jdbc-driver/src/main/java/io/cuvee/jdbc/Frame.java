package io.cuvee.jdbc;

import java.util.List;

/// A run of a result's rows.
final class Frame {
  /// No rows, and none to come.
  static final Frame END = ofRows(List.of(), 0, true);

  private final int rowCount;
  private final Cells[] columns;
  private final boolean isLast;

  /// @param columns may be fewer than the result's if there are no rows
  Frame(int rowCount, Cells[] columns, boolean isLast) {
    this.rowCount = rowCount;
    this.columns = columns;
    this.isLast = isLast;
  }

  /// @param rows each cell in its form in JSON; see [Column.Kind]
  static Frame ofRows(List<Object[]> rows, int columnCount, boolean isLast) {
    Cells[] columns = new Cells[columnCount];
    for (int i = 0; i < columnCount; i++) {
      columns[i] = new Cells.OfRows(rows, i);
    }
    return new Frame(rows.size(), columns, isLast);
  }

  int rowCount() {
    return rowCount;
  }

  Cells column(int index) {
    return columns[index];
  }

  /// Whether the result ends with these rows.
  boolean isLast() {
    return isLast;
  }
}
