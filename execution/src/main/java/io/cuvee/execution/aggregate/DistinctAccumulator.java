package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An aggregate of distinct arguments: at the end the distinct pairs of group and argument go
/// through the plain aggregate. Rows in which an argument is NULL are left out. Longs that lie
/// close to each other are kept as bits; those that come after results were asked for go to a
/// table, where they have an order.
final class DistinctAccumulator implements Accumulator.OfDistinctLongs {
  private final DistinctPairs distinct;
  private final Accumulator plain;
  private final MemoryBudget budget;
  private @Nullable DistinctLongs bits;
  private final int columnCount;
  private int addedCount;
  private int capacity;
  private long[] pairGroups = new long[0];
  private int[] rows = new int[0];

  /// @param argumentTypes of the arguments that are distinct together; any behind them are left out
  /// @param plain the aggregate without DISTINCT, still empty
  DistinctAccumulator(List<ColumnType> argumentTypes, Accumulator plain, MemoryBudget budget) {
    this.distinct = new DistinctPairs(argumentTypes, budget);
    this.plain = plain;
    this.budget = budget;
    if (argumentTypes.size() == 1
        && !argumentTypes.getFirst().isArray()
        && argumentTypes.getFirst().dataType().representation() == Representation.LONG) {
      bits = new DistinctLongs(budget);
    }
    this.columnCount = argumentTypes.size();
  }

  @Override
  public void ensureGroups(int groupCount) {
    capacity = Math.max(capacity, groupCount);
  }

  @Override
  public void add(int[] groups, int count, List<Values> all) {
    List<Values> arguments = all.subList(0, columnCount);
    room(count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !anyNull(arguments, i)) {
        pairGroups[kept] = groups[i];
        rows[kept++] = i;
      }
    }
    addPairs(kept, count, arguments);
  }

  @Override
  public void addAll(int count, List<Values> all) {
    List<Values> arguments = all.subList(0, columnCount);
    room(count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!anyNull(arguments, i)) {
        pairGroups[kept] = 0;
        rows[kept++] = i;
      }
    }
    addPairs(kept, count, arguments);
  }

  private static boolean anyNull(List<Values> arguments, int row) {
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).isNull(row)) {
        return true;
      }
    }
    return false;
  }

  private void room(int count) {
    if (rows.length < count) {
      rows = new int[count];
      pairGroups = new long[count];
    }
  }

  /// Adds the rows `rows[0..kept)` with the groups `pairGroups[0..kept)`.
  private void addPairs(int kept, int count, List<Values> arguments) {
    if (kept == 0) {
      return;
    }
    List<Values> keptArguments = arguments;
    if (kept != count) {
      keptArguments = new ArrayList<>(arguments.size());
      for (Values argument : arguments) {
        keptArguments.add(argument.select(rows, kept));
      }
    }
    DistinctLongs set = bits;
    if (set != null) {
      if (addedCount == 0
          && set.add(pairGroups, kept, ((LongValues) keptArguments.getFirst()).values())) {
        return;
      }
      goOverToTable(set);
    }
    distinct.add(pairGroups, kept, keptArguments);
  }

  private void goOverToTable(DistinctLongs set) {
    bits = null;
    LongValues known = set.values();
    distinct.add(set.groups(), known.count(), List.of(known));
    budget.release(set.sizeBytes());
  }

  @Override
  public boolean addBits(int group, long first, long[] words) {
    DistinctLongs set = bits;
    return set != null && addedCount == 0 && set.addBits(group, first, words);
  }

  @Override
  public void copyBits(int group, long first, int width, long[] out) {
    DistinctLongs set = bits;
    if (set != null) {
      set.copyBits(group, first, width, out);
    }
  }

  private int pairCount() {
    return bits == null ? distinct.count() : bits.count();
  }

  /// The group of each pair; at least as many as there are pairs.
  private long[] groups() {
    return bits == null ? distinct.groups() : bits.groups();
  }

  private List<Values> arguments() {
    return bits == null ? distinct.arguments() : List.of(bits.values());
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    ArrayValues arrays = (ArrayValues) states.getFirst();
    int done = mergeBits(groups, count, arrays);
    int first = arrays.offsets()[done];
    int elementCount = arrays.offsets()[count] - first;
    room(elementCount);
    int kept = 0;
    for (int i = done; i < count; i++) {
      if (groups[i] >= 0 && !arrays.isNull(i)) {
        for (int j = arrays.offsets()[i]; j < arrays.offsets()[i + 1]; j++) {
          pairGroups[kept] = groups[i];
          rows[kept++] = j;
        }
      }
    }
    boolean whole = kept == elementCount && first == 0;
    addPairs(kept, whole ? kept : -1, List.of(arrays.elements()));
  }

  /// Merges leading states as long as all is kept as bits.
  ///
  /// @return how many
  private int mergeBits(int[] groups, int count, ArrayValues arrays) {
    DistinctLongs set = bits;
    if (set == null
        || addedCount > 0
        || !(arrays.elements() instanceof LongValues elements)
        || elements.mayHaveNulls()) {
      return 0;
    }
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0
          && !arrays.isNull(i)
          && !set.add(groups[i], elements.values(), arrays.offsets()[i], arrays.offsets()[i + 1])) {
        return i;
      }
    }
    return count;
  }

  @Override
  public List<Values> states(int groupCount) {
    DistinctLongs set = bits;
    if (set != null) {
      int[] ends = new int[groupCount + 1];
      for (int i = 0; i < groupCount; i++) {
        ends[i + 1] = ends[i] + set.count(i);
      }
      return List.of(new ArrayValues(set.values(), ends, groupCount, null));
    }
    int pairCount = pairCount();
    long[] groups = groups();
    int[] offsets = new int[groupCount + 1];
    for (int i = 0; i < pairCount; i++) {
      offsets[(int) groups[i] + 1]++;
    }
    for (int i = 0; i < groupCount; i++) {
      offsets[i + 1] += offsets[i];
    }
    int[] next = Arrays.copyOf(offsets, groupCount);
    int[] order = new int[pairCount];
    for (int i = 0; i < pairCount; i++) {
      order[next[(int) groups[i]]++] = i;
    }
    Values elements = arguments().getFirst();
    return List.of(new ArrayValues(elements.select(order, pairCount), offsets, groupCount, null));
  }

  @Override
  public Values results(int groupCount) {
    DistinctLongs set = bits;
    if (set != null && addedCount == 0 && plain instanceof CountAccumulator) {
      long[] counts = new long[groupCount];
      for (int i = 0; i < groupCount; i++) {
        counts[i] = set.count(i);
      }
      return new LongValues(counts, groupCount, null);
    }
    plain.ensureGroups(groupCount);
    int pairCount = pairCount();
    if (pairCount > addedCount) {
      int fresh = pairCount - addedCount;
      int[] groups = new int[fresh];
      long[] all = groups();
      for (int i = 0; i < fresh; i++) {
        groups[i] = (int) all[addedCount + i];
      }
      List<Values> arguments = new ArrayList<>();
      for (Values argument : arguments()) {
        arguments.add(addedCount == 0 ? argument : argument.slice(addedCount, fresh));
      }
      plain.ensureGroups(capacity);
      plain.add(groups, fresh, arguments);
      addedCount = pairCount;
    }
    return plain.results(groupCount);
  }

  @Override
  public long sizeBytes() {
    return (bits == null ? 0 : bits.sizeBytes())
        + distinct.sizeBytes()
        + plain.sizeBytes()
        + 16L * rows.length;
  }
}
