package io.cuvee.engine.aggregation;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.aggregate.SpillableGroups;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Groups by their key values, over segments, with the states of all aggregates. Without keys there
/// is one group. When memory gets tight, all groups go to those on disk, which the tables of a
/// query share. Not thread-safe.
final class AggregateTable implements AutoCloseable {
  /// What a key takes in its tables, roughly.
  private static final int KEY_BYTES = 64;

  /// How much more than a state by itself an array that grows may take for it.
  private static final int STATE_FACTOR = 3;

  private final List<ColumnType> keyTypes;
  private final List<AggregateCall> calls;
  private final MemoryBudget budget;
  private final SpillableGroups spilled;
  private final List<Accumulator> accumulators = new ArrayList<>();
  private MemoryBudget own;
  private @Nullable GroupKeys groups;
  private int[] scratch = new int[16];

  /// @param budget of the worker, whose other needs count when the table decides to leave memory
  /// @param spilled what the table moves its groups to
  AggregateTable(
      List<ColumnType> keyTypes,
      List<AggregateCall> calls,
      MemoryBudget budget,
      SpillableGroups spilled) {
    this.keyTypes = keyTypes;
    this.calls = calls;
    this.budget = budget;
    this.spilled = spilled;
    this.own = child();
    begin();
  }

  private MemoryBudget child() {
    return budget.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  private void begin() {
    groups = keyTypes.isEmpty() ? null : new GroupKeys(keyTypes, own);
    accumulators.clear();
    for (AggregateCall call : calls) {
      Accumulator accumulator = Accumulators.create(call, own);
      accumulator.ensureGroups(groups == null ? 1 : 0);
      accumulators.add(accumulator);
    }
  }

  int groupCount() {
    return groups == null ? 1 : groups.groupCount();
  }

  /// The states of one aggregate; another one after [#spill()].
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

  /// Whether the worker shall move its groups to disk now.
  boolean isTight() {
    return groups != null && budget.isTight();
  }

  /// Moves all groups to disk.
  void spill() {
    if (groupCount() > 0) {
      spilled.spill(toPage());
    }
    own.close();
    own = child();
    begin();
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
    if (isTight()) {
      spill();
    }
  }

  /// Adds partial states of groups whose keys are given by the codes of a segment. If memory is
  /// tight already, or they may not fit, they go to disk past the table.
  void merge(List<KeyColumn> columns, List<int[]> codes, int count, List<List<Values>> states) {
    if (isTight() || !mayFit(count, states)) {
      spill();
      List<Values> page = new ArrayList<>();
      for (int k = 0; k < columns.size(); k++) {
        page.add(columns.get(k).values(codes.get(k), count));
      }
      states.forEach(page::addAll);
      spilled.spill(new Page(count, page));
      return;
    }
    int[] found = scratch(count);
    Objects.requireNonNull(groups).lookup(columns, codes, count, found);
    ensureGroups();
    mergeStates(found, count, states);
  }

  /// Whether the table has room for so many more groups, were all of them new.
  private boolean mayFit(int count, List<List<Values>> states) {
    if (groups == null || budget.spill() == null) {
      return true;
    }
    long bytes = (long) KEY_BYTES * keyTypes.size() * count;
    for (List<Values> columns : states) {
      for (Values column : columns) {
        bytes += STATE_FACTOR * column.sizeBytes();
      }
    }
    return budget.fits(bytes);
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

  /// What merging another table into this one may take, roughly.
  long sizeBytes() {
    return own.usedBytes();
  }

  /// Gives back what it holds.
  @Override
  public void close() {
    own.close();
  }
}
