package io.cuvee.common.plan;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Rewrites the expressions inside plans. What does not change stays the same instance.
@SuppressWarnings("ReferenceEquality")
final class PlanExpressions {
  private PlanExpressions() {}

  static SegmentQuery map(SegmentQuery query, UnaryOperator<Expression> change) {
    SegmentQuery.Output output =
        switch (query.output()) {
          case SegmentQuery.Selection selection ->
              new SegmentQuery.Selection(
                  map(selection.projections(), change), selection.order(), selection.limit());
          case SegmentQuery.Aggregation aggregation ->
              new SegmentQuery.Aggregation(
                  map(aggregation.groupKeys(), change),
                  mapCalls(aggregation.aggregates(), change),
                  aggregation.order(),
                  aggregation.limit());
        };
    return new SegmentQuery(
        query.table(),
        query.columns(),
        query.columnTypes(),
        mapNullable(query.filter(), change),
        output);
  }

  static List<Expression> map(List<Expression> expressions, UnaryOperator<Expression> change) {
    Expression[] changed = null;
    for (int i = 0; i < expressions.size(); i++) {
      Expression rewritten = expressions.get(i).rewrite(change);
      if (rewritten != expressions.get(i)) {
        changed = changed == null ? expressions.toArray(new Expression[0]) : changed;
        changed[i] = rewritten;
      }
    }
    return changed == null ? expressions : List.of(changed);
  }

  static List<AggregateCall> mapCalls(List<AggregateCall> calls, UnaryOperator<Expression> change) {
    AggregateCall[] changed = null;
    for (int i = 0; i < calls.size(); i++) {
      AggregateCall call = calls.get(i);
      List<Expression> arguments = map(call.arguments(), change);
      Expression filter = mapNullable(call.filter(), change);
      if (arguments != call.arguments() || filter != call.filter()) {
        changed = changed == null ? calls.toArray(new AggregateCall[0]) : changed;
        changed[i] =
            new AggregateCall(call.function(), arguments, call.distinct(), filter, call.type());
      }
    }
    return changed == null ? calls : List.of(changed);
  }

  static @Nullable Expression mapNullable(
      @Nullable Expression expression, UnaryOperator<Expression> change) {
    return expression == null ? null : expression.rewrite(change);
  }
}
