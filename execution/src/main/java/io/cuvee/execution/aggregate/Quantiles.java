package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.CivilDate;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// How quantiles are read from a [Tally]. Fractions are exact decimals, so that 0.07 of 100 values
/// is 7.
final class Quantiles {
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private Quantiles() {}

  /// The first value whose share of values up to it is at least `fraction`.
  static TallyAccumulator.Reader discrete(BigDecimal fraction, boolean descending) {
    return (tally, results) -> {
      long size = tally.size();
      long rank =
          Math.max(
              0,
              fraction
                      .multiply(BigDecimal.valueOf(size))
                      .setScale(0, RoundingMode.CEILING)
                      .longValueExact()
                  - 1);
      results.append(tally.values(), tally.atRank(descending ? size - 1 - rank : rank));
    };
  }

  /// The value at `fraction` of the way from the first to the last, between two values by linear
  /// interpolation.
  ///
  /// @param argument type of the values, a number or a time
  static TallyAccumulator.Reader continuous(
      BigDecimal fraction, boolean descending, ColumnType argument) {
    BigDecimal share = descending ? BigDecimal.ONE.subtract(fraction) : fraction;
    return (tally, results) -> {
      BigDecimal position = share.multiply(BigDecimal.valueOf(tally.size() - 1));
      BigDecimal whole = position.setScale(0, RoundingMode.FLOOR);
      BigDecimal part = position.subtract(whole);
      int low = tally.atRank(whole.longValueExact());
      int high = part.signum() == 0 ? low : tally.atRank(whole.longValueExact() + 1);
      append(results, tally.values(), low, high, part, argument.dataType());
    };
  }

  private static void append(
      ValuesBuilder results, Values values, int low, int high, BigDecimal part, DataType type) {
    switch (results) {
      case ValuesBuilder.Doubles doubles ->
          doubles.append(between(number(values, low), number(values, high), part.doubleValue()));
      case ValuesBuilder.Decimals decimals -> {
        BigDecimal from = ((DecimalValues) values).values()[low];
        BigDecimal to = ((DecimalValues) values).values()[high];
        decimals.append(Decimals.limit(from.add(to.subtract(from).multiply(part))));
      }
      case ValuesBuilder.Longs longs -> {
        long unit = type == DataType.DATE ? CivilDate.MILLIS_PER_DAY : 1;
        BigDecimal from = BigDecimal.valueOf(((LongValues) values).values()[low] * unit);
        BigDecimal to = BigDecimal.valueOf(((LongValues) values).values()[high] * unit);
        longs.append(
            from.add(to.subtract(from).multiply(part))
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact());
      }
      default -> throw new IllegalStateException("No quantile of " + type + ".");
    }
  }

  private static double between(double from, double to, double part) {
    // Equal infinities have no difference.
    return from == to || part == 0 ? from : from + (to - from) * part;
  }

  static double number(Values values, int row) {
    return switch (values) {
      case LongValues longs -> longs.values()[row];
      case DoubleValues doubles -> doubles.values()[row];
      case DecimalValues decimals -> decimals.values()[row].doubleValue();
      default -> throw new IllegalStateException("Not numeric: " + values.getClass());
    };
  }

  /// Pinot's PERCENTILE: the value with that percentage of the values before it.
  static TallyAccumulator.Reader percentile(BigDecimal percent) {
    return (tally, results) -> {
      long size = tally.size();
      long rank =
          percent
              .multiply(BigDecimal.valueOf(size))
              .divide(HUNDRED)
              .setScale(0, RoundingMode.FLOOR)
              .longValueExact();
      int row = tally.atRank(Math.min(size - 1, rank));
      ((ValuesBuilder.Doubles) results).append(number(tally.values(), row));
    };
  }
}
