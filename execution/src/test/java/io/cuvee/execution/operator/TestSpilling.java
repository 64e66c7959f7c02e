package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.JoinKind;
import io.cuvee.common.plan.PlanNode.SetKind;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Operators whose inputs are many times their memory give what they give with enough of it.
class TestSpilling {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122);
  private static final int ROWS = 100_000;
  private static final Expression KEY = new Expression.Column(0, ColumnType.LONG);
  private static final Expression NUMBER = new Expression.Column(1, ColumnType.LONG);
  private static final Expression TEXT = new Expression.Column(2, ColumnType.STRING);

  @TempDir Path directory;

  private final OperatorFixture fixture = new OperatorFixture(SEED);

  /// Keys below `keys`, one of 50 NULL; numbers; texts of ten letters or so.
  private PlanNode.Scan table(String name, int rows, int keys) {
    Random random = new Random(SEED + name.hashCode());
    List<Page> pages = new ArrayList<>();
    for (int from = 0; from < rows; from += 4096) {
      int count = Math.min(4096, rows - from);
      long[] key = new long[count];
      long[] number = new long[count];
      long[] validity = new long[Validity.wordCount(count)];
      BytesValuesBuilder texts = new BytesValuesBuilder(count);
      for (int i = 0; i < count; i++) {
        if (random.nextInt(50) > 0) {
          key[i] = random.nextInt(keys);
          validity[i >>> 6] |= 1L << i;
        }
        number[i] = random.nextInt(1000);
        texts.append(("text " + random.nextInt(5000)).getBytes(StandardCharsets.UTF_8));
      }
      pages.add(
          Page.of(
              new LongValues(key, count, new Validity(validity)),
              LongValues.of(number),
              texts.build()));
    }
    return fixture.table(name, pages, ColumnType.LONG, ColumnType.LONG, ColumnType.STRING);
  }

  private SpillDirectory spill(long limit) {
    return SpillDirectory.open(
        new SpillConfig(
            "broker", directory.resolve("spill"), new DataSize(limit), new DataSize(limit)));
  }

  private List<String> rows(PlanNode plan, MemoryBudget memory) {
    List<String> rows = new ArrayList<>();
    QueryContext context = QueryContext.withTimeout("q", Duration.ofMinutes(2));
    try (PageSource source = fixture.open(plan, context, memory)) {
      for (Page page = source.next(); page != null; page = source.next()) {
        for (int i = 0; i < page.rowCount(); i++) {
          StringBuilder row = new StringBuilder();
          for (Values column : page.columns()) {
            row.append(text(column.get(i))).append('|');
          }
          rows.add(row.toString());
        }
      }
    }
    return rows;
  }

  /// Doubles without what rounding makes of another order of additions.
  private static String text(@Nullable Object value) {
    return switch (value) {
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case Double number -> String.format(Locale.ROOT, "%.9g", number);
      case null, default -> String.valueOf(value);
    };
  }

  private void check(PlanNode plan, boolean ordered) throws IOException {
    check(plan, ordered, 2 << 20);
  }

  /// Compares the rows with little memory to those with enough.
  private void check(PlanNode plan, boolean ordered, long bytes) throws IOException {
    List<String> expected = rows(plan, MemoryBudget.unlimited());
    try (SpillDirectory spill = spill(1L << 30)) {
      MemoryBudget all = MemoryBudget.of("the test", 2 * bytes, "broker.memory").spillingTo(spill);
      MemoryBudget query = all.child("the query", bytes, "broker.query-memory");
      List<String> found = rows(plan, query);
      query.close();
      if (!ordered) {
        expected.sort(null);
        found.sort(null);
      }
      // Compared as a whole, because a message with all of it would be too long.
      assertThat(found.equals(expected)).as("seed %d, %d rows", SEED, found.size()).isTrue();
      assertThat(spill.writtenBytes()).isPositive();
      assertThat(spill.usedBytes()).isZero();
      assertThat(all.usedBytes()).isZero();
      assertThat(query.peakBytes()).isLessThanOrEqualTo(bytes);
    }
    assertNoFiles();
  }

  private void assertNoFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("spill"))) {
      assertThat(files).isEmpty();
    }
  }

  private static AggregateCall call(
      String function, ColumnType type, boolean distinct, Expression... arguments) {
    return new AggregateCall(function, List.of(arguments), distinct, null, type);
  }

  private static Expression literal(Object value, ColumnType type) {
    return new Expression.Literal(value, type);
  }

  private static PlanNode.Aggregate grouped(PlanNode input, AggregateCall... calls) {
    return new PlanNode.Aggregate(input, List.of(KEY), List.of(List.of(0)), List.of(calls));
  }

  @Test
  void groupsWithFixedStates() throws IOException {
    check(
        grouped(
            table("t", ROWS, 100_000),
            call("COUNT", ColumnType.LONG, false),
            call("SUM", ColumnType.LONG, false, NUMBER),
            call("AVG", ColumnType.DOUBLE, false, NUMBER),
            call("MIN", ColumnType.STRING, false, TEXT),
            call("MAX", ColumnType.LONG, false, NUMBER),
            call("VAR_POP", ColumnType.DOUBLE, false, KEY),
            call("BIT_XOR", ColumnType.LONG, false, NUMBER),
            call("MINMAXRANGE", ColumnType.DOUBLE, false, NUMBER)),
        false);
  }

  @Test
  void groupsWithStatesOfAnySize() throws IOException {
    check(
        grouped(
            table("t", ROWS, 30_000),
            call("COUNT", ColumnType.LONG, true, TEXT),
            call("SUM", ColumnType.LONG, true, NUMBER),
            call("MODE", ColumnType.LONG, false, NUMBER),
            call(
                "QUANTILE_CONT",
                ColumnType.DOUBLE,
                false,
                NUMBER,
                literal(new BigDecimal("0.5"), ColumnType.BIG_DECIMAL),
                literal(0L, ColumnType.BOOLEAN)),
            call(
                "ARRAY_AGG",
                ColumnType.arrayOf(ColumnType.LONG.dataType()),
                false,
                NUMBER,
                literal("".getBytes(StandardCharsets.UTF_8), ColumnType.STRING)),
            call("ARG_MAX", ColumnType.STRING, false, TEXT, NUMBER),
            call("ANY_VALUE", ColumnType.LONG, false, NUMBER)),
        false);
  }

  @Test
  void groupsWithSketches() throws IOException {
    check(
        grouped(
            table("t", 30_000, 10_000),
            call(
                AggregateFunctions.APPROX_COUNT_DISTINCT,
                ColumnType.LONG,
                false,
                TEXT,
                literal(12L, ColumnType.INT)),
            call(
                AggregateFunctions.DISTINCTCOUNTTHETASKETCH,
                ColumnType.LONG,
                false,
                TEXT,
                literal(4096L, ColumnType.INT))),
        false,
        // The sketches of one page's groups have to fit.
        8 << 20);
  }

  @Test
  void groupingSets() throws IOException {
    check(
        new PlanNode.Aggregate(
            table("t", ROWS, 80_000),
            List.of(KEY, TEXT),
            List.of(List.of(0, 1), List.of(1), List.of(0), List.of()),
            List.of(
                call("COUNT", ColumnType.LONG, false),
                call(
                    AggregateFunctions.GROUPING,
                    ColumnType.LONG,
                    false,
                    literal(0L, ColumnType.INT),
                    literal(1L, ColumnType.INT)))),
        false,
        8 << 20);
  }

  @Test
  void statesOfServers() throws IOException {
    PlanNode.Scan keys = table("t", ROWS, 120_000);
    // A count's state is a number, so that any number will do for one.
    check(
        new PlanNode.MergeAggregate(
            new PlanNode.Project(keys, List.of(KEY, TEXT, NUMBER)),
            2,
            List.of(call("COUNT", ColumnType.LONG, false))),
        false);
  }

  @Test
  void sortedRows() throws IOException {
    PlanNode.Scan rows = table("t", ROWS, 1000);
    List<SortKey> order = List.of(new SortKey(0, true, true), new SortKey(1, false, false));
    check(new PlanNode.Sort(rows, order, null, null), true);
    check(
        new PlanNode.Sort(
            rows, order, literal(30_000L, ColumnType.LONG), literal(50_000L, ColumnType.LONG)),
        true);
  }

  @Test
  void joins() throws IOException {
    PlanNode.Scan left = table("l", 30_000, 40_000);
    PlanNode.Scan right = table("r", ROWS, 40_000);
    Expression residual =
        Expression.call(
            "LT",
            ColumnType.BOOLEAN,
            new Expression.Column(1, ColumnType.LONG),
            new Expression.Column(4, ColumnType.LONG));
    for (JoinKind kind : JoinKind.values()) {
      check(new PlanNode.Join(left, right, kind, List.of(0), List.of(0), null), false);
      check(new PlanNode.Join(left, right, kind, List.of(0), List.of(0), residual), false);
    }
  }

  @Test
  void setOperations() throws IOException {
    PlanNode.Scan a = table("a", ROWS, 2);
    PlanNode.Scan b = table("b", ROWS, 2);
    for (SetKind kind : SetKind.values()) {
      check(new PlanNode.SetOperation(kind, false, List.of(a, b)), false);
    }
    check(new PlanNode.SetOperation(SetKind.INTERSECT, true, List.of(a, b)), false);
    check(new PlanNode.SetOperation(SetKind.EXCEPT, true, List.of(a, b)), false);
  }

  @Test
  void windows() throws IOException {
    check(
        new PlanNode.Window(
            table("t", ROWS, 20_000),
            List.of(0),
            List.of(new SortKey(1, false, false), new SortKey(2, false, false)),
            new PlanNode.Window.Frame(false, Long.MIN_VALUE, 0),
            List.of(
                call("RANK", ColumnType.LONG, false), call("SUM", ColumnType.LONG, false, NUMBER))),
        true,
        8 << 20);
  }

  @Test
  void aGroupOfMostRowsStaysWhole() throws IOException {
    Random random = new Random(SEED);
    List<Page> pages = new ArrayList<>();
    for (int p = 0; p < 50; p++) {
      long[] keys = new long[4000];
      long[] numbers = new long[4000];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = random.nextInt(10) < 8 ? 7 : random.nextInt(100_000);
        numbers[i] = random.nextInt(3000);
      }
      pages.add(Page.of(LongValues.of(keys), LongValues.of(numbers)));
    }
    PlanNode.Scan table = fixture.table("t", pages, ColumnType.LONG, ColumnType.LONG);
    check(
        grouped(
            table,
            call("COUNT", ColumnType.LONG, true, NUMBER),
            call("MODE", ColumnType.LONG, false, NUMBER)),
        false);
  }

  @Test
  void aFullDiskAndTheEndOfTimeLeaveNothing() throws IOException {
    PlanNode.Scan rows = table("t", ROWS, 100_000);
    PlanNode sort = new PlanNode.Sort(rows, List.of(new SortKey(2, false, false)), null, null);
    try (SpillDirectory spill = spill(300_000)) {
      MemoryBudget all = MemoryBudget.of("the test", 8 << 20, "x").spillingTo(spill);
      for (PlanNode plan :
          List.of(
              sort,
              grouped(rows, call("COUNT", ColumnType.LONG, false)),
              new PlanNode.Join(rows, rows, JoinKind.INNER, List.of(0), List.of(0), null))) {
        MemoryBudget query = all.child("the query", 2 << 20, "broker.query-memory");
        assertThatThrownBy(() -> rows(plan, query))
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED))
            .hasMessageContaining("broker.query-spill");
        query.close();
        assertThat(all.usedBytes()).isZero();
        assertThat(spill.usedBytes()).isZero();
      }
    }
    try (SpillDirectory spill = spill(1L << 30)) {
      MemoryBudget all = MemoryBudget.of("the test", 8 << 20, "x").spillingTo(spill);
      MemoryBudget query = all.child("the query", 2 << 20, "broker.query-memory");
      QueryContext context = QueryContext.withTimeout("q", Duration.ofMinutes(1));
      PageSource sorted = fixture.open(sort, context, query);
      assertThat(sorted.next()).isNotNull();
      assertThat(spill.usedBytes()).isPositive();
      context.cancel();
      assertThatThrownBy(sorted::next)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_CANCELLED));
      sorted.close();
      query.close();
      assertThat(all.usedBytes()).isZero();
      assertThat(spill.usedBytes()).isZero();
    }
    assertNoFiles();
  }

  @Test
  void oneKeyThatDoesNotFitIsAnErrorThatNamesTheMemory() {
    PlanNode.Scan rows = table("t", ROWS, 1);
    try (SpillDirectory spill = spill(1L << 30)) {
      MemoryBudget all = MemoryBudget.of("the test", 8 << 20, "x").spillingTo(spill);
      MemoryBudget query = all.child("the query", 1 << 20, "broker.query-memory");
      PlanNode join = new PlanNode.Join(rows, rows, JoinKind.INNER, List.of(0), List.of(0), null);
      assertThatThrownBy(() -> rows(join, query))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
          .hasMessageContaining("broker.query-memory");
      query.close();
      assertThat(all.usedBytes()).isZero();
    }
  }
}
