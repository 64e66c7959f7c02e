package io.cuvee.calcite.rule;

import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/// Random values are columns like others to those who read them: `r` of `(SELECT RANDOM() AS r FROM
/// t)` is the same wherever the row is read. A sort by nothing above such a projection, that leaves
/// no row out, keeps rules from putting the call in the place of the column, which would be another
/// call each time.
public final class RandomColumns extends RelHomogeneousShuttle {
  private final RexShuttle subQueries =
      new RexShuttle() {
        @Override
        public RexNode visitSubQuery(RexSubQuery query) {
          RexSubQuery visited = (RexSubQuery) super.visitSubQuery(query);
          return visited.clone(visited.rel.accept(RandomColumns.this));
        }
      };

  /// Whether a validated statement calls a function that gives another value each time.
  static boolean areIn(SqlNode statement) {
    AtomicBoolean found = new AtomicBoolean();
    statement.accept(
        new SqlBasicVisitor<@Nullable Void>() {
          @Override
          public @Nullable Void visit(SqlCall call) {
            if (!call.getOperator().isDeterministic()) {
              found.set(true);
            }
            return super.visit(call);
          }
        });
    return found.get();
  }

  /// Whether this sort is there for the rows below it alone.
  public static boolean isBoundary(RelNode node) {
    return node instanceof Sort sort
        && sort.getCollation().getFieldCollations().isEmpty()
        && sort.offset instanceof RexLiteral offset
        && RexLiteral.intValue(offset) == 0
        && sort.fetch == null;
  }

  @Override
  public RelNode visit(RelNode node) {
    RelNode visited = super.visit(node).accept(subQueries);
    if (visited instanceof SharedQuery query && query.isReadOnce()) {
      return query.rel().accept(this);
    }
    if (visited instanceof Aggregate aggregate && isBoundary(aggregate.getInput())) {
      // Each of its calls reads its arguments once.
      RelNode rows = ((Sort) aggregate.getInput()).getInput();
      return aggregate.copy(aggregate.getTraitSet(), List.of(rows));
    }
    return visited instanceof Project project
            && project.getProjects().stream().anyMatch(field -> !RexUtil.isDeterministic(field))
        ? LogicalSort.create(
            project,
            RelCollations.EMPTY,
            node.getCluster().getRexBuilder().makeExactLiteral(BigDecimal.ZERO),
            null)
        : visited;
  }
}
