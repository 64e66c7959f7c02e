package io.cuvee.common.plan;

import io.cuvee.common.type.ColumnType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One aggregate of a query.
///
/// @param function canonical name in [io.cuvee.common.function.AggregateFunctions]
/// @param arguments over the input's columns; empty for `COUNT(*)`; constants of a function (a
///   percentile) are literals
/// @param distinct whether each distinct argument counts once
/// @param filter only rows for which it is true take part; absent means all
/// @param type of the final result
public record AggregateCall(
    String function,
    List<Expression> arguments,
    boolean distinct,
    @Nullable Expression filter,
    ColumnType type) {
  public AggregateCall {
    arguments = List.copyOf(arguments);
  }

  @Override
  public String toString() {
    String inner =
        arguments.isEmpty() && function.equals("COUNT")
            ? "*"
            : arguments.stream()
                .map(Object::toString)
                .collect(java.util.stream.Collectors.joining(", "));
    return function
        + "("
        + (distinct ? "DISTINCT " : "")
        + inner
        + ")"
        + (filter == null ? "" : " FILTER (" + filter + ")");
  }
}
