package io.cuvee.calcite.rule;

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
    Search search =
        new Search() {
          @Override
          boolean matches(RelNode node) {
            return node instanceof Correlate correlate
                && isWithin(correlate.getRight(), correlate.getCorrelationId());
          }
        };
    rel.accept(search);
    return search.found;
  }

  private static boolean isWithin(RelNode query, CorrelationId row) {
    Search search =
        new Search() {
          @Override
          boolean matches(RelNode node) {
            return switch (node) {
              case Correlate inner -> reads(inner.getRight(), row);
              case Join join ->
                  join.getJoinType() == JoinRelType.INNER
                      && join.getCondition().isAlwaysTrue()
                      && hasTotal(join.getRight(), row);
              case Project project -> project.containsOver() && reads(project, row);
              default -> false;
            };
          }
        };
    query.accept(search);
    return search.found;
  }

  /// Whether there is an aggregate without groups, which decorrelation loses where it has no rows.
  private static boolean hasTotal(RelNode query, CorrelationId row) {
    Search search =
        new Search() {
          @Override
          boolean matches(RelNode node) {
            return node instanceof Aggregate aggregate
                && aggregate.getGroupCount() == 0
                && reads(aggregate, row);
          }
        };
    query.accept(search);
    return search.found;
  }

  private static boolean reads(RelNode rel, CorrelationId row) {
    return RelOptUtil.getVariablesUsed(rel).contains(row);
  }

  private abstract static class Search extends RelHomogeneousShuttle {
    boolean found;

    abstract boolean matches(RelNode node);

    @Override
    public RelNode visit(RelNode node) {
      if (found) {
        return node;
      }
      found = matches(node);
      return found ? node : super.visit(node);
    }
  }
}
