package io.cuvee.calcite.rule;

import java.util.List;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexExecutor;
import org.apache.calcite.rex.RexNode;

/// Leaves constant expressions as they are: Calcite's own executor would compile Java for each.
/// They are computed by our kernels once the statement's values are bound.
final class ConstantExecutor implements RexExecutor {
  static final ConstantExecutor INSTANCE = new ConstantExecutor();

  private ConstantExecutor() {}

  @Override
  public void reduce(RexBuilder rexBuilder, List<RexNode> constants, List<RexNode> reducedValues) {
    reducedValues.addAll(constants);
  }
}
