package io.cuvee.common.plan;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Rewrites the expressions inside plans.
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
    return expressions.stream().map(expression -> expression.rewrite(change)).toList();
  }

  static List<AggregateCall> mapCalls(
      List<AggregateCall> calls, UnaryOperator<Expression> change) {
    return calls.stream()
        .map(
            call ->
                new AggregateCall(
                    call.function(),
                    map(call.arguments(), change),
                    call.distinct(),
                    mapNullable(call.filter(), change),
                    call.type()))
        .toList();
  }

  static @Nullable Expression mapNullable(
      @Nullable Expression expression, UnaryOperator<Expression> change) {
    return expression == null ? null : expression.rewrite(change);
  }
}
