package io.cuvee.engine.aggregation;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Any aggregate, by its accumulator: over a plain column of numbers on bare arrays, else over
/// computed values.
final class Accumulated extends States {
  private static final int NO_SLOT = -1;

  private final Accumulator accumulator;
  private final List<RowExpression> arguments;
  private final @Nullable MemoryBudget own;
  private final int longSlot;
  private final int doubleSlot;
  private final List<Values> values;
  private int groupCount;

  /// @param own what an accumulator of the segment's own is charged to, given back with its states;
  ///   absent if the accumulator is that of the worker's table, and groups are numbered as there
  Accumulated(Accumulator accumulator, List<RowExpression> arguments, @Nullable MemoryBudget own) {
    this.accumulator = accumulator;
    this.arguments = arguments;
    this.own = own;
    this.longSlot =
        accumulator instanceof Accumulator.OfLongs ? slot(arguments, Representation.LONG) : NO_SLOT;
    this.doubleSlot =
        accumulator instanceof Accumulator.OfDoubles
            ? slot(arguments, Representation.DOUBLE)
            : NO_SLOT;
    this.values = new ArrayList<>(arguments.size());
  }

  private static int slot(List<RowExpression> arguments, Representation representation) {
    return arguments.size() == 1
            && arguments.getFirst().expression() instanceof Expression.Column column
            && !column.type().isArray()
            && column.type().dataType().representation() == representation
        ? column.index()
        : NO_SLOT;
  }

  @Override
  void ensureGroups(int newGroupCount) {
    groupCount = newGroupCount;
    accumulator.ensureGroups(newGroupCount);
  }

  @Override
  void add(Selection rows, int[] groups) {
    boolean one = isOne(groups);
    int count = rows.count();
    if (longSlot != NO_SLOT && accumulator instanceof Accumulator.OfLongs longs) {
      if (one) {
        longs.addLongs(count, rows.longs(longSlot), rows.sharedValidity(longSlot));
      } else {
        longs.addLongs(groups, count, rows.longs(longSlot), rows.sharedValidity(longSlot));
      }
    } else if (doubleSlot != NO_SLOT && accumulator instanceof Accumulator.OfDoubles doubles) {
      if (one) {
        doubles.addDoubles(count, rows.doubles(doubleSlot), rows.sharedValidity(doubleSlot));
      } else {
        doubles.addDoubles(
            groups, count, rows.doubles(doubleSlot), rows.sharedValidity(doubleSlot));
      }
    } else {
      values.clear();
      for (int i = 0; i < arguments.size(); i++) {
        values.add(arguments.get(i).evaluate(rows));
      }
      if (one) {
        accumulator.addAll(count, values);
      } else {
        accumulator.add(groups, count, values);
      }
    }
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
  boolean needsRowCounts() {
    return false;
  }

  @Override
  long bytesPerGroup() {
    // The accumulator charges for itself.
    return 0;
  }
}
