package io.cuvee.calcite.rule;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;

/// The rows of its input, behind which rules do not look.
final class OpaqueRows extends SingleRel {
  OpaqueRows(RelNode input) {
    super(input.getCluster(), input.getTraitSet(), input);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new OpaqueRows(inputs.getFirst());
  }
}
