package io.cuvee.calcite.rule;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;

/// A query of WITH whose rows all who read it must see alike, since there are random values in it.
/// No rule knows it, so that nothing of one reader moves into it.
public final class SharedQuery extends SingleRel {
  private final int number;

  SharedQuery(RelNode input, int number) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.number = number;
  }

  /// Which query it is of those of the statement.
  public int number() {
    return number;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new SharedQuery(inputs.getFirst(), number);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("number", number);
  }
}
