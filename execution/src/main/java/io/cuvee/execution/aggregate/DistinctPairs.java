package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// The distinct pairs of group and arguments, in the order in which they come. As long as there is
/// no group but 0, the arguments alone are the keys, which for one number or string are much
/// cheaper to look up. Not thread-safe.
final class DistinctPairs {
  private final List<ColumnType> argumentTypes;
  private final MemoryBudget budget;
  private GroupTable table;
  private boolean grouped;
  private int[] scratch = new int[0];

  DistinctPairs(List<ColumnType> argumentTypes, MemoryBudget budget) {
    this.argumentTypes = List.copyOf(argumentTypes);
    this.budget = budget;
    this.table = new GroupTable(argumentTypes, budget);
  }

  /// Adds the pairs that are new.
  ///
  /// @param groups not negative
  /// @return the number of each pair, in the first `count` places; good until the next call
  int[] add(long[] groups, int count, List<Values> arguments) {
    if (!grouped && !onlyGroupZero(groups, count)) {
      group();
    }
    lookup(groups, count, arguments);
    return scratch;
  }

  private static boolean onlyGroupZero(long[] groups, int count) {
    long any = 0;
    for (int i = 0; i < count; i++) {
      any |= groups[i];
    }
    return any == 0;
  }

  private void lookup(long[] groups, int count, List<Values> arguments) {
    if (scratch.length < count) {
      scratch = new int[count];
    }
    if (!grouped) {
      table.lookup(arguments, count, scratch);
      return;
    }
    List<Values> keys = new ArrayList<>(arguments.size() + 1);
    keys.add(new LongValues(groups, count, null));
    keys.addAll(arguments);
    table.lookup(keys, count, scratch);
  }

  private void group() {
    GroupTable before = table;
    List<ColumnType> keyTypes = new ArrayList<>(argumentTypes.size() + 1);
    keyTypes.add(ColumnType.LONG);
    keyTypes.addAll(argumentTypes);
    table = new GroupTable(keyTypes, budget);
    grouped = true;
    lookup(new long[before.groupCount()], before.groupCount(), before.keys());
    budget.release(before.sizeBytes());
  }

  int count() {
    return table.groupCount();
  }

  /// The group of each pair; at least [#count()] long.
  long[] groups() {
    return grouped ? ((LongValues) table.keys().getFirst()).values() : new long[count()];
  }

  /// The arguments of each pair.
  List<Values> arguments() {
    List<Values> keys = table.keys();
    return grouped ? keys.subList(1, keys.size()) : keys;
  }

  long sizeBytes() {
    return table.sizeBytes() + 4L * scratch.length;
  }
}
