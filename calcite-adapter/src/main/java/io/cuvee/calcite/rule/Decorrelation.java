package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.logical.LogicalAsofJoin;
import org.apache.calcite.sql2rel.RelDecorrelator;

/// Turns sub-queries of each outer row into joins, by Calcite. The inputs of a join come before the
/// join: Calcite would count in the join's condition columns that it adds to an input and takes out
/// again. ASOF joins are hidden from it, since it makes plain joins of them.
final class Decorrelation {
  private Decorrelation() {}

  static RelNode of(RelNode rel) {
    return decorrelated(rel.accept(new Inputs())).accept(new Restored());
  }

  private static RelNode decorrelated(RelNode rel) {
    return RelDecorrelator.decorrelateQuery(
        rel.accept(new UnsharedInputs()),
        RelFactories.LOGICAL_BUILDER.create(rel.getCluster(), null));
  }

  private static final class Inputs extends RelHomogeneousShuttle {
    @Override
    public RelNode visit(LogicalAsofJoin join) {
      return visit((RelNode) join);
    }

    @Override
    public RelNode visit(RelNode node) {
      RelNode visited = super.visit(node);
      if (!(visited instanceof Join || visited instanceof OpaqueNearestJoin)) {
        return visited;
      }
      List<RelNode> inputs = new ArrayList<>();
      for (RelNode input : visited.getInputs()) {
        boolean alone = hasCorrelate(input) && RelOptUtil.getVariablesUsed(input).isEmpty();
        inputs.add(alone ? decorrelated(input) : input);
      }
      if (visited instanceof AsofJoin join) {
        return new OpaqueNearestJoin(
            inputs.get(0),
            inputs.get(1),
            join.getJoinType(),
            join.getCondition(),
            join.getMatchCondition());
      }
      return inputs.equals(visited.getInputs())
          ? visited
          : visited.copy(visited.getTraitSet(), inputs);
    }

    private static boolean hasCorrelate(RelNode rel) {
      return rel instanceof Correlate || rel.getInputs().stream().anyMatch(Inputs::hasCorrelate);
    }
  }

  private static final class Restored extends RelHomogeneousShuttle {
    @Override
    public RelNode visit(RelNode node) {
      RelNode visited = super.visit(node);
      return visited instanceof OpaqueNearestJoin join && !join.type().generatesNullsOnLeft()
          ? LogicalAsofJoin.create(
              join.getLeft(),
              join.getRight(),
              List.of(),
              join.condition(),
              join.nearest(),
              join.type(),
              ImmutableList.of())
          : visited;
    }
  }
}
