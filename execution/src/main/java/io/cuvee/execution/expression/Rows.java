package io.cuvee.execution.expression;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import org.jspecify.annotations.Nullable;

/// The rows that a kernel works on: a page, or a selection of the rows of another `Rows`, of which
/// a column is gathered when a kernel first asks for it.
final class Rows {
  private final int count;
  private final @Nullable Values[] columns;
  private final @Nullable Rows parent;
  private final int[] positions;

  private Rows(int count, @Nullable Values[] columns, @Nullable Rows parent, int[] positions) {
    this.count = count;
    this.columns = columns;
    this.parent = parent;
    this.positions = positions;
  }

  static Rows of(Page page) {
    return new Rows(page.rowCount(), page.columns().toArray(new Values[0]), null, new int[0]);
  }

  /// Rows without columns.
  static Rows ofCount(int count) {
    return new Rows(count, new Values[0], null, new int[0]);
  }

  int count() {
    return count;
  }

  Values column(int index) {
    Values column = columns[index];
    if (column == null) {
      column = java.util.Objects.requireNonNull(parent).column(index).select(positions, count);
      columns[index] = column;
    }
    return column;
  }

  /// The rows at `positions[0..count)` of these. The array is kept.
  Rows select(int[] selected, int selectedCount) {
    return new Rows(selectedCount, new Values[columns.length], this, selected);
  }
}
