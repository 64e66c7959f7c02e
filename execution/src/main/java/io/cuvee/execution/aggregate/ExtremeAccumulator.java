package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// MIN and MAX of longs and doubles, and with them BOOL_AND and BOOL_OR. Doubles are compared by
/// bits that order like the values, with NaN above all; for MAX all bits are turned round, so that
/// one loop finds the smallest.
public final class ExtremeAccumulator implements Accumulator.OfLongs, Accumulator.OfDoubles {
  private final long turn;
  private final boolean doubles;
  private final MemoryBudget budget;
  private long[] smallest = new long[0];
  private boolean[] seen = new boolean[0];

  ExtremeAccumulator(boolean max, ColumnType type, MemoryBudget budget) {
    this.turn = max ? -1 : 0;
    this.doubles = type.dataType().representation() == Representation.DOUBLE;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > smallest.length) {
      int before = smallest.length;
      int capacity = Capacities.grow(before, groupCount);
      budget.reserve(9L * (capacity - before));
      smallest = Arrays.copyOf(smallest, capacity);
      Arrays.fill(smallest, before, capacity, Long.MAX_VALUE);
      seen = Arrays.copyOf(seen, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    addValues(groups, count, arguments.getFirst());
  }

  private void addValues(int[] groups, int count, Values argument) {
    if (doubles) {
      addDoubles(groups, count, ((DoubleValues) argument).values(), argument.validity());
    } else {
      addLongs(groups, count, ((LongValues) argument).values(), argument.validity());
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    Values argument = arguments.getFirst();
    if (doubles) {
      addDoubles(count, ((DoubleValues) argument).values(), argument.validity());
    } else {
      addLongs(count, ((LongValues) argument).values(), argument.validity());
    }
  }

  @Override
  public void addLongs(int[] groups, int count, long[] values, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      if (group >= 0 && (validity == null || validity.isSet(i))) {
        smallest[group] = Math.min(smallest[group], values[i] ^ turn);
        seen[group] = true;
      }
    }
  }

  @Override
  public void addLongs(int count, long[] values, @Nullable Validity validity) {
    long least = smallest[0];
    boolean any = seen[0];
    if (validity == null) {
      for (int i = 0; i < count; i++) {
        least = Math.min(least, values[i] ^ turn);
      }
      any |= count > 0;
    } else {
      for (int i = 0; i < count; i++) {
        if (validity.isSet(i)) {
          least = Math.min(least, values[i] ^ turn);
          any = true;
        }
      }
    }
    smallest[0] = least;
    seen[0] = any;
  }

  @Override
  public void addDoubles(int[] groups, int count, double[] values, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      if (group >= 0 && (validity == null || validity.isSet(i))) {
        smallest[group] = Math.min(smallest[group], ordered(values[i]) ^ turn);
        seen[group] = true;
      }
    }
  }

  @Override
  public void addDoubles(int count, double[] values, @Nullable Validity validity) {
    long least = smallest[0];
    boolean any = seen[0];
    for (int i = 0; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        least = Math.min(least, ordered(values[i]) ^ turn);
        any = true;
      }
    }
    smallest[0] = least;
    seen[0] = any;
  }

  /// Bits that order as signed longs like the doubles.
  private static long ordered(double value) {
    long bits = Hashing.bits(value);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  private static double ofOrdered(long bits) {
    return Double.longBitsToDouble(bits ^ bits >> 63 & Long.MAX_VALUE);
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    addValues(groups, count, states.getFirst());
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(results(groupCount));
  }

  @Override
  public Values results(int groupCount) {
    long[] words = Groups.full(groupCount);
    boolean nulls = false;
    for (int i = 0; i < groupCount; i++) {
      if (!seen[i]) {
        words[i >>> 6] &= ~(1L << i);
        nulls = true;
      }
    }
    Validity validity = nulls ? new Validity(words) : null;
    if (doubles) {
      double[] values = new double[groupCount];
      for (int i = 0; i < groupCount; i++) {
        values[i] = seen[i] ? ofOrdered(smallest[i] ^ turn) : 0;
      }
      return new DoubleValues(values, groupCount, validity);
    }
    long[] values = new long[groupCount];
    for (int i = 0; i < groupCount; i++) {
      values[i] = seen[i] ? smallest[i] ^ turn : 0;
    }
    return new LongValues(values, groupCount, validity);
  }

  @Override
  public long sizeBytes() {
    return 9L * smallest.length;
  }
}
