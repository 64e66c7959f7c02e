package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import java.util.List;

/// The specialised forms of [GroupTable].
interface KeyTable {
  static KeyTable of(List<ColumnType> types, MemoryBudget budget) {
    if (types.isEmpty()) {
      return new NoKeys();
    }
    boolean fixed = types.size() <= FixedKeys.MAX_COLUMNS;
    for (int i = 0; i < types.size(); i++) {
      fixed &= isFixed(types.get(i));
    }
    if (fixed) {
      return types.size() == 1
          ? new LongKeys(types.getFirst(), budget)
          : new FixedKeys(types, budget);
    }
    if (types.size() == 1
        && !types.getFirst().isArray()
        && types.getFirst().dataType().representation() == Representation.BYTES) {
      return new BytesKeys(budget);
    }
    return new EncodedKeys(types, budget);
  }

  private static boolean isFixed(ColumnType type) {
    if (type.isArray()) {
      return false;
    }
    return switch (type.dataType().representation()) {
      case LONG, DOUBLE -> true;
      case DECIMAL, BYTES -> false;
    };
  }

  /// Finds the group of each row; a new key becomes a group if `add`, else gives −1.
  void lookup(List<Values> keys, int count, int[] groups, boolean add);

  int groupCount();

  List<Values> keys();

  long sizeBytes();

  /// The one group of rows without keys.
  final class NoKeys implements KeyTable {
    private int groupCount;

    @Override
    public void lookup(List<Values> keys, int count, int[] groups, boolean add) {
      if (add && count > 0) {
        groupCount = 1;
      }
      java.util.Arrays.fill(groups, 0, count, groupCount - 1);
    }

    @Override
    public int groupCount() {
      return groupCount;
    }

    @Override
    public List<Values> keys() {
      return List.of();
    }

    @Override
    public long sizeBytes() {
      return 0;
    }
  }
}
