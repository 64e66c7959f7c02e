package io.cuvee.calcite.rule;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.sql2rel.RelDecorrelator;

/// Turns sub-queries of each outer row into joins, by Calcite. The inputs of a join come before the
/// join: Calcite would count in the join's condition columns that it adds to an input and takes out
/// again.
final class Decorrelation extends RelHomogeneousShuttle {
  private Decorrelation() {}

  static RelNode of(RelNode rel) {
    return decorrelated(rel.accept(new Decorrelation()));
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node);
    if (!(visited instanceof Join join)) {
      return visited;
    }
    List<RelNode> inputs = new ArrayList<>();
    for (RelNode input : join.getInputs()) {
      boolean alone = hasCorrelate(input) && RelOptUtil.getVariablesUsed(input).isEmpty();
      inputs.add(alone ? decorrelated(input) : input);
    }
    return inputs.equals(join.getInputs()) ? join : join.copy(join.getTraitSet(), inputs);
  }

  private static boolean hasCorrelate(RelNode rel) {
    return rel instanceof Correlate
        || rel.getInputs().stream().anyMatch(Decorrelation::hasCorrelate);
  }

  private static RelNode decorrelated(RelNode rel) {
    return RelDecorrelator.decorrelateQuery(
        rel, RelFactories.LOGICAL_BUILDER.create(rel.getCluster(), null));
  }
}
