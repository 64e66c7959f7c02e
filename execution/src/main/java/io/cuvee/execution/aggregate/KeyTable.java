package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import java.util.List;

/// The specialised forms of [GroupTable].
interface KeyTable {
  static KeyTable of(List<ColumnType> types, MemoryBudget budget) {
    throw new IllegalStateException(types + " " + budget);
  }

  void lookup(List<Values> keys, int count, int[] groups, boolean add);

  int groupCount();

  List<Values> keys();

  long sizeBytes();
}
