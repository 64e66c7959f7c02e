package io.cuvee.execution.aggregate;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// BIT_AND, BIT_OR and BIT_XOR of integers. AND is OR of all bits turned round.
final class BitAccumulator implements Accumulator.OfLongs {
  private final boolean exclusive;
  private final long turn;
  private final MemoryBudget budget;
  private long[] bits = new long[0];
  private boolean[] seen = new boolean[0];

  BitAccumulator(String function, MemoryBudget budget) {
    this.exclusive = function.equals(AggregateFunctions.BIT_XOR);
    this.turn = function.equals(AggregateFunctions.BIT_AND) ? -1 : 0;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > bits.length) {
      int capacity = Capacities.grow(bits.length, groupCount);
      budget.reserve(9L * (capacity - bits.length));
      bits = Arrays.copyOf(bits, capacity);
      seen = Arrays.copyOf(seen, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    LongValues longs = (LongValues) arguments.getFirst();
    addLongs(groups, count, longs.values(), longs.validity());
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    LongValues longs = (LongValues) arguments.getFirst();
    addLongs(count, longs.values(), longs.validity());
  }

  @Override
  public void addLongs(int[] groups, int count, long[] values, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && (validity == null || validity.isSet(i))) {
        addOne(groups[i], values[i]);
      }
    }
  }

  @Override
  public void addLongs(int count, long[] values, @Nullable Validity validity) {
    for (int i = 0; i < count; i++) {
      if (validity == null || validity.isSet(i)) {
        addOne(0, values[i]);
      }
    }
  }

  private void addOne(int group, long value) {
    bits[group] = exclusive ? bits[group] ^ value : bits[group] | value ^ turn;
    seen[group] = true;
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
    long[] values = new long[groupCount];
    long[] counts = new long[groupCount];
    for (int i = 0; i < groupCount; i++) {
      values[i] = seen[i] ? bits[i] ^ turn : 0;
      counts[i] = seen[i] ? 1 : 0;
    }
    return new LongValues(values, groupCount, Groups.validity(counts, groupCount));
  }

  @Override
  public long sizeBytes() {
    return 9L * bits.length;
  }
}
