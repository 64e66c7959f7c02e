package io.cuvee.common.function;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.List;

/// The aggregate functions and the columns of their partial states. A state is what a server sends
/// for one group; `execution.aggregate` makes, merges and finishes states.
///
/// | function | state columns |
/// |---|---|
/// | COUNT | LONG |
/// | SUM of integers | low and high 64 bits of the 128-bit sum; both NULL if no value came |
/// | SUM of DOUBLE, of BIG_DECIMAL | the sum; NULL if no value came |
/// | MIN, MAX, ANY_VALUE, BOOL_AND, BOOL_OR | the value so far; NULL if none |
/// | AVG | the state of SUM, then the LONG count |
/// | VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP | LONG count, DOUBLE mean, DOUBLE sum of squared differences |
/// | SINGLE_VALUE | the value, LONG count |
/// | any with DISTINCT | array of the distinct values, NULL left out |
///
/// Of an array argument, SUM, AVG, MIN, MAX, the variances and everything with DISTINCT take each
/// element as a value of its own; COUNT, ANY_VALUE and SINGLE_VALUE take the array as one.
public final class AggregateFunctions {
  public static final String COUNT = "COUNT";
  public static final String SUM = "SUM";
  public static final String MIN = "MIN";
  public static final String MAX = "MAX";
  public static final String AVG = "AVG";
  public static final String VAR_POP = "VAR_POP";
  public static final String VAR_SAMP = "VAR_SAMP";
  public static final String STDDEV_POP = "STDDEV_POP";
  public static final String STDDEV_SAMP = "STDDEV_SAMP";
  public static final String ANY_VALUE = "ANY_VALUE";
  public static final String BOOL_AND = "BOOL_AND";
  public static final String BOOL_OR = "BOOL_OR";

  /// The one value of a scalar sub-query; an error if there is a second.
  public static final String SINGLE_VALUE = "SINGLE_VALUE";

  /// Only in a [io.cuvee.common.plan.PlanNode.Aggregate] with grouping sets, and not in [#ALL],
  /// since it has no state: its arguments are INT literals, positions in `groupKeys`; the LONG
  /// result has a bit for each, the last lowest, which is 1 where the key is not in the grouping
  /// set.
  public static final String GROUPING = "GROUPING";

  public static final List<String> ALL =
      List.of(
          COUNT,
          SUM,
          MIN,
          MAX,
          AVG,
          VAR_POP,
          VAR_SAMP,
          STDDEV_POP,
          STDDEV_SAMP,
          ANY_VALUE,
          BOOL_AND,
          BOOL_OR,
          SINGLE_VALUE);

  private AggregateFunctions() {}

  /// The types of the columns in which the partial state of `call` travels.
  ///
  /// @throws CuveeException `FUNCTION_NOT_FOUND` for an unknown function, `FEATURE_NOT_SUPPORTED`
  ///   for DISTINCT over several arguments, which only the broker's own
  ///   [io.cuvee.common.plan.PlanNode.Aggregate] computes
  public static List<ColumnType> stateTypes(AggregateCall call) {
    if (call.distinct() && !ignoresDuplicates(call.function())) {
      if (call.arguments().size() != 1) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED, call + ": DISTINCT takes one argument.");
      }
      return List.of(ColumnType.arrayOf(call.arguments().getFirst().type().dataType()));
    }
    return switch (call.function()) {
      case COUNT -> List.of(ColumnType.LONG);
      case SUM -> sumState(argumentType(call));
      case AVG ->
          sumState(argumentType(call)).size() == 2
              ? List.of(ColumnType.LONG, ColumnType.LONG, ColumnType.LONG)
              : List.of(sumState(argumentType(call)).getFirst(), ColumnType.LONG);
      case MIN, MAX, BOOL_AND, BOOL_OR -> List.of(argumentType(call).elementType());
      case ANY_VALUE -> List.of(argumentType(call));
      case VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP ->
          List.of(ColumnType.LONG, ColumnType.DOUBLE, ColumnType.DOUBLE);
      case SINGLE_VALUE -> List.of(argumentType(call), ColumnType.LONG);
      default ->
          throw new CuveeException(
              ErrorCode.FUNCTION_NOT_FOUND, "Unknown aggregate function " + call.function() + ".");
    };
  }

  /// Whether DISTINCT makes no difference to this function.
  public static boolean ignoresDuplicates(String function) {
    return switch (function) {
      case MIN, MAX, ANY_VALUE, BOOL_AND, BOOL_OR -> true;
      default -> false;
    };
  }

  /// Whether the function takes each element of an array argument as a value of its own.
  public static boolean takesElements(String function, boolean distinct) {
    return switch (function) {
      case COUNT -> distinct;
      case ANY_VALUE, SINGLE_VALUE -> false;
      default -> true;
    };
  }

  private static ColumnType argumentType(AggregateCall call) {
    return call.arguments().getFirst().type();
  }

  private static List<ColumnType> sumState(ColumnType argument) {
    return switch (argument.dataType().representation()) {
      case LONG -> List.of(ColumnType.LONG, ColumnType.LONG);
      case DOUBLE -> List.of(ColumnType.DOUBLE);
      case DECIMAL -> List.of(ColumnType.of(DataType.BIG_DECIMAL));
      case BYTES ->
          throw new CuveeException(
              ErrorCode.TYPE_MISMATCH,
              "SUM and AVG need a numeric argument, not " + argument + ".");
    };
  }
}
