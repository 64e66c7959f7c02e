package io.cuvee.engine.aggregation;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.scan.RowExpression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The aggregation of a query, compiled once for all segments. Immutable and thread-safe.
///
/// @param arguments of each aggregate
/// @param filters the distinct FILTER conditions
/// @param filterOf for each aggregate its position in `filters`, -1 without one
/// @param memoryBytes the most that the query may hold
record AggregationPlan(
    SegmentQuery.Aggregation aggregation,
    List<ColumnType> keyTypes,
    List<RowExpression> keys,
    List<List<RowExpression>> arguments,
    List<Expression> filters,
    List<Integer> filterOf,
    long memoryBytes) {
  static final int NO_FILTER = -1;

  static AggregationPlan of(SegmentQuery.Aggregation aggregation, long memoryBytes) {
    List<RowExpression> keys = new ArrayList<>();
    for (Expression key : aggregation.groupKeys()) {
      if (key.type().isArray()) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "GROUP BY "
                + key
                + ": grouping by the elements of an array is not supported. Group by one element, as in tags[1], or"
                + " filter with = to count one value.");
      }
      keys.add(RowExpression.compile(key));
    }
    List<List<RowExpression>> arguments = new ArrayList<>();
    List<Expression> filters = new ArrayList<>();
    List<Integer> filterOf = new ArrayList<>();
    for (AggregateCall call : aggregation.aggregates()) {
      arguments.add(call.arguments().stream().map(RowExpression::compile).toList());
      @Nullable Expression filter = call.filter();
      if (filter == null) {
        filterOf.add(NO_FILTER);
      } else {
        int known = filters.indexOf(filter);
        if (known < 0) {
          known = filters.size();
          filters.add(filter);
        }
        filterOf.add(known);
      }
    }
    return new AggregationPlan(
        aggregation,
        aggregation.groupKeys().stream().map(Expression::type).toList(),
        List.copyOf(keys),
        List.copyOf(arguments),
        List.copyOf(filters),
        List.copyOf(filterOf),
        memoryBytes);
  }

  List<AggregateCall> calls() {
    return aggregation.aggregates();
  }
}
