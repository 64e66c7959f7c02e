package io.cuvee.execution.aggregate;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;

/// Covariance, correlation and linear regression of y (the first argument) by x, over the rows in
/// which neither is NULL, by running means and sums of products of differences. What the definition
/// leaves open, as the slope where all x are the same, is NULL.
final class PairMomentsAccumulator implements Accumulator {
  private final String function;
  private final MemoryBudget budget;
  private long[] counts = new long[0];
  private double[] yMeans = new double[0];
  private double[] xMeans = new double[0];
  private double[] ySquares = new double[0];
  private double[] xSquares = new double[0];
  private double[] products = new double[0];

  PairMomentsAccumulator(String function, MemoryBudget budget) {
    this.function = function;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      int capacity = Capacities.grow(counts.length, groupCount);
      budget.reserve(48L * (capacity - counts.length));
      counts = Arrays.copyOf(counts, capacity);
      yMeans = Arrays.copyOf(yMeans, capacity);
      xMeans = Arrays.copyOf(xMeans, capacity);
      ySquares = Arrays.copyOf(ySquares, capacity);
      xSquares = Arrays.copyOf(xSquares, capacity);
      products = Arrays.copyOf(products, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values yValues = arguments.get(0);
    Values xValues = arguments.get(1);
    double[] y = Doubles.of(yValues, count);
    double[] x = Doubles.of(xValues, count);
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !yValues.isNull(i) && !xValues.isNull(i)) {
        addOne(groups[i], y[i], x[i]);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    add(new int[count], count, arguments);
  }

  private void addOne(int group, double y, double x) {
    long n = ++counts[group];
    double yDelta = y - yMeans[group];
    double xDelta = x - xMeans[group];
    double yMean = yMeans[group] + yDelta / n;
    double xMean = xMeans[group] + xDelta / n;
    ySquares[group] += yDelta * (y - yMean);
    xSquares[group] += xDelta * (x - xMean);
    products[group] += yDelta * (x - xMean);
    yMeans[group] = yMean;
    xMeans[group] = xMean;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    long[] otherCounts = ((LongValues) states.get(0)).values();
    double[] otherYMeans = ((DoubleValues) states.get(1)).values();
    double[] otherXMeans = ((DoubleValues) states.get(2)).values();
    double[] otherYSquares = ((DoubleValues) states.get(3)).values();
    double[] otherXSquares = ((DoubleValues) states.get(4)).values();
    double[] otherProducts = ((DoubleValues) states.get(5)).values();
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      if (group < 0 || otherCounts[i] == 0) {
        continue;
      }
      double mine = counts[group];
      counts[group] += otherCounts[i];
      if (mine == 0) {
        yMeans[group] = otherYMeans[i];
        xMeans[group] = otherXMeans[i];
        ySquares[group] = otherYSquares[i];
        xSquares[group] = otherXSquares[i];
        products[group] = otherProducts[i];
        continue;
      }
      double share = otherCounts[i] / (double) counts[group];
      double yDelta = otherYMeans[i] - yMeans[group];
      double xDelta = otherXMeans[i] - xMeans[group];
      ySquares[group] += otherYSquares[i] + yDelta * yDelta * mine * share;
      xSquares[group] += otherXSquares[i] + xDelta * xDelta * mine * share;
      products[group] += otherProducts[i] + yDelta * xDelta * mine * share;
      yMeans[group] += yDelta * share;
      xMeans[group] += xDelta * share;
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(
        new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(yMeans, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(xMeans, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(ySquares, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(xSquares, groupCount), groupCount, null),
        new DoubleValues(Arrays.copyOf(products, groupCount), groupCount, null));
  }

  @Override
  public Values results(int groupCount) {
    if (function.equals(AggregateFunctions.REGR_COUNT)) {
      return new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null);
    }
    ValuesBuilder.Doubles builder = new ValuesBuilder.Doubles(groupCount);
    for (int i = 0; i < groupCount; i++) {
      if (exists(i)) {
        builder.append(result(i));
      } else {
        builder.appendNull();
      }
    }
    return builder.build();
  }

  private boolean exists(int group) {
    return switch (function) {
      case AggregateFunctions.COVAR_SAMP -> counts[group] > 1;
      case AggregateFunctions.CORR -> xSquares[group] != 0 && ySquares[group] != 0;
      case AggregateFunctions.REGR_SLOPE,
          AggregateFunctions.REGR_INTERCEPT,
          AggregateFunctions.REGR_R2 ->
          xSquares[group] != 0;
      default -> counts[group] > 0;
    };
  }

  private double result(int group) {
    double xx = xSquares[group];
    double yy = ySquares[group];
    double xy = products[group];
    return switch (function) {
      case AggregateFunctions.COVAR_POP -> xy / counts[group];
      case AggregateFunctions.COVAR_SAMP -> xy / (counts[group] - 1);
      case AggregateFunctions.CORR -> correlation(group);
      case AggregateFunctions.REGR_SLOPE -> xy / xx;
      case AggregateFunctions.REGR_INTERCEPT -> yMeans[group] - xy / xx * xMeans[group];
      case AggregateFunctions.REGR_R2 -> yy == 0 ? 1 : correlation(group) * correlation(group);
      case AggregateFunctions.REGR_AVGX -> xMeans[group];
      case AggregateFunctions.REGR_AVGY -> yMeans[group];
      case AggregateFunctions.REGR_SXX -> xx;
      case AggregateFunctions.REGR_SYY -> yy;
      case AggregateFunctions.REGR_SXY -> xy;
      default -> throw new IllegalStateException(function);
    };
  }

  /// Rounding must not lead beyond -1 and 1; NaN stays NaN.
  private double correlation(int group) {
    double r = products[group] / (Math.sqrt(xSquares[group]) * Math.sqrt(ySquares[group]));
    return Math.max(-1, Math.min(1, r));
  }

  @Override
  public long sizeBytes() {
    return 48L * counts.length;
  }
}
