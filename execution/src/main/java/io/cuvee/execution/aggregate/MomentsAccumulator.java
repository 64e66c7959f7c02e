package io.cuvee.execution.aggregate;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;

/// Skewness and excess kurtosis by running central moments (Pébay, "Formulas for robust, one-pass
/// parallel computation of covariances and arbitrary-order statistical moments", 2008). SKEWNESS
/// and KURTOSIS are corrected for the bias of a sample, as in DuckDB; NULL for too few values or
/// values that are all the same.
final class MomentsAccumulator implements Accumulator {
  private final String function;
  private final MemoryBudget budget;
  private long[] counts = new long[0];
  private double[] means = new double[0];
  private double[] squares = new double[0];
  private double[] cubes = new double[0];
  private double[] fourths = new double[0];

  MomentsAccumulator(String function, MemoryBudget budget) {
    this.function = function;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      int capacity = Capacities.grow(counts.length, groupCount);
      budget.reserve(40L * (capacity - counts.length));
      counts = Arrays.copyOf(counts, capacity);
      means = Arrays.copyOf(means, capacity);
      squares = Arrays.copyOf(squares, capacity);
      cubes = Arrays.copyOf(cubes, capacity);
      fourths = Arrays.copyOf(fourths, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    double[] values = Doubles.of(argument, count);
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !argument.isNull(i)) {
        combine(groups[i], 1, values[i], 0, 0, 0);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    add(new int[count], count, arguments);
  }

  /// Adds so many values of that mean and those sums of powers of differences from it.
  private void combine(
      int group, long count, double mean, double square, double cube, double fourth) {
    double mine = counts[group];
    if (mine == 0) {
      counts[group] = count;
      means[group] = mean;
      squares[group] = square;
      cubes[group] = cube;
      fourths[group] = fourth;
      return;
    }
    double total = mine + count;
    double delta = mean - means[group];
    double step = delta / total;
    double spread = delta * step * mine * count;
    fourths[group] +=
        fourth
            + spread * step * step * (mine * mine - mine * count + (double) count * count)
            + 6 * step * step * (mine * mine * square + (double) count * count * squares[group])
            + 4 * step * (mine * cube - count * cubes[group]);
    cubes[group] +=
        cube + spread * step * (mine - count) + 3 * step * (mine * square - count * squares[group]);
    squares[group] += square + spread;
    means[group] += step * count;
    counts[group] += count;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    long[] otherCounts = ((LongValues) states.getFirst()).values();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && otherCounts[i] > 0) {
        combine(
            groups[i],
            otherCounts[i],
            ((DoubleValues) states.get(1)).values()[i],
            ((DoubleValues) states.get(2)).values()[i],
            ((DoubleValues) states.get(3)).values()[i],
            ((DoubleValues) states.get(4)).values()[i]);
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(
        new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(means, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(squares, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(cubes, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(fourths, groupCount), groupCount, null));
  }

  @Override
  public Values results(int groupCount) {
    ValuesBuilder.Doubles builder = new ValuesBuilder.Doubles(groupCount);
    long least =
        switch (function) {
          case AggregateFunctions.SKEWNESS -> 3;
          case AggregateFunctions.KURTOSIS -> 4;
          default -> 1;
        };
    for (int i = 0; i < groupCount; i++) {
      if (counts[i] < least || squares[i] == 0) {
        builder.appendNull();
      } else {
        builder.append(result(i));
      }
    }
    return builder.build();
  }

  private double result(int group) {
    double n = counts[group];
    double variance = squares[group] / n;
    double kurtosis = fourths[group] / n / (variance * variance) - 3;
    return switch (function) {
      case AggregateFunctions.SKEWNESS ->
          Math.sqrt(n * (n - 1)) / (n - 2) * (cubes[group] / n) / (variance * Math.sqrt(variance));
      case AggregateFunctions.KURTOSIS -> (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis + 6);
      default -> kurtosis;
    };
  }

  @Override
  public long sizeBytes() {
    return 40L * counts.length;
  }
}
