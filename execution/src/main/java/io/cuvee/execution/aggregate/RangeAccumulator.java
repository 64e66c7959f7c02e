package io.cuvee.execution.aggregate;

import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.util.List;

/// MINMAXRANGE: how far the largest number lies above the least, as a DOUBLE.
final class RangeAccumulator implements Accumulator {
  private final Accumulator least;
  private final Accumulator largest;

  /// @param least MIN, still empty
  /// @param largest MAX, still empty
  RangeAccumulator(Accumulator least, Accumulator largest) {
    this.least = least;
    this.largest = largest;
  }

  @Override
  public void ensureGroups(int groupCount) {
    least.ensureGroups(groupCount);
    largest.ensureGroups(groupCount);
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    least.add(groups, count, arguments);
    largest.add(groups, count, arguments);
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    least.addAll(count, arguments);
    largest.addAll(count, arguments);
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    least.merge(groups, count, states.subList(0, 1));
    largest.merge(groups, count, states.subList(1, 2));
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(least.results(groupCount), largest.results(groupCount));
  }

  @Override
  public Values results(int groupCount) {
    Values from = least.results(groupCount);
    Values to = largest.results(groupCount);
    ValuesBuilder.Doubles builder = new ValuesBuilder.Doubles(groupCount);
    for (int i = 0; i < groupCount; i++) {
      if (from.isNull(i)) {
        builder.appendNull();
      } else {
        builder.append(difference(from, to, i));
      }
    }
    return builder.build();
  }

  private static double difference(Values from, Values to, int row) {
    return switch (from) {
      // Exact in 128 bits, since the range of BIGINT is beyond BIGINT.
      case LongValues longs ->
          BigDecimal.valueOf(((LongValues) to).values()[row])
              .subtract(BigDecimal.valueOf(longs.values()[row]))
              .doubleValue();
      case DoubleValues doubles -> ((DoubleValues) to).values()[row] - doubles.values()[row];
      case DecimalValues decimals ->
          ((DecimalValues) to).values()[row].subtract(decimals.values()[row]).doubleValue();
      default -> throw new IllegalStateException("Not numeric: " + from.getClass());
    };
  }

  @Override
  public long sizeBytes() {
    return least.sizeBytes() + largest.sizeBytes();
  }
}
