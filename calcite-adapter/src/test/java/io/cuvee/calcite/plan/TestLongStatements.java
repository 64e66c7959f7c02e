package io.cuvee.calcite.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Long and deep statements are planned, or refused at once with a sentence; the stack never
/// overflows.
class TestLongStatements {
  private static final Planner PLANNER = new Planner(PlannerConfig.DEFAULT);
  private static final FlightCatalog CATALOG = new FlightCatalog();

  private static String chain(int count, String operator, IntFunction<String> operand) {
    return IntStream.range(0, count).mapToObj(operand).collect(Collectors.joining(operator));
  }

  private static String where(String condition) {
    return "SELECT COUNT(*) FROM flights WHERE " + condition;
  }

  static List<String> planned() {
    return List.of(
        where(chain(1000, " OR ", i -> "delay = " + i)),
        where(chain(1000, " AND ", i -> "delay <> " + i)),
        where(chain(300, " OR ", i -> "(delay = " + i + " AND distance = " + i + ")")),
        where(chain(300, " AND ", i -> "(delay = " + i + " OR distance = " + i + ")")),
        where(chain(200, " OR ", i -> "origin LIKE '%" + i + "%'")),
        where(chain(180, " OR ", i -> "delay BETWEEN " + i + " AND " + (i + 1))),
        where(chain(600, " OR ", i -> "(origin LIKE '%" + i + "%')")),
        where("delay IN (" + chain(10_000, ", ", Integer::toString) + ")"),
        where("delay NOT IN (" + chain(1000, ", ", i -> "distance + " + i) + ")"),
        "SELECT " + chain(300, " + ", i -> "delay") + " FROM flights",
        "SELECT " + chain(300, " || ", i -> "origin") + " FROM flights",
        "SELECT " + chain(1000, ", ", i -> "delay + " + i + " AS c" + i) + " FROM flights",
        "SELECT CASE "
            + chain(500, " ", i -> "WHEN delay = " + i + " THEN " + i)
            + " END FROM flights",
        "SELECT "
            + "CASE WHEN delay = 1 THEN 1 ELSE ".repeat(100)
            + "delay"
            + " END".repeat(100)
            + " FROM flights",
        "SELECT " + "(".repeat(150) + "delay" + ")".repeat(150) + " FROM flights",
        "SELECT " + "ABS(".repeat(150) + "delay" + ")".repeat(150) + " FROM flights");
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("planned")
  void longStatementIsPlanned(String sql) {
    assertThat(PLANNER.plan(sql, Session.DEFAULT, CATALOG).plan().columns()).isNotEmpty();
  }

  static List<String> refused() {
    return List.of(
        where(chain(10_000, " OR ", i -> "delay = " + i)),
        where(chain(10_000, " AND ", i -> "delay <> " + i)),
        where(chain(10_000, " OR ", i -> "origin LIKE '%" + i + "%'")),
        where(chain(2_000, " OR ", i -> "delay BETWEEN " + i + " AND " + (i + 1))),
        "SELECT " + chain(10_000, " + ", i -> "delay") + " FROM flights",
        "SELECT " + chain(10_000, " || ", i -> "origin") + " FROM flights",
        "SELECT "
            + "CASE WHEN delay = 1 THEN 1 ELSE ".repeat(5_000)
            + "delay"
            + " END".repeat(5_000)
            + " FROM flights",
        "SELECT " + "(".repeat(10_000) + "delay" + ")".repeat(10_000) + " FROM flights",
        "SELECT " + "ABS(".repeat(10_000) + "delay" + ")".repeat(10_000) + " FROM flights",
        where("NOT ".repeat(10_000) + "cancelled"));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("refused")
  void statementBeyondTheBoundsIsRefused(String sql) {
    assertThatThrownBy(() -> PLANNER.plan(sql, Session.DEFAULT, CATALOG))
        .isInstanceOfSatisfying(
            CuveeException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SQL_PARSE))
        .hasMessageContaining("(at line 1, column ");
  }
}
