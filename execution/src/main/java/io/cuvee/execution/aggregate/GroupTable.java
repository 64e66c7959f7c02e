package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import java.util.List;

/// Numbers the distinct keys of rows from 0, in the order in which they come. NULL is a key of its
/// own, decimals are equal by value, NaN equals itself and -0.0 equals 0.0, as which it is kept.
/// Not thread-safe.
public final class GroupTable {
  private final KeyTable table;

  /// @throws CuveeException `MEMORY_LIMIT` from here and from [#lookup] if the keys do not fit the
  ///   budget
  public GroupTable(List<ColumnType> keyTypes, MemoryBudget budget) {
    table = KeyTable.of(keyTypes, budget);
  }

  /// Finds the group of each row and adds those that are new.
  ///
  /// @param keys one column a key type, each with at least `count` rows
  /// @param groups receives the group of each row
  public void lookup(List<Values> keys, int count, int[] groups) {
    table.lookup(keys, count, groups, true);
  }

  /// Finds the group of each row, −1 if there is none, and adds nothing. With a single key column
  /// of longs, doubles or byte ranges, any number of threads may do so once nothing is added any
  /// more.
  public void find(List<Values> keys, int count, int[] groups) {
    table.lookup(keys, count, groups, false);
  }

  public int groupCount() {
    return table.groupCount();
  }

  /// The keys of all groups, one column a key type. Without key types the list is empty.
  public List<Values> keys() {
    return table.keys();
  }

  /// Memory held, which is charged to the budget.
  public long sizeBytes() {
    return table.sizeBytes();
  }
}
