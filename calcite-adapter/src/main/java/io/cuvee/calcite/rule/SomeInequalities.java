package io.cuvee.calcite.rule;

import com.google.common.collect.ImmutableList;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/// `x <> ANY (query)` becomes `x < ANY (query) OR x > ANY (query)`, and so does `x = ALL (query)`,
/// which is its opposite. Calcite's rule for `<>` looks for its own columns by the names `c` and
/// `d`, and takes those of the outer row, or of another sub-query, if they are called so.
final class SomeInequalities extends RelHomogeneousShuttle {
  private final RexBuilder rex;

  SomeInequalities(RexBuilder rex) {
    this.rex = rex;
  }

  @Override
  public RelNode visit(RelNode node) {
    return super.visit(node).accept(new Expressions());
  }

  private final class Expressions extends RexShuttle {
    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      RexSubQuery visited = (RexSubQuery) super.visitSubQuery(query);
      RelNode rel = visited.rel.accept(SomeInequalities.this);
      RexSubQuery inner = rel.equals(visited.rel) ? visited : visited.clone(rel);
      return inner.getOperator() instanceof SqlQuantifyOperator operator
              && operator.comparisonKind == SqlKind.NOT_EQUALS
              && inner.getOperands().size() == 1
          ? rex.makeCall(
              SqlStdOperatorTable.OR,
              some(inner, SqlStdOperatorTable.SOME_LT),
              some(inner, SqlStdOperatorTable.SOME_GT))
          : inner;
    }

    private static RexSubQuery some(RexSubQuery query, SqlQuantifyOperator operator) {
      return RexSubQuery.some(query.rel, ImmutableList.copyOf(query.getOperands()), operator);
    }
  }
}
