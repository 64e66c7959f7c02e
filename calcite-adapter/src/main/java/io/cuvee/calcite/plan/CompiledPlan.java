package io.cuvee.calcite.plan;

import io.cuvee.calcite.translate.Slot;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.type.ColumnType;
import java.util.List;

/// A plan without the values of one statement; shared by all statements of its shape.
///
/// @param slots one for each parameter of the plan
/// @param clientTypes of the client's `?`
record CompiledPlan(QueryPlan plan, List<Slot> slots, List<ColumnType> clientTypes) {
  CompiledPlan {
    slots = List.copyOf(slots);
    clientTypes = List.copyOf(clientTypes);
  }

  /// Roughly the bytes that this takes.
  long weight() {
    return 2_000 + 20L * plan.explain().length() + 200L * plan.columns().size();
  }
}
