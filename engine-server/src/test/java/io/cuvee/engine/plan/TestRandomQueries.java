package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.ReadableSegment;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/// Compares the engine with a row-at-a-time reference over random rows, storage and queries.
class TestRandomQueries {
  private static final int QUERIES = Integer.getInteger("cuvee.test.queries", 60);

  @TempDir Path directory;

  @RepeatedTest(6)
  void answersAreThoseOfTheReferenceForAnyNumberOfThreads(RepetitionInfo repetition)
      throws Exception {
    answersAreThoseOfTheReference(repetition, false, false);
  }

  @RepeatedTest(3)
  void answersOfTheRowsThatCountAreThoseOfTheReference(RepetitionInfo repetition) throws Exception {
    answersAreThoseOfTheReference(repetition, repetition.getCurrentRepetition() == 1, true);
  }

  @RepeatedTest(4)
  void answersOverConsumingSegmentsAreThoseOfTheReference(RepetitionInfo repetition)
      throws Exception {
    answersAreThoseOfTheReference(repetition, true, false);
  }

  private void answersAreThoseOfTheReference(
      RepetitionInfo repetition, boolean consuming, boolean hidden) throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_121 + repetition.getCurrentRepetition());
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    MemoryBudget budget = MemoryBudget.of("tests", 1L << 30, "nothing");
    try (RandomTable table = new RandomTable(random, directory, List.of(), consuming);
        WorkerPool one = new WorkerPool(1, "one");
        WorkerPool two = new WorkerPool(2, "two");
        WorkerPool five = new WorkerPool(5, "five")) {
      if (hidden) {
        table.hideRows();
      }
      for (int i = 0; i < QUERIES; i++) {
        SegmentQuery query = query(random, table);
        String what = "seed " + seed + ", query " + i + ": " + query;
        check(query, table, one, budget, what + ", 1 thread");
        check(query, table, two, budget, what + ", 2 threads");
        check(query, table, five, budget, what + ", 5 threads");
        assertThat(budget.usedBytes()).as(what).isZero();
      }
    }
  }

  @RepeatedTest(2)
  void rowsThatAnIndexListsOneByOneAreThoseOfTheReference(RepetitionInfo repetition)
      throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_222 + repetition.getCurrentRepetition());
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    MemoryBudget budget = MemoryBudget.of("tests", 1L << 30, "nothing");
    int listed = 0;
    try (RandomTable table = RandomTable.large(random, directory, List.of());
        WorkerPool one = new WorkerPool(1, "one");
        WorkerPool three = new WorkerPool(3, "three")) {
      for (int i = 0; i < QUERIES; i++) {
        SegmentQuery drawn = query(random, table);
        SegmentQuery query =
            new SegmentQuery(
                drawn.table(),
                drawn.columns(),
                drawn.columnTypes(),
                table.rareCondition(),
                drawn.output());
        listed += listing(query, table);
        String what = "seed " + seed + ", query " + i + ": " + query;
        check(query, table, one, budget, what + ", 1 thread");
        check(query, table, three, budget, what + ", 3 threads");
      }
    }
    if (Long.getLong("cuvee.random.seed") == null) {
      assertThat(listed).as("segments of which an index listed the rows").isPositive();
    }
  }

  private static int listing(SegmentQuery query, RandomTable table) {
    int listing = 0;
    for (ReadableSegment segment : table.segments()) {
      List<SegmentColumn> columns =
          query.columns().stream().map(name -> segment.column(name).orElseThrow()).toList();
      listing +=
          FilterPlan.compile(query.filter(), columns, segment.docCount(), 0).listsDocs(0) ? 1 : 0;
    }
    return listing;
  }

  static SegmentQuery query(Random random, RandomTable table) {
    Expression filter = random.nextInt(4) == 0 ? null : table.condition(random.nextInt(4));
    SegmentQuery.Output output =
        random.nextInt(3) > 0 ? aggregation(random, table) : selection(random, table);
    return new SegmentQuery(
        "t",
        RandomTable.COLUMNS.stream().map(RandomTable.Kind::name).toList(),
        RandomTable.COLUMNS.stream().map(RandomTable.Kind::type).toList(),
        filter,
        output);
  }

  private static SegmentQuery.Aggregation aggregation(Random random, RandomTable table) {
    List<Expression> keys = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      keys.add(table.scalar());
    }
    List<AggregateCall> calls = new ArrayList<>();
    for (int i = random.nextInt(4) + (keys.isEmpty() ? 1 : 0); i > 0; i--) {
      calls.add(call(random, table));
    }
    List<SortKey> order = new ArrayList<>();
    long limit = SegmentQuery.NO_LIMIT;
    if (!keys.isEmpty() && random.nextInt(4) == 0) {
      limit = random.nextInt(20);
      for (int i = 0; i < keys.size(); i++) {
        order.add(new SortKey(i, random.nextBoolean(), random.nextBoolean()));
      }
      if (calls.isEmpty() && random.nextBoolean()) {
        order.clear();
      }
    }
    return new SegmentQuery.Aggregation(keys, calls, order, limit);
  }

  private static AggregateCall call(Random random, RandomTable table) {
    Expression filter = random.nextInt(4) == 0 ? table.condition(1) : null;
    Expression argument = table.scalar();
    Representation form = argument.type().dataType().representation();
    boolean number = form == Representation.LONG || form == Representation.DOUBLE;
    boolean summable = number && argument.type().dataType().isNumeric();
    return switch (random.nextInt(7)) {
      case 0 -> new AggregateCall("COUNT", List.of(), false, filter, ColumnType.LONG);
      case 1 -> new AggregateCall("COUNT", List.of(argument), false, filter, ColumnType.LONG);
      case 2 -> new AggregateCall("COUNT", List.of(argument), true, filter, ColumnType.LONG);
      case 3 -> new AggregateCall("MIN", List.of(argument), false, filter, argument.type());
      case 4 -> new AggregateCall("MAX", List.of(argument), false, filter, argument.type());
      case 5 ->
          summable
              ? new AggregateCall(
                  "SUM",
                  List.of(argument),
                  false,
                  filter,
                  form == Representation.LONG ? ColumnType.BIG_DECIMAL : ColumnType.DOUBLE)
              : new AggregateCall("COUNT", List.of(argument), false, filter, ColumnType.LONG);
      default ->
          summable
              ? new AggregateCall("AVG", List.of(argument), false, filter, ColumnType.DOUBLE)
              : new AggregateCall("MAX", List.of(argument), false, filter, argument.type());
    };
  }

  private static SegmentQuery.Selection selection(Random random, RandomTable table) {
    List<Expression> projections = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      projections.add(random.nextInt(5) == 0 ? table.randomColumn() : table.scalar());
    }
    List<SortKey> order = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      for (int i = 0; i < projections.size(); i++) {
        if (random.nextBoolean()) {
          order.add(new SortKey(i, random.nextBoolean(), random.nextBoolean()));
        }
      }
    }
    long limit =
        switch (random.nextInt(4)) {
          case 0 -> SegmentQuery.NO_LIMIT;
          case 1 -> random.nextInt(3);
          case 2 -> random.nextInt(50);
          default -> random.nextInt(10_000);
        };
    return new SegmentQuery.Selection(projections, order, limit);
  }

  static void check(
      SegmentQuery query, RandomTable table, WorkerPool pool, MemoryBudget budget, String what)
      throws InterruptedException {
    CollectedAnswer answer = new CollectedAnswer();
    AtomicInteger released = new AtomicInteger();
    new QueryEngine(pool, budget, 1L << 30)
        .start(
            query,
            table.segments(),
            QueryContext.withTimeout("q", Duration.ofSeconds(60)),
            answer,
            released::incrementAndGet);
    Page page;
    try {
      page = answer.await().page(query);
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(what, failure);
    }
    assertThat(released).as(what).hasValue(1);
    NaiveQuery naive = new NaiveQuery(query, table.segments());
    switch (query.output()) {
      case SegmentQuery.Selection selection -> checkRows(selection, naive, page, what);
      case SegmentQuery.Aggregation aggregation -> checkGroups(aggregation, naive, page, what);
    }
  }

  private static void checkRows(
      SegmentQuery.Selection selection, NaiveQuery naive, Page page, String what) {
    List<List<Object>> found = NaiveQuery.rows(page);
    List<List<Object>> expected = naive.selection();
    if (!selection.order().isEmpty()) {
      assertThat(found).as(what).isEqualTo(expected);
    } else if (selection.limit() == SegmentQuery.NO_LIMIT) {
      assertThat(counted(found)).as(what).isEqualTo(counted(expected));
    } else {
      assertThat(found).as(what).hasSize((int) Math.min(selection.limit(), expected.size()));
      Map<List<Object>, Integer> all = counted(expected);
      counted(found)
          .forEach((row, count) ->
              assertThat(count).as(what).isLessThanOrEqualTo(all.getOrDefault(row, 0)));
    }
  }

  private static Map<List<Object>, Integer> counted(List<List<Object>> rows) {
    Map<List<Object>, Integer> counts = new HashMap<>();
    rows.forEach(row -> counts.merge(row, 1, Integer::sum));
    return counts;
  }

  private static void checkGroups(
      SegmentQuery.Aggregation aggregation, NaiveQuery naive, Page page, String what) {
    Map<List<Object>, List<Object>> expected = naive.groups();
    Map<List<Object>, List<Object>> found = groups(aggregation, page, what);
    if (aggregation.limit() >= 0) {
      assertThat(found).as(what).hasSize((int) Math.min(aggregation.limit(), expected.size()));
      assertThat(expected.keySet()).as(what).containsAll(found.keySet());
      if (!aggregation.order().isEmpty()) {
        List<List<Object>> sorted = new ArrayList<>(expected.keySet());
        sorted.sort((a, b) -> NaiveQuery.compare(a, b, aggregation.order()));
        assertThat(new HashSet<>(found.keySet()))
            .as(what)
            .isEqualTo(new HashSet<>(sorted.subList(0, found.size())));
      }
    } else {
      assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
    }
    checkValues(expected, found, what);
  }

  /// Checks that two answers of an aggregation without a limit have the same groups with the same
  /// final values.
  static void checkSame(SegmentQuery query, Page expected, Page found, String what) {
    SegmentQuery.Aggregation aggregation = (SegmentQuery.Aggregation) query.output();
    Map<List<Object>, List<Object>> groups = groups(aggregation, expected, what);
    Map<List<Object>, List<Object>> others = groups(aggregation, found, what);
    assertThat(others.keySet()).as(what).isEqualTo(groups.keySet());
    checkValues(groups, others, what);
  }

  /// The final values of each group by its keys.
  private static Map<List<Object>, List<Object>> groups(
      SegmentQuery.Aggregation aggregation, Page page, String what) {
    int keyCount = aggregation.groupKeys().size();
    Map<List<Object>, List<Object>> found = new LinkedHashMap<>();
    List<List<Object>> keys =
        NaiveQuery.rows(new Page(page.rowCount(), page.columns().subList(0, keyCount)));
    List<Values> results = results(aggregation, page, keyCount);
    for (int i = 0; i < page.rowCount(); i++) {
      List<Object> values = new ArrayList<>();
      for (Values result : results) {
        values.add(NaiveQuery.normal(result.get(i)));
      }
      assertThat(found.put(keys.get(i), values)).as(what + ": group twice").isNull();
    }
    return found;
  }

  private static void checkValues(
      Map<List<Object>, List<Object>> expected,
      Map<List<Object>, List<Object>> found,
      String what) {
    found.forEach((key, values) -> {
      List<Object> wanted = expected.get(key);
      for (int i = 0; i < values.size(); i++) {
        assertThat(isClose(values.get(i), wanted.get(i)))
            .as(
                "%s, group %s, aggregate %d: %s, not %s",
                what, key, i, values.get(i), wanted.get(i))
            .isTrue();
      }
    });
  }

  /// The final value of the first aggregate of a query without groups.
  static @Nullable Object result(SegmentQuery query, Page page) {
    return results((SegmentQuery.Aggregation) query.output(), page, 0).getFirst().get(0);
  }

  private static List<Values> results(
      SegmentQuery.Aggregation aggregation, Page page, int keyCount) {
    int[] groups = new int[page.rowCount()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = i;
    }
    List<Values> results = new ArrayList<>();
    int column = keyCount;
    for (AggregateCall call : aggregation.aggregates()) {
      int width = AggregateFunctions.stateTypes(call).size();
      Accumulator accumulator = Accumulators.create(call, MemoryBudget.unlimited());
      accumulator.ensureGroups(page.rowCount());
      accumulator.merge(groups, page.rowCount(), page.columns().subList(column, column + width));
      results.add(accumulator.results(page.rowCount()));
      column += width;
    }
    return results;
  }

  private static boolean isClose(Object found, Object wanted) {
    if (found instanceof Double a && wanted instanceof Double b) {
      return a.equals(b) || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)) + 1e-9;
    }
    if (wanted instanceof java.math.BigInteger exact) {
      return found instanceof BigDecimal decimal && decimal.compareTo(new BigDecimal(exact)) == 0;
    }
    return found.equals(wanted);
  }
}
