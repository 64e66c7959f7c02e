package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;

/// How often each value came in each group, from which modes and quantiles are read exactly.
final class TallyAccumulator implements Accumulator {
  /// What becomes of the values of a group.
  interface Reader {
    /// Appends the result of a group that has values.
    void read(Tally tally, ValuesBuilder results);
  }

  private final Reader reader;
  private final ColumnType type;
  private final MemoryBudget budget;
  private final DistinctPairs pairs;
  private long[] counts = new long[0];
  private long[] pairGroups = new long[0];
  private int[] rows = new int[0];

  /// @param argument type of the values
  /// @param type of the result
  TallyAccumulator(ColumnType argument, Reader reader, ColumnType type, MemoryBudget budget) {
    this.reader = reader;
    this.type = type;
    this.budget = budget;
    this.pairs = new DistinctPairs(List.of(argument), budget);
  }

  @Override
  public void ensureGroups(int groupCount) {
    // Groups take room with their first value.
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values values = arguments.getFirst();
    room(count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !values.isNull(i)) {
        pairGroups[kept] = groups[i];
        rows[kept++] = i;
      }
    }
    int[] numbers = find(kept, kept == count ? values : values.select(rows, kept));
    for (int i = 0; i < kept; i++) {
      counts[numbers[i]]++;
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    add(new int[count], count, arguments);
  }

  private void room(int count) {
    if (rows.length < count) {
      budget.reserve(12L * (count - rows.length));
      rows = new int[count];
      pairGroups = new long[count];
    }
  }

  /// The numbers of the pairs of `pairGroups` and `values`.
  private int[] find(int count, Values values) {
    if (count == 0) {
      return rows;
    }
    int[] numbers = pairs.add(pairGroups, count, List.of(values));
    if (pairs.count() > counts.length) {
      int capacity = Capacities.grow(counts.length, pairs.count());
      budget.reserve(8L * (capacity - counts.length));
      counts = Arrays.copyOf(counts, capacity);
    }
    return numbers;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    ArrayValues values = (ArrayValues) states.get(0);
    ArrayValues times = (ArrayValues) states.get(1);
    room(values.offsets()[count] - values.offsets()[0]);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        for (int j = values.offsets()[i]; j < values.offsets()[i + 1]; j++) {
          pairGroups[kept] = groups[i];
          rows[kept++] = j;
        }
      }
    }
    int[] numbers = find(kept, values.elements().select(rows, kept));
    long[] added = ((LongValues) times.elements()).values();
    int at = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        for (int j = times.offsets()[i]; j < times.offsets()[i + 1]; j++) {
          counts[numbers[at++]] += added[j];
        }
      }
    }
  }

  /// The pairs by group: those of group `g` are at `[offsets[g], offsets[g + 1])`.
  private int[] byGroup(int[] offsets) {
    int groupCount = offsets.length - 1;
    int pairCount = pairs.count();
    long[] groups = pairs.groups();
    for (int i = 0; i < pairCount; i++) {
      offsets[(int) groups[i] + 1]++;
    }
    for (int g = 0; g < groupCount; g++) {
      offsets[g + 1] += offsets[g];
    }
    int[] next = Arrays.copyOf(offsets, groupCount);
    int[] order = new int[pairCount];
    for (int i = 0; i < pairCount; i++) {
      order[next[(int) groups[i]]++] = i;
    }
    return order;
  }

  @Override
  public List<Values> states(int groupCount) {
    int[] offsets = new int[groupCount + 1];
    int[] order = byGroup(offsets);
    Values values = pairs.arguments().getFirst().select(order, order.length);
    Values times = new LongValues(counts, pairs.count(), null).select(order, order.length);
    return List.of(
        new ArrayValues(values, offsets, groupCount, null),
        new ArrayValues(times, offsets, groupCount, null));
  }

  @Override
  public Values results(int groupCount) {
    int[] offsets = new int[groupCount + 1];
    int[] order = byGroup(offsets);
    Values values = pairs.arguments().getFirst();
    ValuesBuilder results = ValuesBuilder.of(type, groupCount);
    for (int g = 0; g < groupCount; g++) {
      if (offsets[g] == offsets[g + 1]) {
        results.appendNull();
      } else {
        reader.read(new Tally(values, counts, order, offsets[g], offsets[g + 1]), results);
      }
    }
    return results.build();
  }

  @Override
  public long sizeBytes() {
    return pairs.sizeBytes() + 8L * counts.length + 12L * rows.length;
  }
}
