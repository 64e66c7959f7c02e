package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SUM and AVG of doubles. What rounding takes from each addition is summed apart and added at the
/// end (Neumaier, 1974), so that the sum hardly depends on how the rows were split.
public final class DoubleSumAccumulator implements Accumulator.OfDoubles {
  private static final int LANES = 4;

  private final boolean average;
  private final ColumnType type;
  private final MemoryBudget budget;
  private double[] sums = new double[0];
  private double[] lost = new double[0];

  /// How many values came; for SUM only whether any came, because its state does not carry a count.
  private long[] counts = new long[0];

  DoubleSumAccumulator(boolean average, ColumnType type, MemoryBudget budget) {
    this.average = average;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > sums.length) {
      int capacity = Capacities.grow(sums.length, groupCount);
      budget.reserve(24L * (capacity - sums.length));
      sums = Arrays.copyOf(sums, capacity);
      lost = Arrays.copyOf(lost, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    DoubleValues argument = (DoubleValues) arguments.getFirst();
    addDoubles(groups, count, argument.values(), argument.validity());
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    DoubleValues argument = (DoubleValues) arguments.getFirst();
    addDoubles(count, argument.values(), argument.validity());
  }

  @Override
  public void addDoubles(int[] groups, int count, double[] values, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      if (group >= 0 && (validity == null || validity.isSet(i))) {
        addOne(group, values[i]);
        counts[group]++;
      }
    }
  }

  @Override
  public void addDoubles(int count, double[] values, @Nullable Validity validity) {
    int i = 0;
    if (validity == null) {
      double sum0 = 0;
      double sum1 = 0;
      double sum2 = 0;
      double sum3 = 0;
      double lost0 = 0;
      double lost1 = 0;
      double lost2 = 0;
      double lost3 = 0;
      for (; i + LANES <= count; i += LANES) {
        double next0 = sum0 + values[i];
        lost0 += lost(sum0, values[i], next0);
        sum0 = next0;
        double next1 = sum1 + values[i + 1];
        lost1 += lost(sum1, values[i + 1], next1);
        sum1 = next1;
        double next2 = sum2 + values[i + 2];
        lost2 += lost(sum2, values[i + 2], next2);
        sum2 = next2;
        double next3 = sum3 + values[i + 3];
        lost3 += lost(sum3, values[i + 3], next3);
        sum3 = next3;
      }
      if (i > 0) {
        addPart(sum0, lost0);
        addPart(sum1, lost1);
        addPart(sum2, lost2);
        addPart(sum3, lost3);
        counts[0] += i;
      }
    }
    for (; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        addOne(0, values[i]);
        counts[0]++;
      }
    }
  }

  private void addPart(double sum, double lostPart) {
    addOne(0, sum);
    lost[0] += lostPart;
  }

  private void addOne(int group, double value) {
    double sum = sums[group];
    double next = sum + value;
    lost[group] += lost(sum, value, next);
    sums[group] = next;
  }

  /// What `sum = a + b` lost to rounding, exactly (Knuth's TwoSum).
  private static double lost(double a, double b, double sum) {
    double bInSum = sum - a;
    return (a - (sum - bInSum)) + (b - bInSum);
  }

  private double total(int group) {
    // After an overflow, or a NaN among the values, the lost part is NaN and means nothing.
    return Double.isFinite(sums[group]) ? sums[group] + lost[group] : sums[group];
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    DoubleValues partial = (DoubleValues) states.get(0);
    long @Nullable [] partialCounts = average ? ((LongValues) states.get(1)).values() : null;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !partial.isNull(i)) {
        addOne(groups[i], partial.values()[i]);
        counts[groups[i]] += partialCounts == null ? 1 : partialCounts[i];
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    double[] totals = new double[groupCount];
    for (int i = 0; i < groupCount; i++) {
      totals[i] = total(i);
    }
    Values sum = new DoubleValues(totals, groupCount, Groups.validity(counts, groupCount));
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
      double result = average ? total(i) / counts[i] : total(i);
      switch (builder) {
        case ValuesBuilder.Doubles doubles ->
            doubles.append(type.dataType() == DataType.FLOAT ? (float) result : result);
        case ValuesBuilder.Decimals decimals -> decimals.append(Decimals.ofDouble(result));
        default -> throw new IllegalStateException("A sum of doubles as " + type + ".");
      }
    }
    return builder.build();
  }

  @Override
  public long sizeBytes() {
    return 24L * sums.length;
  }
}
