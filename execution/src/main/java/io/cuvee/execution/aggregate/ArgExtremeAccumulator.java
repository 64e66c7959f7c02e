package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ARG_MIN and ARG_MAX: the value of the row whose key is the least or the largest. Rows in which
/// either is NULL are left out. Of several rows with the same key it is the smallest value, so that
/// the order of rows does not matter.
final class ArgExtremeAccumulator implements Accumulator {
  private static final int GROUP_BYTES = 16;

  private final int sign;
  private final ColumnType valueType;
  private final ColumnType keyType;
  private final MemoryBudget budget;

  /// One row each: what is known of the group.
  private @Nullable Values[] values = new Values[0];

  private @Nullable Values[] keys = new Values[0];
  private long keptBytes;

  ArgExtremeAccumulator(
      boolean max, ColumnType valueType, ColumnType keyType, MemoryBudget budget) {
    this.sign = max ? -1 : 1;
    this.valueType = valueType;
    this.keyType = keyType;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > keys.length) {
      int capacity = Capacities.grow(keys.length, groupCount);
      budget.reserve((long) GROUP_BYTES * (capacity - keys.length));
      values = Arrays.copyOf(values, capacity);
      keys = Arrays.copyOf(keys, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        addOne(groups[i], arguments.get(0), arguments.get(1), i);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    for (int i = 0; i < count; i++) {
      addOne(0, arguments.get(0), arguments.get(1), i);
    }
  }

  private void addOne(int group, Values value, Values key, int row) {
    if (value.isNull(row) || key.isNull(row)) {
      return;
    }
    Values knownKey = keys[group];
    Values knownValue = values[group];
    if (knownKey != null && knownValue != null) {
      int order = sign * ValueOrder.compare(key, row, knownKey, 0);
      if (order > 0 || order == 0 && ValueOrder.compare(value, row, knownValue, 0) >= 0) {
        return;
      }
      charge(-bytes(knownKey) - bytes(knownValue));
    }
    int[] rows = {row};
    Values newKey = key.select(rows, 1);
    Values newValue = value.select(rows, 1);
    charge(bytes(newKey) + bytes(newValue));
    keys[group] = newKey;
    values[group] = newValue;
  }

  /// With what an object and its arrays take.
  private static long bytes(Values one) {
    return 64 + one.sizeBytes();
  }

  private void charge(long bytes) {
    if (bytes > 0) {
      budget.reserve(bytes);
    } else {
      budget.release(-bytes);
    }
    keptBytes += bytes;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    add(groups, count, states);
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(column(valueType, values, groupCount), column(keyType, keys, groupCount));
  }

  @Override
  public Values results(int groupCount) {
    return column(valueType, values, groupCount);
  }

  private static Values column(ColumnType type, @Nullable Values[] rows, int groupCount) {
    ValuesBuilder builder = ValuesBuilder.of(type, groupCount);
    for (int i = 0; i < groupCount; i++) {
      Values row = rows[i];
      if (row == null) {
        builder.appendNull();
      } else {
        builder.append(row, 0);
      }
    }
    return builder.build();
  }

  @Override
  public long sizeBytes() {
    return (long) GROUP_BYTES * keys.length + keptBytes;
  }
}
