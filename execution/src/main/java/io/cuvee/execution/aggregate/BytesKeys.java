package io.cuvee.execution.aggregate;

import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.List;

/// Keys of one column of byte ranges.
final class BytesKeys implements KeyTable {
  private final BytesTable table;
  private int nullGroup = -1;

  BytesKeys(MemoryBudget budget) {
    table = new BytesTable(budget);
  }

  @Override
  public void lookup(List<Values> columns, int count, int[] groups, boolean add) {
    BytesValues column = (BytesValues) columns.getFirst();
    byte[] bytes = column.bytes();
    int[] offsets = column.offsets();
    Validity validity = column.validity();
    for (int i = 0; i < count; i++) {
      groups[i] =
          validity == null || validity.isSet(i)
              ? table.find(bytes, offsets[i], offsets[i + 1] - offsets[i], add)
              : findNull(add);
    }
  }

  private int findNull(boolean add) {
    if (nullGroup < 0 && add) {
      nullGroup = table.appendHidden();
    }
    return nullGroup;
  }

  @Override
  public int groupCount() {
    return table.count();
  }

  @Override
  public List<Values> keys() {
    return List.of(
        new BytesValues(
            table.bytes(),
            table.offsets(),
            table.count(),
            LongKeys.allBut(nullGroup, table.count())));
  }

  @Override
  public long sizeBytes() {
    return table.sizeBytes();
  }
}
