package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SUM and AVG of integers, exact in 128 bits.
public final class LongSumAccumulator implements Accumulator.OfLongs {
  private final String call;
  private final boolean average;
  private final ColumnType type;
  private final MemoryBudget budget;
  private long[] lows = new long[0];
  private long[] highs = new long[0];

  /// How many values came; for SUM only whether any came, because its state does not carry a count.
  private long[] counts = new long[0];

  LongSumAccumulator(String call, boolean average, ColumnType type, MemoryBudget budget) {
    this.call = call;
    this.average = average;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > lows.length) {
      int capacity = Capacities.grow(lows.length, groupCount);
      budget.reserve(24L * (capacity - lows.length));
      lows = Arrays.copyOf(lows, capacity);
      highs = Arrays.copyOf(highs, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    LongValues argument = (LongValues) arguments.getFirst();
    addLongs(groups, count, argument.values(), argument.validity());
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    LongValues argument = (LongValues) arguments.getFirst();
    addLongs(count, argument.values(), argument.validity());
  }

  @Override
  public void addLongs(int[] groups, int count, long[] values, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      if (group >= 0 && (validity == null || validity.isSet(i))) {
        addOne(group, values[i], values[i] >> 63);
        counts[group]++;
      }
    }
  }

  @Override
  public void addLongs(int count, long[] values, @Nullable Validity validity) {
    // The halves of all values are summed apart; neither can overflow within one array.
    long lowHalves = 0;
    long highHalves = 0;
    int valueCount = count;
    if (validity == null) {
      for (int i = 0; i < count; i++) {
        lowHalves += values[i] & 0xffff_ffffL;
        highHalves += values[i] >> 32;
      }
    } else {
      valueCount = 0;
      for (int i = 0; i < count; i++) {
        if (validity.isSet(i)) {
          lowHalves += values[i] & 0xffff_ffffL;
          highHalves += values[i] >> 32;
          valueCount++;
        }
      }
    }
    if (valueCount > 0) {
      addOne(0, lowHalves, 0);
      addOne(0, highHalves << 32, highHalves >> 32);
      counts[0] += valueCount;
    }
  }

  /// Adds `value` as if it came `times` times, which runs of a sorted column use.
  public void addRun(int group, long value, long times) {
    if (times > 0) {
      addOne(group, value * times, Math.multiplyHigh(value, times));
      counts[group] += times;
    }
  }

  private void addOne(int group, long low, long high) {
    long before = lows[group];
    long sum = before + low;
    long carry = (before & low | (before | low) & ~sum) >>> 63;
    lows[group] = sum;
    highs[group] += high + carry;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    LongValues low = (LongValues) states.get(0);
    long[] high = ((LongValues) states.get(1)).values();
    long @Nullable [] partialCounts = average ? ((LongValues) states.get(2)).values() : null;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !low.isNull(i)) {
        addOne(groups[i], low.values()[i], high[i]);
        counts[groups[i]] += partialCounts == null ? 1 : partialCounts[i];
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    Validity validity = Groups.validity(counts, groupCount);
    LongValues low = new LongValues(Arrays.copyOf(lows, groupCount), groupCount, validity);
    LongValues high = new LongValues(Arrays.copyOf(highs, groupCount), groupCount, validity);
    return average
        ? List.of(low, high, new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null))
        : List.of(low, high);
  }

  @Override
  public Values results(int groupCount) {
    if (!average && type.dataType().representation() == DataType.Representation.LONG) {
      for (int i = 0; i < groupCount; i++) {
        if (highs[i] != lows[i] >> 63
            || type.dataType() == DataType.INT && lows[i] != (int) lows[i]) {
          throw new CuveeException(
              ErrorCode.NUMERIC_OVERFLOW,
              call
                  + " is "
                  + Decimals.ofHalves(highs[i], lows[i])
                  + ", which does not fit "
                  + type
                  + ". Sum CAST(… AS DECIMAL) or CAST(… AS DOUBLE) instead.");
        }
      }
      return new LongValues(
          Arrays.copyOf(lows, groupCount), groupCount, Groups.validity(counts, groupCount));
    }
    ValuesBuilder builder = ValuesBuilder.of(type, groupCount);
    for (int i = 0; i < groupCount; i++) {
      if (counts[i] == 0) {
        builder.appendNull();
        continue;
      }
      switch (builder) {
        case ValuesBuilder.Doubles doubles -> doubles.append(toDouble(i));
        case ValuesBuilder.Decimals decimals -> decimals.append(toDecimal(i));
        default ->
            throw new CuveeException(
                ErrorCode.TYPE_MISMATCH, call + " cannot be of type " + type + ".");
      }
    }
    return builder.build();
  }

  private double toDouble(int group) {
    if (highs[group] == lows[group] >> 63 && Math.abs(lows[group]) < 1L << 53) {
      return average ? (double) lows[group] / counts[group] : lows[group];
    }
    BigInteger sum = Decimals.ofHalves(highs[group], lows[group]);
    return average
        ? new BigDecimal(sum)
            .divide(BigDecimal.valueOf(counts[group]), java.math.MathContext.DECIMAL128)
            .doubleValue()
        : sum.doubleValue();
  }

  private BigDecimal toDecimal(int group) {
    BigDecimal sum = new BigDecimal(Decimals.ofHalves(highs[group], lows[group]));
    return average ? Decimals.divide(sum, BigDecimal.valueOf(counts[group])) : Decimals.limit(sum);
  }

  @Override
  public long sizeBytes() {
    return 24L * lows.length;
  }
}
