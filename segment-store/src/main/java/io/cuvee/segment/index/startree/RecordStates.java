package io.cuvee.segment.index.startree;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Pages;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The states of one aggregate for the records of a star-tree while it is built: columns for the
/// records that are finished, an accumulator for those behind them that are in the making. A sketch
/// takes several times the memory as an object, so that few are made at once.
final class RecordStates {
  /// How many states of any length are read at once.
  private static final int PART = 1 << 10;

  private final AggregateCall call;
  private final MemoryBudget budget;
  private final List<ColumnType> types;

  /// Of the finished records, in order; after [#settle()] one part.
  private final List<List<Values>> finished = new ArrayList<>();

  private long finishedBytes;
  private @Nullable Accumulator making;
  private MemoryBudget ofMaking;

  RecordStates(AggregateCall call, MemoryBudget budget) {
    this.call = call;
    this.budget = budget;
    this.types = AggregateFunctions.stateTypes(call);
    this.ofMaking = child();
  }

  private MemoryBudget child() {
    return budget.child("a star-tree", Long.MAX_VALUE, "its memory limit");
  }

  /// Whether states differ in length, as sketches and sets of values do.
  boolean isLong() {
    return types.stream()
        .anyMatch(
            type -> type.isArray() || type.dataType().representation() == Representation.BYTES);
  }

  /// Takes the first `count` records that are not finished, the first of them as group 0.
  Accumulator making(int count) {
    Accumulator accumulator = making;
    if (accumulator == null) {
      accumulator = making = Accumulators.create(call, ofMaking);
    }
    accumulator.ensureGroups(count);
    return accumulator;
  }

  /// The `count` records in the making are whole.
  void finish(int count) {
    List<Values> states = making(count).states(count);
    long bytes = bytes(states);
    budget.reserve(bytes);
    finishedBytes += bytes;
    finished.add(states);
    making = null;
    ofMaking.close();
    ofMaking = child();
  }

  private static long bytes(List<Values> states) {
    long bytes = 0;
    for (Values state : states) {
      bytes += state.sizeBytes();
    }
    return bytes;
  }

  /// From now on records can be made of all that are finished.
  void settle() {
    if (finished.size() < 2) {
      return;
    }
    budget.reserve(finishedBytes);
    List<Values> whole = new ArrayList<>();
    for (int column = 0; column < types.size(); column++) {
      int at = column;
      whole.add(
          Pages.concatValues(
              types.get(column), finished.stream().map(part -> part.get(at)).toList()));
    }
    finished.clear();
    finished.add(whole);
    budget.release(2 * finishedBytes);
    finishedBytes = bytes(whole);
    budget.reserve(finishedBytes);
  }

  /// The states of all finished records.
  List<Values> states() {
    settle();
    return finished.getFirst();
  }

  /// Adds settled records to those in the making.
  ///
  /// @param targets counted from the first that is not finished
  /// @param makingCount how many are in the making
  void merge(int[] sources, int[] targets, int count, int makingCount) {
    Accumulator accumulator = making(makingCount);
    int step = isLong() ? PART : Math.max(count, 1);
    for (int from = 0; from < count; from += step) {
      int to = Math.min(count, from + step);
      int[] read = from == 0 && to == count ? sources : Arrays.copyOfRange(sources, from, to);
      int[] groups = from == 0 && to == count ? targets : Arrays.copyOfRange(targets, from, to);
      List<Values> states = new ArrayList<>();
      for (Values state : finished.getFirst()) {
        states.add(state.select(read, to - from));
      }
      accumulator.merge(groups, to - from, states);
    }
  }

  /// Gives everything back.
  void drop() {
    budget.release(finishedBytes);
    ofMaking.close();
    finished.clear();
    finishedBytes = 0;
  }
}
