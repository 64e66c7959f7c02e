package io.cuvee.engine.aggregation;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// Groups by their key values, over segments, with the states of all aggregates. Without keys there
/// is one group. Not thread-safe.
final class AggregateTable {
  private final GroupTable groups;
  private final List<Accumulator> accumulators;
  private final List<Integer> stateCounts;
  private final boolean keyed;
  private int[] scratch = new int[16];

  AggregateTable(List<ColumnType> keyTypes, List<AggregateCall> calls, MemoryBudget budget) {
    keyed = !keyTypes.isEmpty();
    groups = new GroupTable(keyTypes, budget);
    accumulators = new ArrayList<>(calls.size());
    stateCounts = new ArrayList<>(calls.size());
    for (AggregateCall call : calls) {
      Accumulator accumulator = Accumulators.create(call, budget);
      accumulator.ensureGroups(keyed ? 0 : 1);
      accumulators.add(accumulator);
      stateCounts.add(AggregateFunctions.stateTypes(call).size());
    }
  }

  int groupCount() {
    return keyed ? groups.groupCount() : 1;
  }

  Accumulator accumulator(int aggregate) {
    return accumulators.get(aggregate);
  }

  /// Finds or adds the groups of rows and makes room for their states.
  void lookup(List<Values> keys, int count, int[] out) {
    groups.lookup(keys, count, out);
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
    if (scratch.length < count) {
      scratch = new int[count];
    }
    if (keyed) {
      lookup(keys, count, scratch);
    } else {
      scratch[0] = 0;
    }
    for (int i = 0; i < accumulators.size(); i++) {
      if (!states.get(i).isEmpty()) {
        accumulators.get(i).merge(scratch, count, states.get(i));
      }
    }
  }

  /// Adds another table's groups.
  void merge(AggregateTable other) {
    int count = other.groupCount();
    List<List<Values>> states = new ArrayList<>(accumulators.size());
    for (int i = 0; i < accumulators.size(); i++) {
      states.add(other.accumulators.get(i).states(count));
    }
    merge(keyed ? other.groups.keys() : List.of(), count, states);
  }

  /// Keys, then state columns.
  Page toPage() {
    int count = groupCount();
    List<Values> columns = new ArrayList<>();
    if (keyed) {
      columns.addAll(groups.keys());
    }
    for (int i = 0; i < accumulators.size(); i++) {
      columns.addAll(accumulators.get(i).states(count));
    }
    return new Page(count, columns);
  }
}
