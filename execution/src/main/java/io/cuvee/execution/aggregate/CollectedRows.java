package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Pages;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// Rows that are kept with the group of each, in the order in which they come. Not thread-safe.
final class CollectedRows {
  /// Runs of rows below this size are joined as they come, so that there are never many.
  private static final int SMALL_ROWS = 1 << 16;

  private static final int RUN_BYTES = 256;

  private final List<ColumnType> types = new ArrayList<>();
  private final MemoryBudget budget;
  private final List<Page> runs = new ArrayList<>();
  private long sizeBytes;

  CollectedRows(List<ColumnType> columnTypes, MemoryBudget budget) {
    types.add(ColumnType.LONG);
    types.addAll(columnTypes);
    this.budget = budget;
  }

  /// Adds rows.
  ///
  /// @param groups taken over; not negative
  /// @param columns taken over
  void add(long[] groups, int count, List<Values> columns) {
    if (count == 0) {
      return;
    }
    List<Values> all = new ArrayList<>(columns.size() + 1);
    all.add(new LongValues(groups, count, null));
    all.addAll(columns);
    push(new Page(count, all));
    while (runs.size() > 1) {
      Page last = runs.getLast();
      Page before = runs.get(runs.size() - 2);
      if (before.rowCount() > SMALL_ROWS || before.rowCount() > 2 * last.rowCount()) {
        return;
      }
      join(runs.size() - 2);
    }
  }

  private void push(Page run) {
    long bytes = bytes(run);
    budget.reserve(bytes);
    sizeBytes += bytes;
    runs.add(run);
  }

  private static long bytes(Page run) {
    long bytes = RUN_BYTES;
    for (Values column : run.columns()) {
      bytes += column.sizeBytes();
    }
    return bytes;
  }

  /// Joins all runs from `first`.
  private void join(int first) {
    List<Page> joined = runs.subList(first, runs.size());
    Page run = Pages.concat(types, List.copyOf(joined));
    long bytes = 0;
    for (Page part : joined) {
      bytes += bytes(part);
    }
    joined.clear();
    budget.release(bytes);
    sizeBytes -= bytes;
    push(run);
  }

  /// All rows: their groups as LONG, then the columns.
  Page all() {
    if (runs.isEmpty()) {
      return Pages.concat(types, List.of());
    }
    if (runs.size() > 1) {
      join(0);
    }
    return runs.getFirst();
  }

  long sizeBytes() {
    return sizeBytes;
  }
}
