package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.SketchSize;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.AggregateOrder;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes the accumulators of aggregate calls.
public final class Accumulators {
  private static final int MAX_TOP_VALUES = 100_000;

  private Accumulators() {}

  /// An accumulator without groups. The call's filter is the caller's to apply, see
  /// [#filterGroups].
  ///
  /// @throws CuveeException `FUNCTION_NOT_FOUND` for an unknown function, `TYPE_MISMATCH` for
  ///   arguments that it does not take
  public static Accumulator create(AggregateCall call, MemoryBudget budget) {
    List<ColumnType> types = new ArrayList<>(call.arguments().size());
    for (int i = 0; i < call.arguments().size(); i++) {
      types.add(call.arguments().get(i).type());
    }
    checkArguments(call, types);
    types.subList(AggregateFunctions.columnCount(call), types.size()).clear();
    boolean byElement =
        types.size() == 1
            && types.getFirst().isArray()
            && AggregateFunctions.takesElements(call.function(), call.distinct());
    if (byElement) {
      types.set(0, types.getFirst().elementType());
    }
    boolean distinct = call.distinct() && !AggregateFunctions.ignoresDuplicates(call.function());
    Accumulator accumulator = plain(call, types, budget);
    if (distinct) {
      accumulator = new DistinctAccumulator(types, accumulator, budget);
    }
    return byElement ? new ElementsAccumulator(accumulator) : accumulator;
  }

  private static void checkArguments(AggregateCall call, List<ColumnType> types) {
    boolean count = call.function().equals(AggregateFunctions.COUNT);
    if (!AggregateFunctions.ALL.contains(call.function())) {
      throw new CuveeException(
          ErrorCode.FUNCTION_NOT_FOUND, "Unknown aggregate function " + call.function() + ".");
    }
    int least = AggregateFunctions.leastColumns(call.function());
    int columns = AggregateFunctions.columnCount(call);
    boolean more = AggregateFunctions.isOrdered(call.function()) && !call.distinct();
    boolean fits = count ? !types.isEmpty() || !call.distinct() : columns == least;
    if (!fits && !(more && columns > least)) {
      throw mismatch(call, least == 1 ? "it takes one argument" : "it takes two arguments");
    }
  }

  private static Accumulator plain(
      AggregateCall call, List<ColumnType> types, MemoryBudget budget) {
    return switch (call.function()) {
      case AggregateFunctions.COUNT -> new CountAccumulator(budget);
      case AggregateFunctions.SUM -> sum(call, types.getFirst(), false, budget);
      case AggregateFunctions.AVG -> sum(call, types.getFirst(), true, budget);
      case AggregateFunctions.MIN -> extreme(types.getFirst(), false, budget);
      case AggregateFunctions.MAX -> extreme(types.getFirst(), true, budget);
      case AggregateFunctions.BOOL_AND -> truth(call, types.getFirst(), false, budget);
      case AggregateFunctions.BOOL_OR -> truth(call, types.getFirst(), true, budget);
      case AggregateFunctions.VAR_POP,
          AggregateFunctions.VAR_SAMP,
          AggregateFunctions.STDDEV_POP,
          AggregateFunctions.STDDEV_SAMP -> {
        checkNumbers(call, types);
        yield new VarianceAccumulator(call.function(), call.type(), budget);
      }
      case AggregateFunctions.SKEWNESS,
          AggregateFunctions.KURTOSIS,
          AggregateFunctions.KURTOSIS_POP -> {
        checkNumbers(call, types);
        yield new MomentsAccumulator(call.function(), budget);
      }
      case AggregateFunctions.COVAR_POP,
          AggregateFunctions.COVAR_SAMP,
          AggregateFunctions.CORR,
          AggregateFunctions.REGR_SLOPE,
          AggregateFunctions.REGR_INTERCEPT,
          AggregateFunctions.REGR_R2,
          AggregateFunctions.REGR_COUNT,
          AggregateFunctions.REGR_AVGX,
          AggregateFunctions.REGR_AVGY,
          AggregateFunctions.REGR_SXX,
          AggregateFunctions.REGR_SYY,
          AggregateFunctions.REGR_SXY -> {
        checkNumbers(call, types);
        yield new PairMomentsAccumulator(call.function(), budget);
      }
      case AggregateFunctions.BIT_AND, AggregateFunctions.BIT_OR, AggregateFunctions.BIT_XOR -> {
        if (!types.getFirst().dataType().isInteger()) {
          throw mismatch(call, "it needs an integer");
        }
        yield new BitAccumulator(call.function(), budget);
      }
      case AggregateFunctions.MINMAXRANGE -> {
        checkNumbers(call, types);
        yield new RangeAccumulator(
            extreme(types.getFirst(), false, budget), extreme(types.getFirst(), true, budget));
      }
      case AggregateFunctions.MODE ->
          tally(
              call,
              types.getFirst(),
              (tally, results) -> results.append(tally.values(), tally.mode()),
              budget);
      case AggregateFunctions.QUANTILE_CONT,
          AggregateFunctions.QUANTILE_DISC,
          AggregateFunctions.PERCENTILE ->
          quantile(call, types.getFirst(), budget);
      case AggregateFunctions.MAD -> {
        checkNumbers(call, types);
        yield tally(call, types.getFirst(), Distributions::medianDeviation, budget);
      }
      case AggregateFunctions.ENTROPY ->
          tally(call, types.getFirst(), Distributions::entropy, budget);
      case AggregateFunctions.HISTOGRAM ->
          tally(call, types.getFirst(), Distributions.histogram(types.getFirst()), budget);
      case AggregateFunctions.TOP_VALUES ->
          tally(call, types.getFirst(), Distributions.topValues(valueCount(call)), budget);
      case AggregateFunctions.ARRAY_AGG -> collect(call, types, 0, Joiners::arrays, budget);
      case AggregateFunctions.STRING_AGG ->
          collect(
              call, types, 1, Joiners.texts(bytes(constant(call, 0)), types.getFirst()), budget);
      case AggregateFunctions.APPROX_COUNT_DISTINCT,
          AggregateFunctions.DISTINCTCOUNTRAWHLL,
          AggregateFunctions.DISTINCTCOUNTTHETASKETCH,
          AggregateFunctions.DISTINCTCOUNTRAWTHETASKETCH,
          AggregateFunctions.APPROX_PERCENTILE,
          AggregateFunctions.PERCENTILERAWKLL ->
          new SketchAccumulator(sketches(call, types), isRaw(call), call.type(), budget);
      case AggregateFunctions.ARG_MIN ->
          new ArgExtremeAccumulator(false, types.get(0), types.get(1), budget);
      case AggregateFunctions.ARG_MAX ->
          new ArgExtremeAccumulator(true, types.get(0), types.get(1), budget);
      case AggregateFunctions.ANY_VALUE ->
          new FirstValueAccumulator(false, types.getFirst(), budget);
      case AggregateFunctions.SINGLE_VALUE ->
          new FirstValueAccumulator(true, types.getFirst(), budget);
      default ->
          throw new CuveeException(
              ErrorCode.FUNCTION_NOT_FOUND, "Unknown aggregate function " + call.function() + ".");
    };
  }

