package io.cuvee.common.catalog;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// The aggregates whose partial states star-trees store, and the names that these have there.
/// Aggregates that are read from the same state share one that is stored.
public final class StoredAggregates {
  /// The distinct values of an argument, which COUNT, SUM and AVG with DISTINCT are read from.
  public static final String DISTINCTCOUNT = "DISTINCTCOUNT";

  private StoredAggregates() {}

  /// The aggregates to store, whose states, one after the other, are the state of `call`, its
  /// FILTER left aside.
  ///
  /// @return empty if trees do not store it
  public static List<AggregateCall> parts(AggregateCall call) {
    List<Expression> arguments = call.arguments();
    if (arguments.isEmpty()) {
      return call.function().equals(AggregateFunctions.COUNT) ? List.of(part(call)) : List.of();
    }
    Expression argument = arguments.getFirst();
    if (argument.type().isArray() || AggregateFunctions.columnCount(call) != 1) {
      return List.of();
    }
    if (call.distinct() && !AggregateFunctions.ignoresDuplicates(call.function())) {
      return switch (call.function()) {
        case AggregateFunctions.COUNT, AggregateFunctions.SUM, AggregateFunctions.AVG ->
            List.of(
                new AggregateCall(
                    AggregateFunctions.COUNT, List.of(argument), true, null, ColumnType.LONG));
        default -> List.of();
      };
    }
    return switch (call.function()) {
      case AggregateFunctions.COUNT,
          AggregateFunctions.SUM,
          AggregateFunctions.MIN,
          AggregateFunctions.MAX ->
          List.of(part(call));
      case AggregateFunctions.AVG ->
          sumType(argument.type())
              .map(type ->
                  List.of(
                      part(AggregateFunctions.SUM, argument, type),
                      part(AggregateFunctions.COUNT, argument, ColumnType.LONG)))
              .orElse(List.of());
      case AggregateFunctions.MINMAXRANGE ->
          List.of(
              part(AggregateFunctions.MIN, argument, argument.type()),
              part(AggregateFunctions.MAX, argument, argument.type()));
      case AggregateFunctions.VAR_POP,
          AggregateFunctions.VAR_SAMP,
          AggregateFunctions.STDDEV_POP,
          AggregateFunctions.STDDEV_SAMP ->
          List.of(part(AggregateFunctions.VAR_POP, argument, ColumnType.DOUBLE));
      case AggregateFunctions.APPROX_COUNT_DISTINCT, AggregateFunctions.DISTINCTCOUNTRAWHLL ->
          List.of(sketch(AggregateFunctions.APPROX_COUNT_DISTINCT, call, ColumnType.LONG));
      case AggregateFunctions.DISTINCTCOUNTTHETASKETCH,
          AggregateFunctions.DISTINCTCOUNTRAWTHETASKETCH ->
          List.of(sketch(AggregateFunctions.DISTINCTCOUNTTHETASKETCH, call, ColumnType.LONG));
      case AggregateFunctions.APPROX_PERCENTILE, AggregateFunctions.PERCENTILERAWKLL ->
          List.of(sketch(AggregateFunctions.PERCENTILERAWKLL, call, ColumnType.BYTES));
      default -> List.of();
    };
  }

  private static AggregateCall part(AggregateCall call) {
    return new AggregateCall(call.function(), call.arguments(), false, null, call.type());
  }

  private static AggregateCall part(String function, Expression argument, ColumnType type) {
    return new AggregateCall(function, List.of(argument), false, null, type);
  }

  /// Of the constants the sketch depends on the last alone, which is its size.
  private static AggregateCall sketch(String function, AggregateCall call, ColumnType type) {
    return new AggregateCall(
        function,
        List.of(call.arguments().getFirst(), call.arguments().getLast()),
        false,
        null,
        type);
  }

  /// The type of a SUM as wide as its values; absent if they have none.
  static Optional<ColumnType> sumType(ColumnType argument) {
    return switch (argument.dataType().representation()) {
      case LONG -> Optional.of(ColumnType.LONG);
      case DOUBLE -> Optional.of(ColumnType.DOUBLE);
      case DECIMAL -> Optional.of(ColumnType.BIG_DECIMAL);
      case BYTES -> Optional.empty();
    };
  }

  /// The name of one of [#parts].
  public static String function(AggregateCall part) {
    return part.distinct() ? DISTINCTCOUNT : part.function();
  }

  /// What one of [#parts] is of: the argument as [MetricExpression#canonical] writes it, then the
  /// size of a sketch; empty for COUNT of all rows.
  ///
  /// @param names of the columns
  /// @return absent for an argument that trees cannot aggregate
  public static Optional<String> argument(AggregateCall part, IntFunction<String> names) {
    if (part.arguments().isEmpty()) {
      return Optional.of("");
    }
    Optional<String> argument = MetricExpression.canonical(part.arguments().getFirst(), names);
    if (part.arguments().size() == 1) {
      return argument;
    }
    return part.arguments().getLast() instanceof Expression.Literal literal
            && literal.value() instanceof Long size
        ? argument.map(text -> text + ", " + size)
        : Optional.empty();
  }
}
