package io.cuvee.execution.aggregate;

import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// COUNT: rows, or rows in which no argument is NULL.
public final class CountAccumulator implements Accumulator {
  private final MemoryBudget budget;
  private long[] counts = new long[0];

  CountAccumulator(MemoryBudget budget) {
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      int capacity = Capacities.grow(counts.length, groupCount);
      budget.reserve(8L * (capacity - counts.length));
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  /// Counts each row whose group is not negative.
  public void add(int[] groups, int count) {
    long[] target = counts;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        target[groups[i]]++;
      }
    }
  }

  /// Counts `rows` rows of one group.
  public void addCount(int group, long rows) {
    counts[group] += rows;
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Validity validity = commonValidity(count, arguments);
    if (validity == null) {
      add(groups, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && validity.isSet(i)) {
        counts[groups[i]]++;
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    Validity validity = commonValidity(count, arguments);
    counts[0] += validity == null ? count : validity.count(count);
  }

  private static @Nullable Validity commonValidity(int count, List<Values> arguments) {
    Validity common = null;
    for (int i = 0; i < arguments.size(); i++) {
      common = Validity.and(common, arguments.get(i).validity(), count);
    }
    return common;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    long[] partial = ((LongValues) states.getFirst()).values();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        counts[groups[i]] += partial[i];
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    return List.of(results(groupCount));
  }

  @Override
  public Values results(int groupCount) {
    return new LongValues(Arrays.copyOf(counts, groupCount), groupCount, null);
  }

  @Override
  public long sizeBytes() {
    return 8L * counts.length;
  }
}