  private static Supplier<Sketch> sketches(AggregateCall call, List<ColumnType> types) {
    if (types.getFirst().isArray()) {
      throw mismatch(call, "it takes no array");
    }
    return switch (call.function()) {
      case AggregateFunctions.APPROX_COUNT_DISTINCT, AggregateFunctions.DISTINCTCOUNTRAWHLL -> {
        int lgK = size(call, 0, SketchSize.HLL);
        yield () -> new Sketch.Hll(lgK);
      }
      case AggregateFunctions.APPROX_PERCENTILE -> {
        checkNumbers(call, types);
        double fraction = number(call, constant(call, 0), 1).doubleValue();
        int k = size(call, 1, SketchSize.KLL);
        yield () -> new Sketch.Kll(k, fraction);
      }
      case AggregateFunctions.PERCENTILERAWKLL -> {
        checkNumbers(call, types);
        int k = size(call, 0, SketchSize.KLL);
        yield () -> new Sketch.Kll(k, 0);
      }
      default -> {
        int entries = size(call, 0, SketchSize.THETA);
        yield () -> new Sketch.Theta(entries);
      }
    };
  }

  private static boolean isRaw(AggregateCall call) {
    return call.type().equals(ColumnType.BYTES);
  }

  /// The size of a sketch.
  private static int size(AggregateCall call, int index, SketchSize bounds) {
    if (!(constant(call, index) instanceof Long size)
        || size < bounds.least()
        || size > bounds.largest()) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          call
              + ": the size of its sketch must be from "
              + bounds.least()
              + " to "
              + bounds.largest()
              + ".");
    }
    return size.intValue();
  }

  /// @param order the position of the constant that says the order
  private static Accumulator collect(
      AggregateCall call,
      List<ColumnType> types,
      int order,
      CollectAccumulator.Joiner joiner,
      MemoryBudget budget) {
    if (types.stream().anyMatch(ColumnType::isArray)) {
      throw mismatch(call, "it takes no array together with an ORDER BY");
    }
    List<SortKey> keys =
        AggregateOrder.parse(new String(bytes(constant(call, order)), StandardCharsets.UTF_8));
    if (keys.stream().anyMatch(key -> key.column() >= types.size())) {
      throw mismatch(call, "it has to be ordered by its own columns");
    }
    return new CollectAccumulator(types, keys, joiner, budget);
  }

  /// A text; NULL counts as empty.
  private static byte[] bytes(@Nullable Object value) {
    return value instanceof byte[] bytes ? bytes : new byte[0];
  }

  private static Accumulator quantile(AggregateCall call, ColumnType type, MemoryBudget budget) {
    boolean percent = call.function().equals(AggregateFunctions.PERCENTILE);
    BigDecimal fraction = number(call, constant(call, 0), percent ? 100 : 1);
    boolean descending = !percent && Long.valueOf(1).equals(constant(call, 1));
    TallyAccumulator.Reader reader;
    if (call.function().equals(AggregateFunctions.QUANTILE_DISC)) {
      reader = Quantiles.discrete(fraction, descending);
    } else if (percent) {
      checkNumbers(call, List.of(type));
      reader = Quantiles.percentile(fraction);
    } else {
      if (!type.dataType().isTime()) {
        checkNumbers(call, List.of(type));
      }
      reader = Quantiles.continuous(fraction, descending, type);
    }
    return tally(call, type, reader, budget);
  }

  private static Accumulator tally(
      AggregateCall call, ColumnType type, TallyAccumulator.Reader reader, MemoryBudget budget) {
    if (type.isArray()) {
      throw mismatch(call, "it takes no array");
    }
    return new TallyAccumulator(type, reader, call.type(), budget);
  }

  /// How many values TOP_VALUES gives.
  private static int valueCount(AggregateCall call) {
    if (!(constant(call, 0) instanceof Long count) || count < 1 || count > MAX_TOP_VALUES) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          call + ": the number of values must be from 1 to " + MAX_TOP_VALUES + ".");
    }
    return count.intValue();
  }

  /// A constant behind the columns of a call.
  private static @Nullable Object constant(AggregateCall call, int index) {
    Expression argument = call.arguments().get(AggregateFunctions.columnCount(call) + index);
    return Evaluator.constant(argument).value();
  }

  private static BigDecimal number(AggregateCall call, @Nullable Object value, int largest) {
    BigDecimal number =
        switch (value) {
          case Long whole -> BigDecimal.valueOf(whole);
          case Double fraction when Double.isFinite(fraction) -> BigDecimal.valueOf(fraction);
          case BigDecimal decimal -> decimal;
          case null, default -> BigDecimal.valueOf(-1);
        };
    if (number.signum() < 0 || number.compareTo(BigDecimal.valueOf(largest)) > 0) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          call + ": its constant must be a number from 0 to " + largest + ".");
    }
    return number;
  }

  private static void checkNumbers(AggregateCall call, List<ColumnType> types) {
    for (ColumnType type : types) {
      if (!type.dataType().isNumeric() || type.isArray()) {
        throw mismatch(call, "it needs " + (types.size() == 1 ? "a number" : "numbers"));
      }
    }
  }

  private static Accumulator sum(
      AggregateCall call, ColumnType type, boolean average, MemoryBudget budget) {
    return switch (type.dataType().representation()) {
      case LONG -> new LongSumAccumulator(call.toString(), average, call.type(), budget);
      case DOUBLE -> new DoubleSumAccumulator(average, call.type(), budget);
      case DECIMAL -> new DecimalSumAccumulator(average, call.type(), budget);
      case BYTES -> throw mismatch(call, "it needs a number");
    };
  }

  private static Accumulator truth(
      AggregateCall call, ColumnType type, boolean max, MemoryBudget budget) {
    if (!type.equals(ColumnType.BOOLEAN)) {
      throw mismatch(call, "it needs a BOOLEAN");
    }
    return extreme(type, max, budget);
  }

  private static Accumulator extreme(ColumnType type, boolean max, MemoryBudget budget) {
    return switch (type.dataType().representation()) {
      case LONG, DOUBLE -> new ExtremeAccumulator(max, type, budget);
      case DECIMAL, BYTES -> new ObjectExtremeAccumulator(max, type, budget);
    };
  }

  private static CuveeException mismatch(AggregateCall call, String need) {
    return new CuveeException(
        ErrorCode.TYPE_MISMATCH,
        call
            + ": "
            + need
            + ", not "
            + call.arguments().stream().map(argument -> argument.type().toString()).toList()
            + ".");
  }

  /// Leaves out the rows for which a FILTER condition is not true.
  ///
  /// @param condition BOOLEAN column
  /// @param out receives `groups[i]`, or −1; may be `groups`
  public static void filterGroups(int[] groups, int count, Values condition, int[] out) {
    LongValues truths = (LongValues) condition;
    for (int i = 0; i < count; i++) {
      out[i] = truths.values()[i] != 0 && !truths.isNull(i) ? groups[i] : -1;
    }
  }
}
