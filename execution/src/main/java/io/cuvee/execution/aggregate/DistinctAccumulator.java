package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An aggregate of distinct arguments: at the end the distinct pairs of group and argument go
/// through the plain aggregate. Rows in which an argument is NULL are left out.
final class DistinctAccumulator implements Accumulator {
  private final DistinctPairs distinct;
  private final Accumulator plain;
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
    distinct.add(pairGroups, kept, keptArguments);
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    ArrayValues arrays = (ArrayValues) states.getFirst();
    int first = arrays.offsets()[0];
    int elementCount = arrays.offsets()[count] - first;
    room(elementCount);
    int kept = 0;
    for (int i = 0; i < count; i++) {
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

  @Override
  public List<Values> states(int groupCount) {
    long[] groups = distinct.groups();
    int pairCount = distinct.count();
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
    return List.of(
        new ArrayValues(
            distinct.arguments().getFirst().select(order, pairCount), offsets, groupCount, null));
  }

  @Override
  public Values results(int groupCount) {
    plain.ensureGroups(groupCount);
    int pairCount = distinct.count();
    if (pairCount > addedCount) {
      int fresh = pairCount - addedCount;
      int[] groups = new int[fresh];
      long[] all = distinct.groups();
      for (int i = 0; i < fresh; i++) {
        groups[i] = (int) all[addedCount + i];
      }
      List<Values> arguments = new ArrayList<>();
      for (Values argument : distinct.arguments()) {
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
    return distinct.sizeBytes() + plain.sizeBytes() + 16L * rows.length;
  }
}
