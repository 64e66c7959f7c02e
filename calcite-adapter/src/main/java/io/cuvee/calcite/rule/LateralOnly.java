package io.cuvee.calcite.rule;

import java.util.function.Predicate;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;

/// Finds sub-queries that must be computed beside their outer rows, since Calcite's decorrelation
/// gives wrong answers for them: those in which a further sub-query reads the outermost row, as the
/// double `NOT EXISTS` of a division does, or counts what goes with it, those with a window, which
/// would see the rows of all outer rows at once, those with grouping sets, those that join two
/// queries which read the same column of the outer row, and those for which it takes a column for
/// never NULL because an outer join compares it.
final class LateralOnly {
  private LateralOnly() {}

  static boolean holds(RelNode rel) {
    return any(
        rel,
        node ->
            node instanceof Correlate correlate
                && (isWithin(correlate.getRight(), correlate.getCorrelationId())
                    || losesNulls(correlate)));
  }

  /// Whether the values of the outer row are put together where an outer join has compared them.
  private static boolean losesNulls(Correlate correlate) {
    CorrelationId row = correlate.getCorrelationId();
    return !comparesByEquality(correlate.getRight(), row)
        && any(
            correlate,
            node ->
                switch (node) {
                  case Join join -> keepsLeft(join.getJoinType());
                  case Correlate other ->
                      !other.equals(correlate)
                          && keepsLeft(other.getJoinType())
                          && equates(other.getRight(), other.getCorrelationId());
                  default -> false;
                });
  }

  private static boolean keepsLeft(JoinRelType type) {
    return type == JoinRelType.LEFT || type == JoinRelType.ANTI;
  }

  /// Whether the row is only read in equalities with columns of the query.
  private static boolean comparesByEquality(RelNode query, CorrelationId row) {
    return !any(
        query,
        node ->
            node instanceof Filter filter
                ? RelOptUtil.conjunctions(filter.getCondition()).stream()
                    .anyMatch(part -> reads(part, row) && !isEquality(part, row))
                : readsItself(node, row));
  }

  private static boolean equates(RelNode query, CorrelationId row) {
    return any(
        query,
        node ->
            node instanceof Filter filter
                && RelOptUtil.conjunctions(filter.getCondition()).stream()
                    .anyMatch(part -> isEquality(part, row)));
  }

  private static boolean isEquality(RexNode condition, CorrelationId row) {
    return condition instanceof RexCall call
        && call.getKind() == SqlKind.EQUALS
        && call.getOperands().stream().filter(operand -> reads(operand, row)).count() == 1;
  }

  private static boolean reads(RexNode expression, CorrelationId row) {
    Reading reading = new Reading(row);
    expression.accept(reading);
    return reading.found;
  }

  /// Whether an operator reads the row, and not its inputs alone.
  private static boolean readsItself(RelNode node, CorrelationId row) {
    Reading reading = new Reading(row);
    node.accept(reading);
    return reading.found;
  }

  private static final class Reading extends RexShuttle {
    private final CorrelationId row;
    private boolean found;

    Reading(CorrelationId row) {
      this.row = row;
    }

    @Override
    public RexNode visitCorrelVariable(RexCorrelVariable variable) {
      found |= variable.id.equals(row);
      return variable;
    }
  }

  private static boolean isWithin(RelNode query, CorrelationId row) {
    return any(
        query,
        node ->
            switch (node) {
              case Correlate inner -> reads(inner.getRight(), row);
              case Join join ->
                  join.getJoinType() == JoinRelType.INNER
                      && (join.getCondition().isAlwaysTrue() && hasTotal(join.getRight(), row)
                          || readTheSame(join, row));
              case Project project -> project.containsOver() && reads(project, row);
              case Aggregate aggregate ->
                  aggregate.getGroupType() != Aggregate.Group.SIMPLE && reads(aggregate, row);
              default -> false;
            });
  }

  /// Whether both sides read a column of the row. Decorrelation would join what they found for
  /// different values of it.
  private static boolean readTheSame(Join join, CorrelationId row) {
    return RelOptUtil.correlationColumns(row, join.getLeft())
        .intersects(RelOptUtil.correlationColumns(row, join.getRight()));
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
