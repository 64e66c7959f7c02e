package io.cuvee.common.function;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.Collections;
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
/// | SKEWNESS, KURTOSIS, KURTOSIS_POP | LONG count, DOUBLE mean, DOUBLE sums of the second to fourth powers of differences |
/// | COVAR_POP, COVAR_SAMP, CORR, REGR_… of y and x | LONG count, DOUBLE means of y and x, DOUBLE sums of (Δy)², (Δx)² and ΔyΔx |
/// | BIT_AND, BIT_OR, BIT_XOR | the value so far; NULL if none |
/// | MINMAXRANGE | the least and the largest value; NULL if none |
/// | ARG_MIN, ARG_MAX of value and key | the value, the key; NULL if none |
/// | MODE, QUANTILE_CONT, QUANTILE_DISC, PERCENTILE, MAD, ENTROPY, HISTOGRAM, TOP_VALUES | array of the distinct values, array of how often each came |
/// | ARRAY_AGG, STRING_AGG | array of the values, then for each column that orders them its array and one of BOOLEAN that is false for NULL |
/// | APPROX_… and DISTINCTCOUNT…, PERCENTILERAWKLL | BYTES, a sketch in the binary form of DataSketches; NULL if none |
/// | SINGLE_VALUE | the value, LONG count |
/// | any with DISTINCT | array of the distinct values, NULL left out |
///
/// QUANTILE_CONT and QUANTILE_DISC have two constants behind their argument: the fraction, from 0
/// to 1, and a BOOLEAN that is true for descending order. PERCENTILE has one, from 0 to 100,
/// TOP_VALUES how many values it gives.
///
/// Functions of sketches have a sketch's size as their last constant: of HLL the logarithm of the
/// number of buckets, of theta the nominal number of entries, of KLL its k. APPROX_PERCENTILE has
/// the fraction before it.
///
/// Of an array argument, functions of one argument and everything with DISTINCT take each element
/// as a value of its own; COUNT, ANY_VALUE and SINGLE_VALUE take the array as one.
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
  public static final String SKEWNESS = "SKEWNESS";
  public static final String KURTOSIS = "KURTOSIS";
  public static final String KURTOSIS_POP = "KURTOSIS_POP";
  public static final String COVAR_POP = "COVAR_POP";
  public static final String COVAR_SAMP = "COVAR_SAMP";
  public static final String CORR = "CORR";
  public static final String REGR_SLOPE = "REGR_SLOPE";
  public static final String REGR_INTERCEPT = "REGR_INTERCEPT";
  public static final String REGR_R2 = "REGR_R2";
  public static final String REGR_COUNT = "REGR_COUNT";
  public static final String REGR_AVGX = "REGR_AVGX";
  public static final String REGR_AVGY = "REGR_AVGY";
  public static final String REGR_SXX = "REGR_SXX";
  public static final String REGR_SYY = "REGR_SYY";
  public static final String REGR_SXY = "REGR_SXY";
  public static final String BIT_AND = "BIT_AND";
  public static final String BIT_OR = "BIT_OR";
  public static final String BIT_XOR = "BIT_XOR";
  public static final String MINMAXRANGE = "MINMAXRANGE";
  public static final String ARG_MIN = "ARG_MIN";
  public static final String ARG_MAX = "ARG_MAX";
  public static final String MODE = "MODE";
  public static final String QUANTILE_CONT = "QUANTILE_CONT";
  public static final String QUANTILE_DISC = "QUANTILE_DISC";
  public static final String PERCENTILE = "PERCENTILE";

  /// The median of the distances to the median.
  public static final String MAD = "MAD";

  /// The entropy of how often each value came, in bits.
  public static final String ENTROPY = "ENTROPY";

  /// How often each value came, as a JSON object.
  public static final String HISTOGRAM = "HISTOGRAM";

  /// The values that came most often.
  public static final String TOP_VALUES = "TOP_VALUES";

  public static final String ARRAY_AGG = "ARRAY_AGG";
  public static final String STRING_AGG = "STRING_AGG";

  /// Distinct values, by HyperLogLog.
  public static final String APPROX_COUNT_DISTINCT = "APPROX_COUNT_DISTINCT";

  /// The sketch of the same.
  public static final String DISTINCTCOUNTRAWHLL = "DISTINCTCOUNTRAWHLL";

  /// Distinct values, by a theta sketch.
  public static final String DISTINCTCOUNTTHETASKETCH = "DISTINCTCOUNTTHETASKETCH";

  /// The sketch of the same.
  public static final String DISTINCTCOUNTRAWTHETASKETCH = "DISTINCTCOUNTRAWTHETASKETCH";

  /// A quantile, by KLL.
  public static final String APPROX_PERCENTILE = "APPROX_PERCENTILE";

  /// The sketch of the same.
  public static final String PERCENTILERAWKLL = "PERCENTILERAWKLL";

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
          SKEWNESS,
          KURTOSIS,
          KURTOSIS_POP,
          COVAR_POP,
          COVAR_SAMP,
          CORR,
          REGR_SLOPE,
          REGR_INTERCEPT,
          REGR_R2,
          REGR_COUNT,
          REGR_AVGX,
          REGR_AVGY,
          REGR_SXX,
          REGR_SYY,
          REGR_SXY,
          BIT_AND,
          BIT_OR,
          BIT_XOR,
          MINMAXRANGE,
          ARG_MIN,
          ARG_MAX,
          MODE,
          QUANTILE_CONT,
          QUANTILE_DISC,
          PERCENTILE,
          MAD,
          ENTROPY,
          HISTOGRAM,
          TOP_VALUES,
          ARRAY_AGG,
          STRING_AGG,
          APPROX_COUNT_DISTINCT,
          DISTINCTCOUNTRAWHLL,
          DISTINCTCOUNTTHETASKETCH,
          DISTINCTCOUNTRAWTHETASKETCH,
          APPROX_PERCENTILE,
          PERCENTILERAWKLL,
          SINGLE_VALUE);

  private AggregateFunctions() {}

  /// The types of the columns in which the partial state of `call` travels.
  ///
  /// @throws CuveeException `FUNCTION_NOT_FOUND` for an unknown function, `FEATURE_NOT_SUPPORTED`
  ///   for DISTINCT over several arguments, which only the broker's own
  ///   [io.cuvee.common.plan.PlanNode.Aggregate] computes
  public static List<ColumnType> stateTypes(AggregateCall call) {
    if (call.distinct() && !ignoresDuplicates(call.function())) {
      if (columnCount(call) != 1) {
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
      case MIN, MAX, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, BIT_XOR ->
          List.of(argumentType(call).elementType());
      case MINMAXRANGE ->
          List.of(argumentType(call).elementType(), argumentType(call).elementType());
      case ARRAY_AGG, STRING_AGG -> {
        List<ColumnType> types = new ArrayList<>();
        types.add(ColumnType.arrayOf(argumentType(call).dataType()));
        for (int i = 1; i < columnCount(call); i++) {
          types.add(ColumnType.arrayOf(call.arguments().get(i).type().dataType()));
          types.add(ColumnType.arrayOf(DataType.BOOLEAN));
        }
        yield List.copyOf(types);
      }
      case ARG_MIN, ARG_MAX -> List.of(argumentType(call), call.arguments().get(1).type());
      case ANY_VALUE -> List.of(argumentType(call));
      case VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> counted(2);
      case SKEWNESS, KURTOSIS, KURTOSIS_POP -> counted(4);
      case MODE, QUANTILE_CONT, QUANTILE_DISC, PERCENTILE, MAD, ENTROPY, HISTOGRAM, TOP_VALUES ->
          List.of(
              ColumnType.arrayOf(argumentType(call).dataType()), ColumnType.arrayOf(DataType.LONG));
      case COVAR_POP,
          COVAR_SAMP,
          CORR,
          REGR_SLOPE,
          REGR_INTERCEPT,
          REGR_R2,
          REGR_COUNT,
          REGR_AVGX,
          REGR_AVGY,
          REGR_SXX,
          REGR_SYY,
          REGR_SXY ->
          counted(5);
      case APPROX_COUNT_DISTINCT,
          DISTINCTCOUNTRAWHLL,
          DISTINCTCOUNTTHETASKETCH,
          DISTINCTCOUNTRAWTHETASKETCH,
          APPROX_PERCENTILE,
          PERCENTILERAWKLL ->
          List.of(ColumnType.BYTES);
      case SINGLE_VALUE -> List.of(argumentType(call), ColumnType.LONG);
      default ->
          throw new CuveeException(
              ErrorCode.FUNCTION_NOT_FOUND, "Unknown aggregate function " + call.function() + ".");
    };
  }

  /// A count and so many sums.
  private static List<ColumnType> counted(int sums) {
    List<ColumnType> types = new ArrayList<>(Collections.nCopies(sums + 1, ColumnType.DOUBLE));
    types.set(0, ColumnType.LONG);
    return List.copyOf(types);
  }

  /// How many columns the function aggregates; the arguments behind them are constants. At least 0,
  /// which is `COUNT(*)`.
  public static int columnCount(AggregateCall call) {
    return call.arguments().size() - constantCount(call.function());
  }

  /// Whether the function takes the values of a group in an order.
  public static boolean isOrdered(String function) {
    return function.equals(ARRAY_AGG) || function.equals(STRING_AGG);
  }

  /// How many columns the function takes at the least; COUNT and those that are ordered may have
  /// more.
  public static int leastColumns(String function) {
    return switch (function) {
      case COUNT -> 0;
      case COVAR_POP,
          COVAR_SAMP,
          CORR,
          REGR_SLOPE,
          REGR_INTERCEPT,
          REGR_R2,
          REGR_COUNT,
          REGR_AVGX,
          REGR_AVGY,
          REGR_SXX,
          REGR_SYY,
          REGR_SXY,
          ARG_MIN,
          ARG_MAX ->
          2;
      default -> 1;
    };
  }

  /// How many constants stand at the end of the function's arguments.
  public static int constantCount(String function) {
    return switch (function) {
      case QUANTILE_CONT, QUANTILE_DISC, STRING_AGG, APPROX_PERCENTILE -> 2;
      case PERCENTILE,
          TOP_VALUES,
          ARRAY_AGG,
          APPROX_COUNT_DISTINCT,
          DISTINCTCOUNTRAWHLL,
          DISTINCTCOUNTTHETASKETCH,
          DISTINCTCOUNTRAWTHETASKETCH,
          PERCENTILERAWKLL ->
          1;
      default -> 0;
    };
  }

  /// Whether DISTINCT makes no difference to this function.
  public static boolean ignoresDuplicates(String function) {
    return switch (function) {
      case MIN, MAX, ANY_VALUE, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, MINMAXRANGE, ARG_MIN, ARG_MAX ->
          true;
      default -> false;
    };
  }

  /// Whether the function takes each element of an array argument as a value of its own.
  public static boolean takesElements(String function, boolean distinct) {
    return switch (function) {
      case COUNT -> distinct;
      case ANY_VALUE, SINGLE_VALUE, ARG_MIN, ARG_MAX -> false;
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
