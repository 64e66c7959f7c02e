package io.cuvee.execution.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.RandomValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestAccumulators {
  private static final int GROUPS = 5;

  /// What [#naive] knows; the others are in [TestMoreAccumulators].
  private static final List<String> NAIVE =
      List.of(
          "COUNT",
          "SUM",
          "AVG",
          "MIN",
          "MAX",
          "ANY_VALUE",
          "SINGLE_VALUE",
          "BOOL_AND",
          "BOOL_OR",
          "VAR_POP",
          "VAR_SAMP",
          "STDDEV_POP",
          "STDDEV_SAMP");

  private static AggregateCall call(
      String function, ColumnType argument, boolean distinct, ColumnType type) {
    return new AggregateCall(
        function, List.of(new Expression.Column(0, argument)), distinct, null, type);
  }

  private static ColumnType resultType(String function, ColumnType argument) {
    ColumnType element = argument.elementType();
    return switch (function) {
      case AggregateFunctions.COUNT -> ColumnType.LONG;
      case AggregateFunctions.SUM -> element.dataType().isInteger() ? ColumnType.LONG : element;
      case AggregateFunctions.AVG ->
          element.equals(ColumnType.BIG_DECIMAL) ? element : ColumnType.DOUBLE;
      case AggregateFunctions.MIN, AggregateFunctions.MAX -> element;
      case AggregateFunctions.ANY_VALUE, AggregateFunctions.SINGLE_VALUE -> argument;
      case AggregateFunctions.BOOL_AND, AggregateFunctions.BOOL_OR -> ColumnType.BOOLEAN;
      default -> ColumnType.DOUBLE;
    };
  }

  private static List<AggregateCall> calls() {
    List<AggregateCall> calls = new ArrayList<>();
    calls.add(new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG));
    for (DataType dataType : DataType.values()) {
      for (boolean array : new boolean[] {false, true}) {
        ColumnType type = new ColumnType(dataType, array);
        for (String function : AggregateFunctions.ALL) {
          if (!NAIVE.contains(function)) {
            continue;
          }
          boolean numbers =
              switch (function) {
                case "SUM", "AVG", "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP" -> true;
                default -> false;
              };
          boolean truths = function.startsWith("BOOL_");
          if (numbers && !dataType.isNumeric()
              || truths && dataType != DataType.BOOLEAN
              || function.equals("SINGLE_VALUE")) {
            continue;
          }
          calls.add(call(function, type, false, resultType(function, type)));
          calls.add(call(function, type, true, resultType(function, type)));
        }
      }
    }
    return calls;
  }

  @Test
  void anySplitIntoPartialStatesGivesTheSame() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (AggregateCall call : calls()) {
      for (int round = 0; round < 4; round++) {
        int count = random.nextInt(120);
        ColumnType type =
            call.arguments().isEmpty() ? ColumnType.INT : call.arguments().getFirst().type();
        Values column = column(random, type, count);
        List<Values> arguments = call.arguments().isEmpty() ? List.of() : List.of(column);
        int[] groups = new int[count];
        for (int i = 0; i < count; i++) {
          groups[i] = random.nextInt(GROUPS + 1) - 1;
        }
        Accumulator whole = Accumulators.create(call, MemoryBudget.unlimited());
        whole.ensureGroups(GROUPS);
        whole.add(groups, count, arguments);
        Accumulator merged = Accumulators.create(call, MemoryBudget.unlimited());
        merged.ensureGroups(GROUPS);
        int[] identity = {0, 1, 2, 3, 4};
        for (int from = 0; from < count; ) {
          int size = Math.min(count - from, 1 + random.nextInt(40));
          Accumulator part = Accumulators.create(call, MemoryBudget.unlimited());
          part.ensureGroups(GROUPS);
          int[] partGroups = java.util.Arrays.copyOfRange(groups, from, from + size);
          part.add(
              partGroups,
              size,
              call.arguments().isEmpty() ? List.of() : List.of(column.slice(from, size)));
          List<Values> states = part.states(GROUPS);
          assertThat(states).hasSize(AggregateFunctions.stateTypes(call).size());
          merged.merge(identity, GROUPS, throughColumns(states, call));
          from += size;
        }
        String description = "seed " + seed + ", " + call + " of " + type;
        Values expected = whole.results(GROUPS);
        Values actual = merged.results(GROUPS);
        for (int group = 0; group < GROUPS; group++) {
          assertSame(description, actual.get(group), expected.get(group));
          assertSame(
              description + " naively",
              expected.get(group),
              naive(call, column, groups, group, count));
        }
      }
    }
  }

  /// Values of moderate size, so that no sum overflows and variances stay comparable.
  private static Values column(Random random, ColumnType type, int count) {
    ColumnType element = type.elementType();
    if (element.dataType() != DataType.LONG && !element.dataType().equals(DataType.DOUBLE)) {
      return new RandomValues(random).column(type, count, 0.2);
    }
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      List<Object> values = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        values.add(
            element.dataType() == DataType.LONG
                ? (Object) (long) random.nextInt(1000)
                : (Object) (random.nextInt(1000) / 7.0));
      }
      builder.appendObject(
          random.nextInt(5) == 0 ? null : type.isArray() ? values : values.getFirst());
    }
    return builder.build();
  }

  /// Copies states as the wire would, to see that their types are as declared.
  private static List<Values> throughColumns(List<Values> states, AggregateCall call) {
    List<Values> copies = new ArrayList<>();
    for (int s = 0; s < states.size(); s++) {
      ValuesBuilder builder = ValuesBuilder.of(AggregateFunctions.stateTypes(call).get(s), GROUPS);
      for (int i = 0; i < GROUPS; i++) {
        builder.append(states.get(s), i);
      }
      copies.add(builder.build());
    }
    return copies;
  }

  private static void assertSame(
      String description, @Nullable Object actual, @Nullable Object expected) {
    if (actual instanceof Double a && expected instanceof Double b && Double.isFinite(b)) {
      assertThat(a).as(description).isCloseTo(b, within(Math.max(1e-12, Math.abs(b) * 1e-9)));
    } else {
      assertThat(RandomValues.key(actual)).as(description).isEqualTo(RandomValues.key(expected));
    }
  }

  private static @Nullable Object naive(
      AggregateCall call, Values column, int[] groups, int group, int count) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (groups[i] != group) {
        continue;
      }
      Object value = column.get(i);
      if (call.arguments().isEmpty()) {
        values.add(0L);
      } else if (value instanceof List<?> list
          && AggregateFunctions.takesElements(call.function(), call.distinct())) {
        values.addAll(list);
      } else if (value != null) {
        values.add(value);
      }
    }
    if (call.distinct()) {
      Map<Object, Object> distinct = new LinkedHashMap<>();
      for (Object value : values) {
        distinct.putIfAbsent(RandomValues.key(value), value);
      }
      values = new ArrayList<>(distinct.values());
    }
    if (call.function().equals("COUNT")) {
      return (long) values.size();
    }
    if (values.isEmpty()) {
      return null;
    }
    return switch (call.function()) {
      case "ANY_VALUE" -> values.getFirst();
      case "MIN", "BOOL_AND" -> extreme(values, call.type(), -1);
      case "MAX", "BOOL_OR" -> extreme(values, call.type(), 1);
      default -> naiveNumber(call, values);
    };
  }

  private static Object extreme(List<Object> values, ColumnType type, int sign) {
    ValuesBuilder builder = ValuesBuilder.of(type, values.size());
    values.forEach(builder::appendObject);
    Values column = builder.build();
    int best = 0;
    for (int i = 1; i < values.size(); i++) {
      best = sign * ValueOrder.compare(column, i, column, best) > 0 ? i : best;
    }
    return values.get(best);
  }

  private static @Nullable Object naiveNumber(AggregateCall call, List<Object> values) {
    boolean finite = true;
    double plain = 0;
    BigDecimal sum = BigDecimal.ZERO;
    for (Object value : values) {
      if (value instanceof Double number && !Double.isFinite(number)) {
        finite = false;
      } else {
        sum = sum.add(decimal(value));
      }
      plain += ((Number) value).doubleValue();
    }
    BigDecimal count = BigDecimal.valueOf(values.size());
    boolean isDouble =
        call.type().equals(ColumnType.DOUBLE) || call.type().equals(ColumnType.FLOAT);
    if (!finite) {
      boolean spread = !call.function().equals("SUM") && !call.function().equals("AVG");
      boolean one = call.function().endsWith("_SAMP") && values.size() == 1;
      return one ? null : spread ? (Object) Double.NaN : (Object) plain;
    }
    Object result =
        switch (call.function()) {
          case "SUM" -> isDouble ? (Object) sum.doubleValue() : sum;
          case "AVG" ->
              isDouble
                  ? (Object) sum.divide(count, MathContext.DECIMAL128).doubleValue()
                  : io.cuvee.execution.kernel.Decimals.divide(sum, count);
          default -> variance(call.function(), values, sum.divide(count, MathContext.DECIMAL128));
        };
    if (call.type().equals(ColumnType.FLOAT) && result instanceof Double number) {
      return (double) (float) (double) number;
    }
    return call.type().equals(ColumnType.LONG)
        ? (Object) ((BigDecimal) result).longValueExact()
        : result;
  }

  private static @Nullable Object variance(String function, List<Object> values, BigDecimal mean) {
    BigDecimal squares = BigDecimal.ZERO;
    for (Object value : values) {
      BigDecimal difference = decimal(value).subtract(mean);
      squares = squares.add(difference.multiply(difference));
    }
    int divisor = values.size() - (function.endsWith("_SAMP") ? 1 : 0);
    if (divisor == 0) {
      return null;
    }
    double variance = squares.doubleValue() / divisor;
    if (Double.isInfinite(variance)) {
      // The squares of values near the largest double.
      return Double.POSITIVE_INFINITY;
    }
    return function.startsWith("STDDEV") ? Math.sqrt(variance) : variance;
  }

  private static BigDecimal decimal(Object value) {
    return switch (value) {
      case Long number -> BigDecimal.valueOf(number);
      case Double number -> new BigDecimal(number);
      default -> (BigDecimal) value;
    };
  }

  @Test
  void sumOfIntegersOverflowsOnlyAtTheEnd() {
    AggregateCall sum = call("SUM", ColumnType.LONG, false, ColumnType.LONG);
    Accumulator accumulator = Accumulators.create(sum, MemoryBudget.unlimited());
    accumulator.ensureGroups(2);
    accumulator.addAll(3, List.of(LongValues.of(Long.MAX_VALUE, Long.MAX_VALUE, 5)));
    assertThatThrownBy(() -> accumulator.results(1))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.NUMERIC_OVERFLOW))
        .hasMessageContaining("18446744073709551619");
    accumulator.add(new int[] {0, 0}, 2, List.of(LongValues.of(-Long.MAX_VALUE, -Long.MAX_VALUE)));
    assertThat(accumulator.results(1).get(0)).isEqualTo(5L);
    accumulator.addAll(2, List.of(LongValues.of(Long.MIN_VALUE, Long.MIN_VALUE)));
    Accumulator copy = Accumulators.create(sum, MemoryBudget.unlimited());
    copy.ensureGroups(1);
    copy.merge(new int[1], 1, accumulator.states(1));
    copy.addAll(2, List.of(LongValues.of(Long.MAX_VALUE, Long.MAX_VALUE)));
    assertThat(copy.results(1).get(0)).isEqualTo(3L);
  }

  @Test
  void sumOfDoublesDoesNotDependOnTheSplit() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    double[] values = new double[100_000];
    BigDecimal exact = BigDecimal.ZERO;
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextDouble() - 0.3) * Math.pow(10, random.nextInt(12));
      exact = exact.add(new BigDecimal(values[i]));
    }
    AggregateCall call = call("SUM", ColumnType.DOUBLE, false, ColumnType.DOUBLE);
    for (int parts : new int[] {1, 7, 1000}) {
      Accumulator merged = Accumulators.create(call, MemoryBudget.unlimited());
      merged.ensureGroups(1);
      for (int p = 0; p < parts; p++) {
        int from = (int) ((long) values.length * p / parts);
        int to = (int) ((long) values.length * (p + 1) / parts);
        Accumulator part = Accumulators.create(call, MemoryBudget.unlimited());
        part.ensureGroups(1);
        part.addAll(to - from, List.of(DoubleValues.of(values).slice(from, to - from)));
        merged.merge(new int[1], 1, part.states(1));
      }
      assertThat((Double) merged.results(1).get(0))
          .as("seed %d", seed)
          .isCloseTo(exact.doubleValue(), within(Math.abs(exact.doubleValue()) * 1e-13));
    }
  }

  @Test
  void infinitiesAndNanPassThroughSums() {
    AggregateCall call = call("SUM", ColumnType.DOUBLE, false, ColumnType.DOUBLE);
    Accumulator accumulator = Accumulators.create(call, MemoryBudget.unlimited());
    accumulator.ensureGroups(1);
    accumulator.addAll(5, List.of(DoubleValues.of(1, Double.POSITIVE_INFINITY, 2, 3, 4)));
    assertThat(accumulator.results(1).get(0)).isEqualTo(Double.POSITIVE_INFINITY);
    accumulator.addAll(1, List.of(DoubleValues.of(Double.NEGATIVE_INFINITY)));
    assertThat(accumulator.results(1).get(0)).isEqualTo(Double.NaN);
  }

  @Test
  void nanIsTheLargestValue() {
    for (String function : List.of("MIN", "MAX")) {
      Accumulator accumulator =
          Accumulators.create(
              call(function, ColumnType.DOUBLE, false, ColumnType.DOUBLE),
              MemoryBudget.unlimited());
      accumulator.ensureGroups(1);
      accumulator.addAll(3, List.of(DoubleValues.of(Double.NaN, -7, Double.POSITIVE_INFINITY)));
      assertThat(accumulator.results(1).get(0))
          .isEqualTo(function.equals("MIN") ? -7.0 : Double.NaN);
    }
  }

  @Test
  void aSecondRowIsNoSingleValue() {
    Accumulator accumulator =
        Accumulators.create(
            call("SINGLE_VALUE", ColumnType.STRING, false, ColumnType.STRING),
            MemoryBudget.unlimited());
    accumulator.ensureGroups(1);
    assertThat(accumulator.results(1).get(0)).isNull();
    accumulator.addAll(1, List.of(BytesValues.of("x")));
    assertThat(accumulator.results(1).get(0))
        .isEqualTo("x".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    accumulator.addAll(1, List.of(BytesValues.of("x")));
    assertThatThrownBy(() -> accumulator.results(1)).hasMessageContaining("more than one row");
  }

  @Test
  void runsCountLikeTheirRows() {
    LongSumAccumulator sum =
        (LongSumAccumulator)
            Accumulators.create(
                call("AVG", ColumnType.LONG, false, ColumnType.DOUBLE), MemoryBudget.unlimited());
    sum.ensureGroups(1);
    sum.addRun(0, Long.MAX_VALUE, 1L << 40);
    sum.addRun(0, -Long.MAX_VALUE, 1L << 40);
    sum.addRun(0, 4, 1L << 40);
    assertThat((Double) sum.results(1).get(0)).isCloseTo(4 / 3.0, within(1e-12));
  }

  @Test
  void filtersLeaveRowsOut() {
    int[] out = new int[3];
    ValuesBuilder condition = ValuesBuilder.of(ColumnType.BOOLEAN, 3);
    condition.appendObject(1L);
    condition.appendObject(0L);
    condition.appendNull();
    Accumulators.filterGroups(new int[] {4, 5, 6}, 3, condition.build(), out);
    assertThat(out).containsExactly(4, -1, -1);
  }

  @Test
  void sumsOfDecimalsAreExact() {
    Accumulator accumulator =
        Accumulators.create(
            call("SUM", ColumnType.BIG_DECIMAL, false, ColumnType.BIG_DECIMAL),
            MemoryBudget.unlimited());
    accumulator.ensureGroups(1);
    accumulator.addAll(
        2,
        List.of(
            DecimalValues.of(
                new BigDecimal("99999999999999999999999999999999999999"), new BigDecimal("1"))));
    assertThatThrownBy(() -> accumulator.results(1))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.NUMERIC_OVERFLOW));
    accumulator.addAll(1, List.of(DecimalValues.of(new BigDecimal("-1.5"))));
    assertThat(accumulator.results(1).get(0))
        .isEqualTo(new BigDecimal("99999999999999999999999999999999999999"));
  }

  @Test
  void unknownFunctionsAndArgumentsAreRefused() {
    assertThatThrownBy(() ->
            Accumulators.create(
                call("SUM", ColumnType.STRING, false, ColumnType.LONG), MemoryBudget.unlimited()))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.TYPE_MISMATCH));
    assertThatThrownBy(() ->
            Accumulators.create(
                call("MIDDLE", ColumnType.LONG, false, ColumnType.LONG), MemoryBudget.unlimited()))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.FUNCTION_NOT_FOUND));
  }
}
