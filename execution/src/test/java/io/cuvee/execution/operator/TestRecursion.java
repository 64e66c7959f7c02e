package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.ValuesBuilder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestRecursion {
  private static final Expression N = new Expression.Column(0, ColumnType.LONG);
  private static final PlanNode.Given GIVEN = new PlanNode.Given(0, List.of(ColumnType.LONG));

  private static Expression number(long value) {
    return new Expression.Literal(value, ColumnType.LONG);
  }

  private static PlanNode one() {
    return new PlanNode.Values(List.of(List.of(number(1))), List.of(ColumnType.LONG));
  }

  private static PlanNode plusOne(PlanNode input) {
    return new PlanNode.Project(
        input, List.of(Expression.call("PLUS", ColumnType.LONG, N, number(1))));
  }

  private static PlanNode counting(boolean all) {
    PlanNode below =
        new PlanNode.Filter(GIVEN, Expression.call("LT", ColumnType.BOOLEAN, N, number(10_000)));
    return new PlanNode.Recursion(one(), plusOne(below), all, 0);
  }

  @Test
  void eachRoundReadsTheRowsOfTheOneBefore() {
    List<List<Object>> expected =
        LongStream.rangeClosed(1, 10_000).mapToObj(n -> List.<Object>of(n)).toList();
    for (boolean all : new boolean[] {true, false}) {
      List<List<@Nullable Object>> rows = new OperatorFixture(1).run(counting(all));
      assertThat(rows).isEqualTo(expected);
    }
  }

  @Test
  void withoutAllWhatIsReachedIsReachedOnce() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    OperatorFixture fixture = new OperatorFixture(seed);
    for (int round = 0; round < 20; round++) {
      PlanNode.Scan edges =
          fixture.table("e", fixture.random.nextInt(200), 0.1, ColumnType.INT, ColumnType.INT);
      PlanNode.Given given = new PlanNode.Given(7, edges.types());
      PlanNode step =
          new PlanNode.Project(
              new PlanNode.Join(
                  given, edges, PlanNode.JoinKind.INNER, List.of(1), List.of(0), null),
              List.of(
                  new Expression.Column(0, ColumnType.INT),
                  new Expression.Column(3, ColumnType.INT)));
      PlanNode reached = new PlanNode.Recursion(edges, step, false, 7);
      assertThat(new HashSet<>(fixture.run(reached)))
          .as("seed %d", seed)
          .isEqualTo(closure(fixture.rows(edges)));
      assertThat(fixture.run(reached)).doesNotHaveDuplicates();
      assertThat(fixture.openScans).isZero();
    }
  }

  @Test
  void whatDoesNotDependOnTheRoundIsReadAFewTimesOnly() {
    OperatorFixture fixture = new OperatorFixture(1);
    int rounds = 100;
    PlanNode.Scan edges = chain(fixture, rounds);
    PlanNode reached = walk(edges);
    assertThat(fixture.run(reached, fixture.memory)).hasSize(rounds + 1);
    assertThat(fixture.scanCount).isLessThan(10);
  }

  @Test
  void whatDoesNotFitIsReadInEachRound() {
    OperatorFixture fixture = new OperatorFixture(1);
    int rounds = 100;
    PlanNode reached = walk(chain(fixture, rounds));
    MemoryBudget budget = MemoryBudget.of("the query", 40_000, "its limit");
    assertThat(fixture.run(reached, budget)).hasSize(rounds + 1);
    assertThat(fixture.scanCount).isGreaterThan(rounds);
  }

  /// Edges from 1 to 2 to 3 and so on, with rows in between that lead nowhere.
  private static PlanNode.Scan chain(OperatorFixture fixture, int length) {
    ValuesBuilder from = ValuesBuilder.of(ColumnType.LONG, 10 * length);
    ValuesBuilder to = ValuesBuilder.of(ColumnType.LONG, 10 * length);
    for (int i = 1; i <= length; i++) {
      for (int j = 0; j < 10; j++) {
        from.appendObject(j == 0 ? (long) i : (long) -i);
        to.appendObject((long) i + 1);
      }
    }
    Page page = new Page(10 * length, List.of(from.build(), to.build()));
    return fixture.table("e", List.of(page), ColumnType.LONG, ColumnType.LONG);
  }

  private static PlanNode walk(PlanNode.Scan edges) {
    PlanNode step =
        new PlanNode.Project(
            new PlanNode.Join(GIVEN, edges, PlanNode.JoinKind.INNER, List.of(0), List.of(0), null),
            List.of(new Expression.Column(2, ColumnType.LONG)));
    return new PlanNode.Recursion(one(), step, true, 0);
  }

  private static Set<List<@Nullable Object>> closure(List<List<@Nullable Object>> edges) {
    Set<List<@Nullable Object>> reached = new HashSet<>(edges);
    Deque<List<@Nullable Object>> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      List<@Nullable Object> row = open.pop();
      for (List<@Nullable Object> edge : edges) {
        if (row.get(1) != null && Objects.equals(row.get(1), edge.get(0))) {
          List<@Nullable Object> further = new ArrayList<>();
          further.add(row.get(0));
          further.add(edge.get(1));
          if (reached.add(further)) {
            open.push(further);
          }
        }
      }
    }
    return reached;
  }

  @Test
  void limitEndsWhatWouldGoOn() {
    PlanNode endless = new PlanNode.Recursion(one(), plusOne(GIVEN), true, 0);
    assertThat(
            new OperatorFixture(1).run(new PlanNode.Sort(endless, List.of(), number(2), number(3))))
        .isEqualTo(List.of(List.of(3L), List.of(4L), List.of(5L)));
  }

  @Test
  void endlessRecursionEndsWithTheQuerysTime() {
    PlanNode endless = new PlanNode.Recursion(one(), GIVEN, true, 0);
    assertThat(failure(endless, Duration.ofMillis(50), 1 << 20)).isEqualTo(ErrorCode.QUERY_TIMEOUT);
  }

  @Test
  void endlessRecursionEndsWithItsRounds() {
    PlanNode endless = new PlanNode.Recursion(one(), GIVEN, true, 0);
    assertThat(failure(endless, Duration.ofMinutes(5), 1 << 20))
        .isEqualTo(ErrorCode.DATA_EXCEPTION);
  }

  @Test
  void rowsThatMultiplyEndWithTheQuerysMemory() {
    PlanNode doubled =
        new PlanNode.SetOperation(PlanNode.SetKind.UNION, true, List.of(GIVEN, GIVEN));
    PlanNode endless = new PlanNode.Recursion(one(), doubled, true, 0);
    assertThat(failure(endless, Duration.ofMinutes(1), 1 << 20)).isEqualTo(ErrorCode.MEMORY_LIMIT);
    PlanNode distinct = new PlanNode.Recursion(one(), plusOne(GIVEN), false, 0);
    assertThat(failure(distinct, Duration.ofMinutes(1), 1 << 20)).isEqualTo(ErrorCode.MEMORY_LIMIT);
  }

  private static ErrorCode failure(PlanNode plan, Duration timeout, long bytes) {
    MemoryBudget budget = MemoryBudget.of("the query", bytes, "its limit");
    QueryContext context = QueryContext.withTimeout("test", timeout);
    CuveeException failure =
        catchThrowableOfType(
            CuveeException.class,
            () -> {
              try (PageSource rows = new OperatorFixture(1).open(plan, context, budget)) {
                while (rows.next() != null) {
                  // Until it fails.
                }
              }
            });
    assertThat(budget.usedBytes()).isZero();
    return failure.code();
  }
}
