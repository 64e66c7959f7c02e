package io.cuvee.calcite.rule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalJoin;

/// A sub-query within a sub-query that reads the outermost row alone is joined to the rows beside
/// it. Calcite has it read them, by the variable of the outermost row.
final class OuterVariables extends RelHomogeneousShuttle {
  private final Deque<CorrelationId> enclosing = new ArrayDeque<>();

  @Override
  public RelNode visit(RelNode node) {
    if (!(node instanceof Correlate correlate)) {
      return super.visit(node);
    }
    CorrelationId id = correlate.getCorrelationId();
    RelNode left = correlate.getLeft().accept(this);
    boolean captured = enclosing.contains(id);
    enclosing.push(id);
    RelNode right = correlate.getRight().accept(this);
    enclosing.pop();
    return captured
        ? LogicalJoin.create(
            left,
            right,
            List.of(),
            left.getCluster().getRexBuilder().makeLiteral(true),
            Set.of(),
            isOneRow(right) ? JoinRelType.INNER : correlate.getJoinType())
        : correlate.copy(correlate.getTraitSet(), List.of(left, right));
  }

  private static boolean isOneRow(RelNode rel) {
    return switch (rel) {
      case Project project -> isOneRow(project.getInput());
      case Aggregate aggregate -> aggregate.getGroupCount() == 0;
      default -> false;
    };
  }
}
