package io.cuvee.calcite.translate;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Numbers the parameters of one plan.
public final class Slots {
  private final List<Slot> slots = new ArrayList<>();
  private final Map<Slot, Integer> indexes = new HashMap<>();

  Expression.Parameter parameter(Slot.Origin origin, ColumnType type) {
    return slot(new Slot(origin, type, type));
  }

  /// The same value, converted to another type when it is bound.
  Expression.Parameter converted(Expression.Parameter parameter, ColumnType to) {
    Slot slot = slots.get(parameter.index());
    return slot(new Slot(slot.origin(), slot.from(), to));
  }

  /// Whether the value of a parameter can be converted to `to` when it is bound.
  boolean isConvertible(Expression.Parameter parameter, ColumnType to) {
    Slot slot = slots.get(parameter.index());
    // One conversion at most: the second would not see what the first lost.
    return slot.from().equals(slot.to()) && ConstantCast.isCovered(slot.from(), to);
  }

  /// A reading of the clock moved by a constant; null if the parameter is something else, or was
  /// moved by months after milliseconds, which is not the same the other way round.
  Expression.@Nullable Parameter moved(Expression.Parameter parameter, long months, long amount) {
    Slot slot = slots.get(parameter.index());
    if (!(slot.origin() instanceof Slot.Clock clock)
        || !slot.from().equals(slot.to())
        || (months != 0 && clock.amount() != 0)) {
      return null;
    }
    return parameter(
        new Slot.Clock(
            clock.reading(),
            Math.addExact(clock.months(), months),
            Math.addExact(clock.amount(), amount)),
        parameter.type());
  }

  private Expression.Parameter slot(Slot slot) {
    int index = indexes.computeIfAbsent(slot, added -> slots.size());
    if (index == slots.size()) {
      slots.add(slot);
    }
    return new Expression.Parameter(index, slot.to());
  }

  /// All slots by index.
  public List<Slot> list() {
    return List.copyOf(slots);
  }
}
