package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.CommonTypes;
import io.cuvee.execution.expression.Conversions;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// The keys of a join's rows, in types that both sides share.
final class JoinKeys {
  private final PlanNode.Join node;
  private final List<ColumnType> leftTypes;
  private final List<ColumnType> rightTypes;
  private final List<ColumnType> types = new ArrayList<>();

  JoinKeys(PlanNode.Join node) {
    this.node = node;
    this.leftTypes = node.left().types();
    this.rightTypes = node.right().types();
    for (int k = 0; k < node.leftKeys().size(); k++) {
      types.add(
          CommonTypes.of(
              leftTypes.get(node.leftKeys().get(k)),
              rightTypes.get(node.rightKeys().get(k)),
              "JOIN"));
    }
  }

  /// Empty if every pair is tested.
  List<ColumnType> types() {
    return types;
  }

  List<Values> ofLeft(Page page) {
    return keys(page, node.leftKeys(), leftTypes);
  }

  List<Values> ofRight(Page page) {
    return keys(page, node.rightKeys(), rightTypes);
  }

  private List<Values> keys(Page page, List<Integer> positions, List<ColumnType> from) {
    List<Values> keys = new ArrayList<>(positions.size());
    for (int k = 0; k < positions.size(); k++) {
      int position = positions.get(k);
      keys.add(Conversions.convert(page.column(position), from.get(position), types.get(k)));
    }
    return keys;
  }
}
