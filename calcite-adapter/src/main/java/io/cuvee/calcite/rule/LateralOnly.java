package io.cuvee.calcite.rule;

import java.util.function.Predicate;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;

/// Finds sub-queries that must be computed beside their outer rows, since Calcite's decorrelation
/// gives wrong answers for them: those in which a further sub-query reads the outermost row, as the
/// double `NOT EXISTS` of a division does, or counts what goes with it, and those with a window,
/// which would see the rows of all outer rows at once.
final class LateralOnly {
  private LateralOnly() {}

  static boolean holds(RelNode rel) {
    return any(
        rel,
        node ->
            node instanceof Correlate correlate
                && isWithin(correlate.getRight(), correlate.getCorrelationId()));
  }

  private static boolean isWithin(RelNode query, CorrelationId row) {
    return any(
        query,
        node ->
            switch (node) {
              case Correlate inner -> reads(inner.getRight(), row);
              case Join join ->
                  join.getJoinType() == JoinRelType.INNER
                      && join.getCondition().isAlwaysTrue()
                      && hasTotal(join.getRight(), row);
              case Project project -> project.containsOver() && reads(project, row);
              default -> false;
            });
  }

  /// Whether there is an aggregate without groups, which decorrelation loses where it has no rows.
  private static boolean hasTotal(RelNode query, CorrelationId row) {
    return any(
        query,
        node ->
            node instanceof Aggregate aggregate
                && aggregate.getGroupCount() == 0
                && reads(aggregate, row));
  }

  private static boolean reads(RelNode rel, CorrelationId row) {
    return RelOptUtil.getVariablesUsed(rel).contains(row);
  }

  private static boolean any(RelNode rel, Predicate<RelNode> matches) {
    Search search = new Search(matches);
    rel.accept(search);
    return search.found;
  }

  private static final class Search extends RelHomogeneousShuttle {
    private final Predicate<RelNode> matches;
    private boolean found;

    Search(Predicate<RelNode> matches) {
      this.matches = matches;
    }

    @Override
    public RelNode visit(RelNode node) {
      if (found) {
        return node;
      }
      found = matches.test(node);
      return found ? node : super.visit(node);
    }
  }
}
