package io.cuvee.engine.aggregation;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Groups by their key values, over segments, with the states of all aggregates. Without keys there
/// is one group. Not thread-safe.
final class AggregateTable {
  private final @Nullable GroupKeys groups;
  private final List<Accumulator> accumulators;
  private int[] scratch = new int[16];

  AggregateTable(List<ColumnType> keyTypes, List<AggregateCall> calls, MemoryBudget budget) {
    groups = keyTypes.isEmpty() ? null : new GroupKeys(keyTypes, budget);
    accumulators = new ArrayList<>(calls.size());
    for (AggregateCall call : calls) {
      Accumulator accumulator = Accumulators.create(call, budget);
      accumulator.ensureGroups(groups == null ? 1 : 0);
      accumulators.add(accumulator);
    }
  }

  int groupCount() {
    return groups == null ? 1 : groups.groupCount();
  }

  Accumulator accumulator(int aggregate) {
    return accumulators.get(aggregate);
  }

  /// Finds or adds the groups of rows and makes room for their states.
  void lookup(List<Values> keys, int count, int[] out) {
    Objects.requireNonNull(groups).lookup(keys, count, out);
    ensureGroups();
  }

  private void ensureGroups() {
    for (int i = 0; i < accumulators.size(); i++) {
      accumulators.get(i).ensureGroups(groupCount());
    }
  }

  /// Adds partial states, one group a row.
  ///
  /// @param states the state columns of each aggregate; an empty list for one that has nothing to
  ///   add
  void merge(List<Values> keys, int count, List<List<Values>> states) {
    int[] found = scratch(count);
    if (groups != null) {
      groups.lookup(keys, count, found);
      ensureGroups();
    }
    mergeStates(found, count, states);
  }

  /// Adds partial states of groups whose keys are given by the codes of a segment.
  void merge(List<KeyColumn> columns, List<int[]> codes, int count, List<List<Values>> states) {
    int[] found = scratch(count);
    Objects.requireNonNull(groups).lookup(columns, codes, count, found);
    ensureGroups();
    mergeStates(found, count, states);
  }

  /// Adds another table's groups.
  void merge(AggregateTable other) {
    int count = other.groupCount();
    int[] found = scratch(count);
    if (groups != null && other.groups != null) {
      groups.lookup(other.groups, found);
      ensureGroups();
    }
    List<List<Values>> states = new ArrayList<>(accumulators.size());
    for (int i = 0; i < accumulators.size(); i++) {
      states.add(other.accumulators.get(i).states(count));
    }
    mergeStates(found, count, states);
  }

  private int[] scratch(int count) {
    if (scratch.length < count) {
      scratch = new int[count];
    }
    scratch[0] = 0;
    return scratch;
  }

  private void mergeStates(int[] found, int count, List<List<Values>> states) {
    for (int i = 0; i < accumulators.size(); i++) {
      if (!states.get(i).isEmpty()) {
        accumulators.get(i).merge(found, count, states.get(i));
      }
    }
  }

  /// Keys, then state columns.
  Page toPage() {
    int count = groupCount();
    List<Values> columns = new ArrayList<>();
    if (groups != null) {
      columns.addAll(groups.keys());
    }
    for (int i = 0; i < accumulators.size(); i++) {
      columns.addAll(accumulators.get(i).states(count));
    }
    return new Page(count, columns);
  }
}
