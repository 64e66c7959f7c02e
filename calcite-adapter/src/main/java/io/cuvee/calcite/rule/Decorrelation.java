package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.logical.LogicalAsofJoin;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql2rel.RelDecorrelator;

/// Turns sub-queries of each outer row into joins, by Calcite. The inputs of a join come before the
/// join: Calcite would count in the join's condition columns that it adds to an input and takes out
/// again. Two things are hidden from it: ASOF joins, since it makes plain joins of them, and that
/// all keys of a group are constants, since it leaves constant keys out, and without a key there is
/// a group of no rows.
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
      if (visited instanceof Aggregate aggregate && hasConstantKeysOnly(aggregate)) {
        return aggregate.copy(
            aggregate.getTraitSet(), List.of(new OpaqueRows(aggregate.getInput())));
      }
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

    /// Where outer rows are read, decorrelation adds their columns to the keys.
    private static boolean hasConstantKeysOnly(Aggregate aggregate) {
      return !aggregate.getGroupSet().isEmpty()
          && aggregate.getInput() instanceof Project rows
          && aggregate.getGroupSet().asList().stream()
              .allMatch(key -> rows.getProjects().get(key) instanceof RexLiteral)
          && RelOptUtil.getVariablesUsed(rows).isEmpty();
    }

    private static boolean hasCorrelate(RelNode rel) {
      return rel instanceof Correlate || rel.getInputs().stream().anyMatch(Inputs::hasCorrelate);
    }
  }

  private static final class Restored extends RelHomogeneousShuttle {
    @Override
    public RelNode visit(RelNode node) {
      RelNode visited = super.visit(node);
      if (visited instanceof OpaqueRows rows) {
        return rows.getInput();
      }
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
