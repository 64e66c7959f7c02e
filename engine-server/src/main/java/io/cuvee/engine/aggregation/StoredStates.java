package io.cuvee.engine.aggregation;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.LongSource;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Any aggregate from records that hold its states, by its accumulator.
final class StoredStates extends States {
  private final Accumulator accumulator;
  private final List<Integer> slots;
  private final boolean isSignAbsent;
  private final @Nullable MemoryBudget own;
  private final int[] noGroups = new int[Block.ROWS];
  private int groupCount;

  /// @param isSignAbsent whether the sum of integers lacks its high half, which its sign gives
  /// @param own as for [Accumulated]
  private StoredStates(
      Accumulator accumulator,
      List<Integer> slots,
      boolean isSignAbsent,
      @Nullable MemoryBudget own) {
    this.accumulator = accumulator;
    this.slots = slots;
    this.isSignAbsent = isSignAbsent;
    this.own = own;
  }

  /// The fastest way to add up an aggregate's states.
  ///
  /// @param slots where they are, as [io.cuvee.engine.startree.TreeAggregates] says
  /// @param accumulator gives that of the worker's table, or a fresh one
  /// @param own as for [Accumulated]
  /// @param byValue whether the groups are numbered as in the worker's table
  /// @param filtered whether a FILTER leaves records out
  static States of(
      AggregateCall call,
      List<Integer> slots,
      SegmentScan scan,
      Supplier<Accumulator> accumulator,
      @Nullable MemoryBudget own,
      boolean byValue,
      boolean filtered) {
    boolean isDistinct = call.distinct() && !AggregateFunctions.ignoresDuplicates(call.function());
    boolean isSum = !isDistinct && call.function().equals(AggregateFunctions.SUM);
    boolean isAverage = !isDistinct && call.function().equals(AggregateFunctions.AVG);
    int first = slots.getFirst();
    boolean ofLongs =
        (isSum || isAverage)
            && scan.columns().get(first).type().dataType().representation() == Representation.LONG;
    boolean isSignAbsent = ofLongs && slots.size() == (isSum ? 1 : 2);
    if (byValue) {
      return new StoredStates(accumulator.get(), slots, isSignAbsent, own);
    }
    if (!isDistinct && call.function().equals(AggregateFunctions.COUNT)) {
      return new StoredCounts(first);
    }
    Expression.Column column = new Expression.Column(first, scan.columns().get(first).type());
    if (isSignAbsent) {
      Optional<LongSums> sums =
          LongSource.of(column, scan.columns())
              .filter(source -> LongSums.fits(source, scan.docCount()))
              .map(source -> new LongSums(source, scan.docCount(), false, filtered));
      if (sums.isPresent()) {
        return isSum
            ? sums.get()
            : new StoredAverages(sums.get(), new StoredCounts(slots.getLast()));
      }
    }
    // A smallest of smallest values is found as one of values, and a sum of sums; of integers with
    // two halves it is not.
    boolean isOfItsStates =
        slots.size() == 1
            && !isDistinct
            && switch (call.function()) {
              case AggregateFunctions.SUM, AggregateFunctions.MIN, AggregateFunctions.MAX -> true;
              default -> false;
            };
    return isOfItsStates
        ? new Accumulated(accumulator.get(), List.of(RowExpression.compile(column)), own)
        : new StoredStates(accumulator.get(), slots, isSignAbsent, own);
  }

  @Override
  void ensureGroups(int newGroupCount) {
    groupCount = newGroupCount;
    accumulator.ensureGroups(newGroupCount);
  }

  @Override
  void add(Selection rows, int[] groups) {
    List<Values> states = new ArrayList<>(slots.size() + 1);
    for (int slot : slots) {
      states.add(rows.values(slot));
    }
    if (isSignAbsent) {
      states.add(1, signs((LongValues) states.getFirst()));
    }
    accumulator.merge(isOne(groups) ? noGroups : groups, rows.count(), states);
  }

  private static LongValues signs(LongValues low) {
    long[] high = new long[low.count()];
    for (int i = 0; i < high.length; i++) {
      high[i] = low.values()[i] >> 63;
    }
    return new LongValues(high, high.length, low.validity());
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    if (own == null) {
      return List.of();
    }
    List<Values> selected = new ArrayList<>();
    for (Values state : accumulator.states(groupCount)) {
      selected.add(state.select(groups, count));
    }
    own.close();
    return selected;
  }

  @Override
  long bytesPerGroup() {
    // The accumulator charges for itself.
    return 0;
  }
}
