package io.cuvee.execution.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.AggregateOrder;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.RandomValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.datasketches.hll.HllSketch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Aggregates of several columns or with constants, against what a naive reading of their
/// definitions gives, however the rows are split.
class TestMoreAccumulators {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122L);
  private static final int GROUPS = 4;

  private final Random random = new Random(SEED);

  private static AggregateCall call(
      String function, ColumnType type, boolean distinct, Expression... arguments) {
    return new AggregateCall(function, List.of(arguments), distinct, null, type);
  }

  private static Expression column(int index, ColumnType type) {
    return new Expression.Column(index, type);
  }

  /// Computes in one go and in parts, and compares each group with `naive`, which gets the rows of
  /// a group, each a list of its arguments.
  private void check(
      AggregateCall call,
      List<Values> columns,
      Function<List<List<@Nullable Object>>, @Nullable Object> naive) {
    int count = columns.getFirst().count();
    int[] groups = new int[count];
    List<List<List<@Nullable Object>>> rows = new ArrayList<>();
    for (int g = 0; g < GROUPS; g++) {
      rows.add(new ArrayList<>());
    }
    for (int i = 0; i < count; i++) {
      // The last group stays empty.
      groups[i] = random.nextInt(GROUPS) - 1;
      if (groups[i] >= 0) {
        List<@Nullable Object> row = new ArrayList<>();
        for (Values column : columns) {
          row.add(column.get(i));
        }
        rows.get(groups[i]).add(row);
      }
    }
    Accumulator whole = fresh(call);
    whole.add(groups, count, columns);
    Accumulator merged = fresh(call);
    int[] identity = {0, 1, 2, 3};
    for (int from = 0; from < count; ) {
      int size = Math.min(count - from, 1 + random.nextInt(count));
      int start = from;
      Accumulator part = fresh(call);
      part.add(
          Arrays.copyOfRange(groups, from, from + size),
          size,
          columns.stream().map(column -> column.slice(start, size)).toList());
      merged.merge(identity, GROUPS, overTheWire(call, part.states(GROUPS)));
      from += size;
    }
    Values expectedWhole = whole.results(GROUPS);
    Values actual = merged.results(GROUPS);
    for (int g = 0; g < GROUPS; g++) {
      String description = "seed " + SEED + ", " + call + ", group " + g;
      Object expected = naive.apply(rows.get(g));
      assertSame(description, expectedWhole.get(g), expected);
      assertSame(description + ", merged", actual.get(g), expected);
    }
  }

  private static Accumulator fresh(AggregateCall call) {
    Accumulator accumulator = Accumulators.create(call, MemoryBudget.unlimited());
    accumulator.ensureGroups(GROUPS);
    return accumulator;
  }

  private static List<Values> overTheWire(AggregateCall call, List<Values> states) {
    List<ColumnType> types = AggregateFunctions.stateTypes(call);
    assertThat(states).hasSize(types.size());
    List<Values> copies = new ArrayList<>();
    for (int s = 0; s < states.size(); s++) {
      ValuesBuilder builder = ValuesBuilder.of(types.get(s), GROUPS);
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
      assertThat(a).as(description).isCloseTo(b, within(Math.max(1e-9, Math.abs(b) * 1e-9)));
    } else {
      assertThat(RandomValues.key(actual)).as(description).isEqualTo(RandomValues.key(expected));
    }
  }

  private Values numbers(int count, ColumnType type) {
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      int value = random.nextInt(100);
      builder.appendObject(
          random.nextInt(6) == 0
              ? null
              : switch (type.dataType()) {
                case INT, LONG -> (Object) (long) value;
                case BIG_DECIMAL -> BigDecimal.valueOf(value, 1);
                default -> value / 8.0;
              });
    }
    return builder.build();
  }

  @Test
  void pairsOfNumbers() {
    for (String function : AggregateFunctions.ALL) {
      if (!function.startsWith("REGR_")
          && !function.startsWith("COVAR_")
          && !function.equals("CORR")) {
        continue;
      }
      for (ColumnType type : List.of(ColumnType.INT, ColumnType.DOUBLE, ColumnType.BIG_DECIMAL)) {
        for (int count : new int[] {0, 1, 3, 60}) {
          ColumnType result = function.equals("REGR_COUNT") ? ColumnType.LONG : ColumnType.DOUBLE;
          check(
              call(function, result, false, column(0, type), column(1, ColumnType.LONG)),
              List.of(numbers(count, type), numbers(count, ColumnType.LONG)),
              rows -> naivePair(function, rows));
        }
      }
    }
  }

  private static @Nullable Object naivePair(String function, List<List<@Nullable Object>> rows) {
    double[] y = doubles(rows, 0);
    double[] x = doubles(rows, 1);
    int n = y.length;
    double yMean = Arrays.stream(y).sum() / n;
    double xMean = Arrays.stream(x).sum() / n;
    double yy = 0;
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      yy += (y[i] - yMean) * (y[i] - yMean);
      xx += (x[i] - xMean) * (x[i] - xMean);
      xy += (x[i] - xMean) * (y[i] - yMean);
    }
    if (function.equals("REGR_COUNT")) {
      return (long) n;
    }
    if (n == 0) {
      return null;
    }
    return switch (function) {
      case "COVAR_POP" -> xy / n;
      case "COVAR_SAMP" -> n == 1 ? null : (Double) (xy / (n - 1));
      case "CORR" -> xx == 0 || yy == 0 ? null : (Double) (xy / Math.sqrt(xx * yy));
      case "REGR_SLOPE" -> xx == 0 ? null : (Double) (xy / xx);
      case "REGR_INTERCEPT" -> xx == 0 ? null : (Double) (yMean - xy / xx * xMean);
      case "REGR_R2" -> xx == 0 ? null : yy == 0 ? (Double) 1.0 : (Double) (xy * xy / xx / yy);
      case "REGR_AVGX" -> xMean;
      case "REGR_AVGY" -> yMean;
      case "REGR_SXX" -> xx;
      case "REGR_SYY" -> yy;
      default -> xy;
    };
  }

  /// A column of the rows without NULLs.
  private static double[] doubles(List<List<@Nullable Object>> rows, int index) {
    return rows.stream()
        .filter(row -> row.stream().allMatch(value -> value != null))
        .mapToDouble(row -> ((Number) row.get(index)).doubleValue())
        .toArray();
  }

  @Test
  void higherMoments() {
    for (String function : List.of("SKEWNESS", "KURTOSIS", "KURTOSIS_POP")) {
      for (ColumnType type : List.of(ColumnType.INT, ColumnType.DOUBLE, ColumnType.BIG_DECIMAL)) {
        for (int count : new int[] {0, 4, 12, 80}) {
          check(
              call(function, ColumnType.DOUBLE, false, column(0, type)),
              List.of(numbers(count, type)),
              rows -> naiveMoment(function, doubles(rows, 0)));
        }
      }
    }
  }

  private static @Nullable Object naiveMoment(String function, double[] values) {
    double n = values.length;
    double mean = Arrays.stream(values).sum() / n;
    double m2 = Arrays.stream(values).map(x -> Math.pow(x - mean, 2)).sum() / n;
    double m3 = Arrays.stream(values).map(x -> Math.pow(x - mean, 3)).sum() / n;
    double m4 = Arrays.stream(values).map(x -> Math.pow(x - mean, 4)).sum() / n;
    if (n == 0 || m2 == 0) {
      return null;
    }
    return switch (function) {
      case "SKEWNESS" ->
          n < 3 ? null : (Double) (Math.sqrt(n * (n - 1)) / (n - 2) * m3 / Math.pow(m2, 1.5));
      case "KURTOSIS" ->
          n < 4
              ? null
              : (Double) ((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * m4 / (m2 * m2) - 3 * (n - 1)));
      default -> m4 / (m2 * m2) - 3;
    };
  }

  @Test
  void momentsOfLargeNumbersKeepTheirDigits() {
    double[] values = new double[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1e9 + i % 2;
    }
    Accumulator kurtosis =
        fresh(call("KURTOSIS_POP", ColumnType.DOUBLE, false, column(0, ColumnType.DOUBLE)));
    kurtosis.addAll(values.length, List.of(DoubleValues.of(values)));
    assertThat((Double) kurtosis.results(1).get(0)).isCloseTo(-2, within(1e-6));
    Accumulator correlation =
        fresh(
            call(
                "CORR",
                ColumnType.DOUBLE,
                false,
                column(0, ColumnType.DOUBLE),
                column(1, ColumnType.DOUBLE)));
    correlation.addAll(values.length, List.of(DoubleValues.of(values), DoubleValues.of(values)));
    assertThat((Double) correlation.results(1).get(0)).isCloseTo(1, within(1e-9));
  }

  @Test
  void bits() {
    for (String function : List.of("BIT_AND", "BIT_OR", "BIT_XOR")) {
      for (boolean distinct : new boolean[] {false, true}) {
        check(
            call(function, ColumnType.LONG, distinct, column(0, ColumnType.LONG)),
            List.of(new RandomValues(random).column(ColumnType.LONG, 50, 0.2)),
            rows -> {
              List<Long> values =
                  rows.stream()
                      .map(List::getFirst)
                      .filter(v -> v != null)
                      .map(v -> (Long) v)
                      .toList();
              List<Long> taken = distinct ? values.stream().distinct().toList() : values;
              return taken.stream()
                  .reduce((a, b) ->
                      switch (function) {
                        case "BIT_AND" -> a & b;
                        case "BIT_OR" -> a | b;
                        default -> a ^ b;
                      })
                  .orElse(null);
            });
      }
    }
  }

  @Test
  void ranges() {
    check(
        call("MINMAXRANGE", ColumnType.DOUBLE, false, column(0, ColumnType.INT)),
        List.of(numbers(40, ColumnType.INT)),
        rows -> {
          TreeSet<Double> values = new TreeSet<>();
          Arrays.stream(doubles(rows, 0)).forEach(values::add);
          return values.isEmpty() ? null : (Double) (values.last() - values.first());
        });
    Accumulator range =
        fresh(call("MINMAXRANGE", ColumnType.DOUBLE, false, column(0, ColumnType.LONG)));
    range.addAll(2, List.of(LongValues.of(Long.MIN_VALUE, Long.MAX_VALUE)));
    assertThat(range.results(1).get(0)).isEqualTo(0x1p64);
  }

  @Test
  void valuesAtExtremesOfKeys() {
    for (boolean max : new boolean[] {false, true}) {
      for (DataType keyType : DataType.values()) {
        for (ColumnType type : List.of(ColumnType.STRING, ColumnType.LONG, ColumnType.DOUBLE)) {
          Values values = new RandomValues(random).column(type, 30, 0.2);
          Values keys = new RandomValues(random).column(ColumnType.of(keyType), 30, 0.2);
          check(
              call(
                  max ? "ARG_MAX" : "ARG_MIN",
                  type,
                  false,
                  column(0, type),
                  column(1, ColumnType.of(keyType))),
              List.of(values, keys),
              rows -> naiveExtreme(rows, type, ColumnType.of(keyType), max ? -1 : 1));
        }
      }
    }
  }

  @Test
  void modes() {
    for (DataType dataType : DataType.values()) {
      ColumnType type = ColumnType.of(dataType);
      check(
          call("MODE", type, false, column(0, type)),
          List.of(new RandomValues(random).column(type, 40, 0.2)),
          rows -> {
            Values sorted = sorted(rows, type);
            int best = 0;
            int longest = 0;
            for (int i = 0; i < sorted.count(); ) {
              int end = i;
              while (end < sorted.count() && ValueOrder.compare(sorted, i, sorted, end) == 0) {
                end++;
              }
              best = end - i > longest ? i : best;
              longest = Math.max(longest, end - i);
              i = end;
            }
            return sorted.count() == 0 ? null : sorted.get(best);
          });
    }
  }

  @Test
  void medianAbsoluteDeviations() {
    for (ColumnType type : List.of(ColumnType.INT, ColumnType.DOUBLE, ColumnType.BIG_DECIMAL)) {
      check(
          call("MAD", ColumnType.DOUBLE, false, column(0, type)),
          List.of(numbers(31, type)),
          rows -> {
            double[] values = doubles(rows, 0);
            double median = median(values);
            return values.length == 0
                ? null
                : median(Arrays.stream(values).map(v -> Math.abs(v - median)).toArray());
          });
    }
  }

  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    int n = sorted.length;
    return n == 0 ? 0 : sorted[(n - 1) / 2] / 2 + sorted[n / 2] / 2;
  }

  @Test
  void entropies() {
    ColumnType type = ColumnType.INT;
    check(
        call("ENTROPY", ColumnType.DOUBLE, false, column(0, type)),
        List.of(numbers(9, type)),
        rows -> {
          double[] values = doubles(rows, 0);
          double entropy = 0;
          for (double value : Arrays.stream(values).distinct().toArray()) {
            double share =
                (double) Arrays.stream(values).filter(v -> v == value).count() / values.length;
            entropy -= share * Math.log(share) / Math.log(2);
          }
          return values.length == 0 ? null : entropy;
        });
  }

  @Test
  void histogramsAreInTheOrderOfTheValues() {
    for (boolean distinct : new boolean[] {false, true}) {
      check(
          call("HISTOGRAM", ColumnType.STRING, distinct, column(0, ColumnType.LONG)),
          List.of(numbers(9, ColumnType.LONG)),
          rows -> {
            TreeMap<Long, Integer> counts = new TreeMap<>();
            for (List<@Nullable Object> row : rows) {
              if (row.getFirst() instanceof Long value) {
                counts.merge(value, 1, distinct ? (a, b) -> 1 : Integer::sum);
              }
            }
            String text =
                counts.entrySet().stream()
                    .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                    .collect(Collectors.joining(",", "{", "}"));
            return counts.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
          });
    }
  }

  @Test
  void topValuesComeMostOften() {
    check(
        call(
            "TOP_VALUES",
            ColumnType.arrayOf(DataType.LONG),
            false,
            column(0, ColumnType.LONG),
            new Expression.Literal(3L, ColumnType.LONG)),
        List.of(numbers(9, ColumnType.LONG)),
        rows -> {
          TreeMap<Long, Integer> counts = new TreeMap<>();
          for (List<@Nullable Object> row : rows) {
            if (row.getFirst() instanceof Long value) {
              counts.merge(value, 1, Integer::sum);
            }
          }
          // Sorting is stable, so that equally frequent ones stay in their own order.
          List<Long> top =
              counts.entrySet().stream()
                  .sorted((a, b) -> Integer.compare(b.getValue(), a.getValue()))
                  .map(Map.Entry::getKey)
                  .limit(3)
                  .toList();
          return top.isEmpty() ? null : top;
        });
  }

  /// The values of the only column without NULLs, in order.
  private static Values sorted(List<List<@Nullable Object>> rows, ColumnType type) {
    ValuesBuilder builder = ValuesBuilder.of(type, 1);
    rows.stream().map(List::getFirst).filter(value -> value != null).forEach(builder::appendObject);
    Values values = builder.build();
    Integer[] order = new Integer[values.count()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> ValueOrder.compare(values, a, values, b));
    int[] positions = Arrays.stream(order).mapToInt(i -> i).toArray();
    return values.select(positions, positions.length);
  }

  @Test
  void discreteQuantiles() {
    for (DataType dataType : DataType.values()) {
      ColumnType type = ColumnType.of(dataType);
      for (String fraction : List.of("0", "0.07", "0.5", "0.99", "1")) {
        for (boolean descending : new boolean[] {false, true}) {
          check(
              call(
                  "QUANTILE_DISC",
                  type,
                  false,
                  column(0, type),
                  decimal(fraction),
                  truth(descending)),
              List.of(new RandomValues(random).column(type, 60, 0.2)),
              rows -> {
                Values sorted = sorted(rows, type);
                int n = sorted.count();
                int least = 1;
                while (least < n
                    && BigDecimal.valueOf(least)
                            .compareTo(new BigDecimal(fraction).multiply(BigDecimal.valueOf(n)))
                        < 0) {
                  least++;
                }
                return n == 0 ? null : sorted.get(descending ? n - least : least - 1);
              });
        }
      }
    }
  }

  @Test
  void continuousQuantiles() {
    for (ColumnType type : List.of(ColumnType.INT, ColumnType.DOUBLE, ColumnType.BIG_DECIMAL)) {
      boolean decimals = type.equals(ColumnType.BIG_DECIMAL);
      for (String fraction : List.of("0", "0.25", "0.5", "0.875", "1")) {
        for (boolean distinct : new boolean[] {false, true}) {
          check(
              call(
                  "QUANTILE_CONT",
                  decimals ? type : ColumnType.DOUBLE,
                  distinct,
                  column(0, type),
                  decimal(fraction),
                  truth(false)),
              List.of(numbers(70, type)),
              rows -> {
                double[] sorted = doubles(rows, 0);
                sorted =
                    (distinct ? Arrays.stream(sorted).distinct() : Arrays.stream(sorted))
                        .sorted()
                        .toArray();
                if (sorted.length == 0) {
                  return null;
                }
                double at = Double.parseDouble(fraction) * (sorted.length - 1);
                double low = sorted[(int) at];
                double high = sorted[(int) Math.ceil(at)];
                double result = low + (high - low) * (at - Math.floor(at));
                return decimals ? (Object) BigDecimal.valueOf(Math.round(result * 1e6), 6) : result;
              });
        }
      }
    }
  }

  @Test
  void collectedValuesAreInOrder() {
    for (DataType dataType : DataType.values()) {
      ColumnType type = ColumnType.of(dataType);
      for (boolean descending : new boolean[] {false, true}) {
        List<SortKey> order = List.of(new SortKey(1, descending, descending));
        check(
            call(
                "ARRAY_AGG",
                ColumnType.arrayOf(dataType),
                false,
                column(0, type),
                column(1, ColumnType.INT),
                text(AggregateOrder.text(order))),
            List.of(new RandomValues(random).column(type, 40, 0.2), numbers(40, ColumnType.INT)),
            rows -> naiveList(rows, type, descending));
      }
    }
  }

  private static @Nullable Object naiveList(
      List<List<@Nullable Object>> rows, ColumnType type, boolean descending) {
    List<List<@Nullable Object>> kept =
        new ArrayList<>(rows.stream().filter(row -> row.getFirst() != null).toList());
    Values values = sorted(rows, type);
    Comparator<Long> keys = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
    Comparator<Long> withNulls =
        descending ? Comparator.nullsFirst(keys) : Comparator.nullsLast(keys);
    kept.sort(
        Comparator.comparing((List<@Nullable Object> row) -> (Long) row.get(1), withNulls)
            .thenComparingInt(row -> position(values, row.getFirst(), type)));
    List<Object> list = kept.stream().<Object>map(List::getFirst).toList();
    return list.isEmpty() ? null : list;
  }

  /// Where a value first stands in a sorted column.
  private static int position(Values sorted, @Nullable Object value, ColumnType type) {
    ValuesBuilder one = ValuesBuilder.of(type, 1);
    one.appendObject(value);
    Values wanted = one.build();
    int at = 0;
    while (ValueOrder.compare(sorted, at, wanted, 0) != 0) {
      at++;
    }
    return at;
  }

  @Test
  void textsAreJoined() {
    for (boolean distinct : new boolean[] {false, true}) {
      check(
          call(
              "STRING_AGG",
              ColumnType.STRING,
              distinct,
              column(0, ColumnType.INT),
              text("; "),
              text(AggregateOrder.BY_VALUE)),
          List.of(numbers(60, ColumnType.INT)),
          rows -> {
            List<Long> values = new ArrayList<>();
            Arrays.stream(doubles(rows, 0)).sorted().forEach(value -> values.add((long) value));
            List<Long> taken = distinct ? values.stream().distinct().toList() : values;
            return taken.isEmpty()
                ? null
                : taken.stream()
                    .map(Object::toString)
                    .collect(Collectors.joining("; "))
                    .getBytes(StandardCharsets.UTF_8);
          });
    }
  }

  private static Expression text(String text) {
    return new Expression.Literal(text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  @Test
  void sketchesOfFewValuesCountExactly() {
    for (String function : List.of("APPROX_COUNT_DISTINCT", "DISTINCTCOUNTTHETASKETCH")) {
      for (DataType dataType : DataType.values()) {
        ColumnType type = ColumnType.of(dataType);
        int size = function.startsWith("APPROX") ? 12 : 4096;
        check(
            call(function, ColumnType.LONG, false, column(0, type), integer(size)),
            List.of(new RandomValues(random).column(type, 60, 0.2)),
            rows ->
                rows.stream()
                    .map(List::getFirst)
                    .filter(value -> value != null)
                    .map(RandomValues::key)
                    .distinct()
                    .count());
      }
    }
  }

  @Test
  void sketchesOfManyValuesAreCloseAndDoNotDependOnTheSplit() {
    int count = 200_000;
    long[] values = new long[count];
    Arrays.setAll(values, i -> i * 31L);
    for (String function : List.of("APPROX_COUNT_DISTINCT", "DISTINCTCOUNTTHETASKETCH")) {
      AggregateCall call =
          call(
              function,
              ColumnType.LONG,
              false,
              column(0, ColumnType.LONG),
              integer(function.startsWith("APPROX") ? 12 : 4096));
      List<Object> results = new ArrayList<>();
      for (int parts : new int[] {1, 3, 50}) {
        results.add(inParts(call, LongValues.of(values), parts).results(1).get(0));
      }
      assertThat(results.stream().distinct()).as(function).hasSize(1);
      assertThat((Long) results.getFirst()).isCloseTo((long) count, withinPercentage(5));
    }
  }

  private static Accumulator inParts(AggregateCall call, Values values, int parts) {
    Accumulator merged = fresh(call);
    for (int p = 0; p < parts; p++) {
      int from = (int) ((long) values.count() * p / parts);
      int to = (int) ((long) values.count() * (p + 1) / parts);
      Accumulator part = fresh(call);
      part.addAll(to - from, List.of(values.slice(from, to - from)));
      merged.merge(new int[1], 1, part.states(1));
    }
    return merged;
  }

  @Test
  void approximateQuantilesAreClose() {
    double[] values = random.doubles(100_000).toArray();
    AggregateCall call =
        call(
            "APPROX_PERCENTILE",
            ColumnType.DOUBLE,
            false,
            column(0, ColumnType.DOUBLE),
            decimal("0.9"),
            integer(200));
    assertThat((Double) inParts(call, DoubleValues.of(values), 7).results(1).get(0))
        .isCloseTo(0.9, within(0.05));
    assertThat(fresh(call).results(1).get(0)).isNull();
  }

  @Test
  void rawSketchesAreReadByDataSketches() {
    AggregateCall call =
        call(
            "DISTINCTCOUNTRAWHLL",
            ColumnType.BYTES,
            false,
            column(0, ColumnType.LONG),
            integer(12));
    Accumulator accumulator = fresh(call);
    accumulator.addAll(3, List.of(LongValues.of(1, 2, 3)));
    byte[] bytes = (byte[]) accumulator.results(1).get(0);
    assertThat(HllSketch.heapify(bytes).getEstimate()).isCloseTo(3, within(0.001));
    assertThatThrownBy(() -> accumulator.merge(new int[1], 1, List.of(BytesValues.of("nonsense"))))
        .hasMessageContaining("Damaged message");
  }

  private static Expression integer(long value) {
    return new Expression.Literal(value, ColumnType.INT);
  }

  @Test
  void percentilesAreThoseOfPinot() {
    check(
        call("PERCENTILE", ColumnType.DOUBLE, false, column(0, ColumnType.INT), decimal("95")),
        List.of(numbers(80, ColumnType.INT)),
        rows -> {
          double[] sorted = doubles(rows, 0);
          Arrays.sort(sorted);
          return sorted.length == 0 ? null : (Double) sorted[sorted.length * 95 / 100];
        });
  }

  @Test
  void fractionsOutsideAreRefused() {
    assertThatThrownBy(() ->
            fresh(
                call(
                    "QUANTILE_CONT",
                    ColumnType.DOUBLE,
                    false,
                    column(0, ColumnType.INT),
                    decimal("1.5"),
                    truth(false))))
        .hasMessageContaining("from 0 to 1");
  }

  @Test
  void tooManyDifferentValuesExceedTheBudget() {
    Accumulator accumulator =
        Accumulators.create(
            call("MODE", ColumnType.LONG, false, column(0, ColumnType.LONG)),
            MemoryBudget.of("the test", 1 << 20, "its limit"));
    long[] values = new long[100_000];
    Arrays.setAll(values, i -> i);
    assertThatThrownBy(() -> accumulator.addAll(values.length, List.of(LongValues.of(values))))
        .hasMessageContaining("Memory limit reached");
  }

  private static Expression decimal(String number) {
    return new Expression.Literal(new BigDecimal(number), ColumnType.BIG_DECIMAL);
  }

  private static Expression truth(boolean value) {
    return new Expression.Literal(value ? 1L : 0L, ColumnType.BOOLEAN);
  }

  private static @Nullable Object naiveExtreme(
      List<List<@Nullable Object>> rows, ColumnType type, ColumnType keyType, int sign) {
    ValuesBuilder values = ValuesBuilder.of(type, 1);
    ValuesBuilder keys = ValuesBuilder.of(keyType, 1);
    for (List<@Nullable Object> row : rows) {
      if (row.get(0) != null && row.get(1) != null) {
        values.appendObject(row.get(0));
        keys.appendObject(row.get(1));
      }
    }
    Values v = values.build();
    Values k = keys.build();
    int best = 0;
    for (int i = 1; i < v.count(); i++) {
      int order = sign * ValueOrder.compare(k, i, k, best);
      if (order < 0 || order == 0 && ValueOrder.compare(v, i, v, best) < 0) {
        best = i;
      }
    }
    return v.count() == 0 ? null : v.get(best);
  }
}
