package io.cuvee.calcite.rule;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;

/// Refuses aggregates in sub-queries that read columns of the outer query only: by the standard
/// they belong to the outer query and put its rows together, while Calcite computes them for each
/// row of the sub-query.
final class OuterAggregates extends RelHomogeneousShuttle {
  /// How many sub-queries deep.
  private int depth;

  private final RexShuttle subQueries =
      new RexShuttle() {
        @Override
        public RexNode visitSubQuery(RexSubQuery query) {
          depth++;
          query.rel.accept(OuterAggregates.this);
          depth--;
          return super.visitSubQuery(query);
        }
      };

  @Override
  public RelNode visit(RelNode node) {
    node.accept(subQueries);
    if (depth > 0
        && node instanceof Aggregate aggregate
        && aggregate.getInput() instanceof Project input) {
      for (AggregateCall call : aggregate.getAggCallList()) {
        if (readsOuterOnly(call.getArgList().stream().map(input.getProjects()::get).toList())) {
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              call.getAggregation().getName()
                  + " in a sub-query reads columns of the outer query only, and so is an aggregate"
                  + " of the outer query. Compute it there, in a query of its own if need be.");
        }
      }
    }
    return super.visit(node);
  }

  private static boolean readsOuterOnly(List<RexNode> arguments) {
    Reading reading = new Reading();
    arguments.forEach(argument -> argument.accept(reading));
    return reading.outer && !reading.own;
  }

  private static final class Reading extends RexShuttle {
    private boolean outer;
    private boolean own;

    @Override
    public RexNode visitCorrelVariable(RexCorrelVariable variable) {
      outer = true;
      return variable;
    }

    @Override
    public RexNode visitInputRef(RexInputRef field) {
      own = true;
      return field;
    }

    @Override
    public RexNode visitSubQuery(RexSubQuery query) {
      own = true;
      return query;
    }
  }
}
