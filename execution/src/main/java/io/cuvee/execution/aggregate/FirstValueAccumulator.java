package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ANY_VALUE, the first that is not NULL; SINGLE_VALUE, the value of the only row, NULL or not.
final class FirstValueAccumulator implements Accumulator {
  private static final int GROUP_BYTES = 48;

  private final boolean single;
  private final ColumnType type;
  private final MemoryBudget budget;
  private @Nullable Object[] values = new Object[0];
  private long[] counts = new long[0];

  FirstValueAccumulator(boolean single, ColumnType type, MemoryBudget budget) {
    this.single = single;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > values.length) {
      int capacity = Capacities.grow(values.length, groupCount);
      budget.reserve((long) GROUP_BYTES * (capacity - values.length));
      values = Arrays.copyOf(values, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        addOne(groups[i], argument, i, 1);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    for (int i = 0; i < count && (single || counts[0] == 0); i++) {
      addOne(0, argument, i, 1);
    }
  }

  private void addOne(int group, Values argument, int row, long times) {
    if (times == 0 || !single && argument.isNull(row)) {
      return;
    }
    if (counts[group] == 0) {
      values[group] = argument.get(row);
    }
    counts[group] += times;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    long @Nullable [] rows = single ? ((LongValues) states.get(1)).values() : null;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        addOne(groups[i], states.getFirst(), i, rows == null ? 1 : rows[i]);
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    return single
        ? List.of(
            column(groupCount), new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null))
        : List.of(column(groupCount));
  }

  @Override
  public Values results(int groupCount) {
    for (int i = 0; i < groupCount && single; i++) {
      if (counts[i] > 1) {
        throw new CuveeException(
            ErrorCode.DATA_EXCEPTION,
            "A scalar sub-query gave more than one row. Add LIMIT 1 or an aggregate to it, or use IN.");
      }
    }
    return column(groupCount);
  }

  private Values column(int groupCount) {
    ValuesBuilder builder = ValuesBuilder.of(type, groupCount);
    for (int i = 0; i < groupCount; i++) {
      builder.appendObject(values[i]);
    }
    return builder.build();
  }

  @Override
  public long sizeBytes() {
    return (long) GROUP_BYTES * values.length;
  }
}
