package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// MIN and MAX of decimals and byte ranges. Copies a byte range only when it is a new extreme.
final class ObjectExtremeAccumulator implements Accumulator {
  private static final int DECIMAL_BYTES = 48;

  private final int sign;
  private final ColumnType type;
  private final MemoryBudget budget;
  private @Nullable Object[] best = new Object[0];
  private long valueBytes;

  ObjectExtremeAccumulator(boolean max, ColumnType type, MemoryBudget budget) {
    this.sign = max ? -1 : 1;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > best.length) {
      int capacity = Capacities.grow(best.length, groupCount);
      budget.reserve(8L * (capacity - best.length));
      best = Arrays.copyOf(best, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !argument.isNull(i)) {
        addOne(groups[i], argument, i);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    for (int i = 0; i < count; i++) {
      if (!argument.isNull(i)) {
        addOne(0, argument, i);
      }
    }
  }

  private void addOne(int group, Values values, int row) {
    Object known = best[group];
    if (values instanceof BytesValues bytes) {
      if (known == null
          || sign
                  * Arrays.compareUnsigned(
                      bytes.bytes(),
                      bytes.offsets()[row],
                      bytes.offsets()[row + 1],
                      (byte[]) known,
                      0,
                      ((byte[]) known).length)
              < 0) {
        charge(bytes.length(row) - (known == null ? -16 : ((byte[]) known).length));
        best[group] = bytes.bytes(row);
      }
    } else {
      BigDecimal value = ((DecimalValues) values).values()[row];
      if (known == null || sign * value.compareTo((BigDecimal) known) < 0) {
        charge(known == null ? DECIMAL_BYTES : 0);
        best[group] = value;
      }
    }
  }

  private void charge(int bytes) {
    if (bytes > 0) {
      budget.reserve(bytes);
    } else {
      budget.release(-bytes);
    }
    valueBytes += bytes;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    add(groups, count, states);
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(results(groupCount));
  }

  @Override
  public Values results(int groupCount) {
    ValuesBuilder builder = ValuesBuilder.of(type, groupCount);
    for (int i = 0; i < groupCount; i++) {
      builder.appendObject(best[i]);
    }
    return builder.build();
  }

  @Override
  public long sizeBytes() {
    return 8L * best.length + valueBytes;
  }
}
