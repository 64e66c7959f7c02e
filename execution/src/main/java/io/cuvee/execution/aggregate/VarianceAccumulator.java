package io.cuvee.execution.aggregate;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;

/// Variances and standard deviations, by running mean and sum of squared differences (Welford,
/// 1962; merged after Chan, Golub and LeVeque, 1979).
final class VarianceAccumulator implements Accumulator {
  private final String function;
  private final ColumnType type;
  private final MemoryBudget budget;
  private long[] counts = new long[0];
  private double[] means = new double[0];
  private double[] squares = new double[0];

  VarianceAccumulator(String function, ColumnType type, MemoryBudget budget) {
    this.function = function;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      int capacity = Capacities.grow(counts.length, groupCount);
      budget.reserve(24L * (capacity - counts.length));
      counts = Arrays.copyOf(counts, capacity);
      means = Arrays.copyOf(means, capacity);
      squares = Arrays.copyOf(squares, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    double[] values = Doubles.of(argument, count);
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !argument.isNull(i)) {
        addOne(groups[i], values[i]);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    double[] values = Doubles.of(argument, count);
    for (int i = 0; i < count; i++) {
      if (!argument.isNull(i)) {
        addOne(0, values[i]);
      }
    }
  }

  private void addOne(int group, double value) {
    long n = ++counts[group];
    double delta = value - means[group];
    double mean = means[group] + delta / n;
    squares[group] += delta * (value - mean);
    means[group] = mean;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    long[] otherCounts = ((LongValues) states.get(0)).values();
    double[] otherMeans = ((DoubleValues) states.get(1)).values();
    double[] otherSquares = ((DoubleValues) states.get(2)).values();
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      if (group < 0 || otherCounts[i] == 0) {
        continue;
      }
      if (counts[group] == 0) {
        counts[group] = otherCounts[i];
        means[group] = otherMeans[i];
        squares[group] = otherSquares[i];
        continue;
      }
      double mine = counts[group];
      double total = mine + otherCounts[i];
      double delta = otherMeans[i] - means[group];
      means[group] += delta * (otherCounts[i] / total);
      squares[group] += otherSquares[i] + delta * delta * (mine * otherCounts[i] / total);
      counts[group] += otherCounts[i];
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(
        new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(means, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(squares, groupCount), groupCount, null));
  }

  @Override
  public Values results(int groupCount) {
    boolean sample =
        function.equals(AggregateFunctions.VAR_SAMP)
            || function.equals(AggregateFunctions.STDDEV_SAMP);
    boolean deviation =
        function.equals(AggregateFunctions.STDDEV_POP)
            || function.equals(AggregateFunctions.STDDEV_SAMP);
    ValuesBuilder builder = ValuesBuilder.of(type, groupCount);
    for (int i = 0; i < groupCount; i++) {
      long divisor = sample ? counts[i] - 1 : counts[i];
      if (divisor <= 0) {
        builder.appendNull();
        continue;
      }
      double variance = squares[i] / divisor;
      double result = deviation ? Math.sqrt(variance) : variance;
      switch (builder) {
        case ValuesBuilder.Doubles doubles -> doubles.append(result);
        case ValuesBuilder.Decimals decimals -> decimals.append(Decimals.ofDouble(result));
        default -> throw new IllegalStateException(function + " as " + type + ".");
      }
    }
    return builder.build();
  }

  @Override
  public long sizeBytes() {
    return 24L * counts.length;
  }
}
