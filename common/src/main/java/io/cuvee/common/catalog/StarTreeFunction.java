package io.cuvee.common.catalog;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.SketchSize;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A function that star-trees can aggregate ahead, under the names that configs have for it. Names
/// match in any case and with underscores anywhere, as Pinot's do.
enum StarTreeFunction {
  COUNT(AggregateFunctions.COUNT, false, null),
  SUM(AggregateFunctions.SUM, true, null),
  SUMPRECISION(AggregateFunctions.SUM, true, null),
  MIN(AggregateFunctions.MIN, false, null),
  MAX(AggregateFunctions.MAX, false, null),
  AVG(AggregateFunctions.AVG, true, null),
  MINMAXRANGE(AggregateFunctions.MINMAXRANGE, true, null),
  VARIANCE(
      AggregateFunctions.VAR_POP,
      true,
      null,
      "VARPOP",
      "VARSAMP",
      "STDDEV",
      "STDDEVPOP",
      "STDDEVSAMP"),
  DISTINCTCOUNT(AggregateFunctions.COUNT, false, null, "DISTINCTCOUNTBITMAP"),
  DISTINCTCOUNTHLL(
      AggregateFunctions.APPROX_COUNT_DISTINCT,
      false,
      SketchSize.HLL,
      "APPROXCOUNTDISTINCT",
      "DISTINCTCOUNTHLLPLUS",
      "DISTINCTCOUNTULL",
      "DISTINCTCOUNTRAWHLL",
      "DISTINCTCOUNTRAWHLLPLUS",
      "DISTINCTCOUNTRAWULL"),
  DISTINCTCOUNTTHETASKETCH(
      AggregateFunctions.DISTINCTCOUNTTHETASKETCH,
      false,
      SketchSize.THETA,
      "DISTINCTCOUNTTHETA",
      "DISTINCTCOUNTRAWTHETASKETCH"),
  PERCENTILEKLL(
      AggregateFunctions.PERCENTILERAWKLL,
      true,
      SketchSize.KLL,
      "APPROXPERCENTILE",
      "APPROXQUANTILE",
      "PERCENTILEEST",
      "PERCENTILETDIGEST",
      "PERCENTILERAWKLL",
      "PERCENTILERAWEST",
      "PERCENTILERAWTDIGEST");

  private final String function;
  private final boolean ofNumbers;
  private final @Nullable SketchSize size;
  private final List<String> aliases;

  /// @param ofNumbers whether it takes no other values
  /// @param size of its sketch, if it has one
  StarTreeFunction(
      String function, boolean ofNumbers, @Nullable SketchSize size, String... aliases) {
    this.function = function;
    this.ofNumbers = ofNumbers;
    this.size = size;
    this.aliases = List.of(aliases);
  }

  static Optional<StarTreeFunction> of(String name) {
    String plain = name.strip().toUpperCase(Locale.ROOT).replace("_", "");
    return Arrays.stream(values())
        .filter(function -> function.name().equals(plain) || function.aliases.contains(plain))
        .findFirst();
  }

  /// For messages.
  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  boolean takesNumbersOnly() {
    return ofNumbers;
  }

  /// Of the sketch; absent for functions without one.
  @Nullable SketchSize size() {
    return size;
  }

  /// Pinot's names of the parameter that is the size of the sketch.
  List<String> sizeKeys() {
    return switch (size) {
      case null -> List.of();
      case HLL -> List.of("log2m", "p", "lgK");
      case THETA -> List.of("nominalEntries");
      case KLL -> List.of("K", "k");
    };
  }

  /// The aggregate of an argument that fits the function.
  ///
  /// @param sketchSize for functions that have a sketch
  AggregateCall call(Expression argument, int sketchSize) {
    Expression value =
        this == SUMPRECISION && !argument.type().equals(ColumnType.BIG_DECIMAL)
            ? Expression.call("CAST", ColumnType.BIG_DECIMAL, argument)
            : argument;
    List<Expression> arguments =
        size == null
            ? List.of(value)
            : List.of(value, new Expression.Literal((long) sketchSize, ColumnType.INT));
    return new AggregateCall(function, arguments, this == DISTINCTCOUNT, null, type(value));
  }

  private ColumnType type(Expression argument) {
    return switch (this) {
      case COUNT, DISTINCTCOUNT, DISTINCTCOUNTHLL, DISTINCTCOUNTTHETASKETCH -> ColumnType.LONG;
      case VARIANCE -> ColumnType.DOUBLE;
      case PERCENTILEKLL -> ColumnType.BYTES;
      case SUM, SUMPRECISION, AVG -> StoredAggregates.sumType(argument.type()).orElseThrow();
      case MIN, MAX, MINMAXRANGE -> argument.type();
    };
  }
}
