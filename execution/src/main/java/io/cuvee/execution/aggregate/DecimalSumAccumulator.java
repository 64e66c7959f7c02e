package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SUM and AVG of decimals, exact; only the result must fit 38 digits.
final class DecimalSumAccumulator implements Accumulator {
  private static final int GROUP_BYTES = 64;

  private final boolean average;
  private final ColumnType type;
  private final MemoryBudget budget;
  private BigDecimal[] sums = new BigDecimal[0];

  /// How many values came; for SUM only whether any came, because its state does not carry a count.
  private long[] counts = new long[0];

  DecimalSumAccumulator(boolean average, ColumnType type, MemoryBudget budget) {
    this.average = average;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > sums.length) {
      int before = sums.length;
      int capacity = Capacities.grow(before, groupCount);
      budget.reserve((long) GROUP_BYTES * (capacity - before));
      sums = Arrays.copyOf(sums, capacity);
      Arrays.fill(sums, before, capacity, BigDecimal.ZERO);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    DecimalValues argument = (DecimalValues) arguments.getFirst();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !argument.isNull(i)) {
        addOne(groups[i], argument.values()[i], 1);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    DecimalValues argument = (DecimalValues) arguments.getFirst();
    for (int i = 0; i < count; i++) {
      if (!argument.isNull(i)) {
        addOne(0, argument.values()[i], 1);
      }
    }
  }

  private void addOne(int group, BigDecimal value, long times) {
    sums[group] = counts[group] == 0 ? value : sums[group].add(value);
    counts[group] += times;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    DecimalValues partial = (DecimalValues) states.get(0);
    long @Nullable [] partialCounts = average ? ((LongValues) states.get(1)).values() : null;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !partial.isNull(i)) {
        addOne(groups[i], partial.values()[i], partialCounts == null ? 1 : partialCounts[i]);
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    Values sum =
        new DecimalValues(
            Arrays.copyOf(sums, groupCount), groupCount, Groups.validity(counts, groupCount));
    return average
        ? List.of(sum, new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null))
        : List.of(sum);
  }

  @Override
  public Values results(int groupCount) {
    ValuesBuilder builder = ValuesBuilder.of(type, groupCount);
    for (int i = 0; i < groupCount; i++) {
      if (counts[i] == 0) {
        builder.appendNull();
        continue;
      }
      BigDecimal result =
          average
              ? Decimals.divide(sums[i], BigDecimal.valueOf(counts[i]))
              : Decimals.limit(sums[i]);
      switch (builder) {
        case ValuesBuilder.Doubles doubles -> doubles.append(result.doubleValue());
        case ValuesBuilder.Decimals decimals -> decimals.append(result);
        case ValuesBuilder.Longs longs -> longs.append(Decimals.toLong(result));
        default -> throw new IllegalStateException("A sum of decimals as " + type + ".");
      }
    }
    return builder.build();
  }

  @Override
  public long sizeBytes() {
    return (long) GROUP_BYTES * sums.length;
  }
}
