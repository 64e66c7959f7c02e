package io.cuvee.calcite.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.PlanNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements that differ only in literals beside comparisons share a plan, and none can tell.
class TestSharedPlans {
  private static final FlightCatalog CATALOG = new FlightCatalog();
  private static final Instant NOW = Instant.parse("2024-03-31T12:00:00Z");

  private final Planner planner = new Planner(PlannerConfig.DEFAULT);

  private PlannedStatement plan(String sql) {
    return planner.plan(sql, Session.DEFAULT, CATALOG);
  }

  private static PlanNode bound(PlannedStatement statement) {
    return statement.plan().bind(statement.values(List.of(), NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT COUNT(*) FROM flights WHERE delay > %d",
        "SELECT origin FROM flights WHERE delay = %d LIMIT 1%d OFFSET 2%d",
        "SELECT origin FROM flights WHERE delay BETWEEN -%d AND 10%d ORDER BY delay DESC LIMIT %d1",
        "SELECT origin, COUNT(*) FROM flights WHERE origin = 'x%d' GROUP BY origin HAVING COUNT(*) > %d",
        "SELECT 1 FROM flights WHERE speed > %d.5 AND price < 1%d.25 AND distance <= 500000000%d",
        "SELECT 1 FROM flights WHERE speed > %de2 OR ts > TIMESTAMP '2024-01-0%d 00:00:00'",
        "SELECT 1 FROM flights WHERE day >= DATE '2024-01-0%d' AND ts < '2024-02-0%d'",
        "SELECT 1 FROM flights WHERE origin IN ('a%d', 'b') AND delay NOT IN (1%d, 2, 3) AND tags IN ('%d')",
        "SELECT f.origin FROM flights f JOIN airports a ON f.origin = a.code AND a.lat > %d WHERE f.delay < %d",
        "SELECT dest, origin FROM flights GROUP BY dest, origin ORDER BY dest LIMIT 1%d",
        "SELECT (SELECT MAX(lat) FROM airports WHERE lat > %d) AS n FROM flights",
      })
  void literalsAreTakenOut(String pattern) {
    String first = pattern.replace("%d", "1");
    String second = pattern.replace("%d", "2");
    assertThat(plan(first).fromCache()).isFalse();
    PlannedStatement shared = plan(second);
    assertThat(shared.fromCache()).as("%s shares a plan with %s", second, first).isTrue();
    PlannedStatement alone =
        new Planner(PlannerConfig.DEFAULT.withoutCache()).plan(second, Session.DEFAULT, CATALOG);
    assertThat(bound(shared)).isEqualTo(bound(alone));
    assertThat(shared.plan().columns()).isEqualTo(alone.plan().columns());
  }

  @Test
  void listsOfAnyLengthShareAPlan() {
    assertThat(plan("SELECT 1 FROM flights WHERE delay IN (1, 2)").fromCache()).isFalse();
    PlannedStatement longer = plan("SELECT 1 FROM flights WHERE delay IN (5, 6, 7)");
    assertThat(longer.fromCache()).isTrue();
    assertThat(bound(longer).toString()).contains("5, 6, 7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT %d FROM flights",
        "SELECT delay + %d FROM flights",
        "SELECT origin, dest, delay FROM flights ORDER BY %d",
        "SELECT origin, dest FROM flights GROUP BY %d, 1, 2",
        "SELECT CAST(price AS DECIMAL(10, %d)) FROM flights",
        "SELECT origin FROM flights WHERE origin LIKE '%d%%'",
        "SELECT ts + INTERVAL '%d' DAY FROM flights",
        "SELECT origin FROM flights WHERE SUBSTRING(origin, %d, 2) = dest",
        "SELECT CASE WHEN delay > %d THEN 1 ELSE 0 END FROM flights",
        "SELECT origin FROM flights WHERE delay + %d > distance",
        "SELECT COUNT(*) FILTER (WHERE delay > %d) FROM flights",
        "SELECT (SELECT MAX(lat) FROM airports WHERE lat > %d) FROM flights",
        "SELECT * FROM (SELECT COUNT(*) FILTER (WHERE delay > %d) FROM flights) q",
      })
  void otherLiteralsStayInThePlan(String pattern) {
    plan(pattern.formatted(1));
    PlannedStatement other = plan(pattern.formatted(2));
    assertThat(other.fromCache()).isFalse();
    assertThat(plan(pattern.formatted(2)).fromCache()).isTrue();
    PlannedStatement alone =
        new Planner(PlannerConfig.DEFAULT.withoutCache())
            .plan(pattern.formatted(2), Session.DEFAULT, CATALOG);
    assertThat(other.plan().columns()).isEqualTo(alone.plan().columns());
  }

  @Test
  void limitOfZeroIsAPlanOfItsOwn() {
    plan("SELECT origin FROM flights LIMIT 5");
    assertThat(plan("SELECT origin FROM flights LIMIT 0").plan().explain())
        .startsWith("Values rows=0");
  }

  /// With a parameter in its place it would be computed beside each outer row.
  @Test
  void theLimitOfALateralQueryStaysSoThatItIsAJoin() {
    for (int limit = 2; limit < 4; limit++) {
      assertThat(
              plan("SELECT f.origin, a.lat FROM flights f LEFT JOIN LATERAL (SELECT lat FROM airports"
                      + " WHERE code = f.origin ORDER BY lat LIMIT "
                      + limit
                      + ") a ON TRUE WHERE f.delay > 5")
                  .plan()
                  .explain())
          .contains("Join kind=LEFT", "condition=LE($2, " + limit);
    }
  }

  @Test
  void conditionsOnTheOuterRowsOfALateralQueryAreTheirScan() {
    assertThat(
            plan("SELECT f.origin, a.n FROM flights f LEFT JOIN LATERAL (SELECT SUM(lat) OVER"
                    + " (ORDER BY f.day) AS n FROM airports WHERE code = f.origin) a ON TRUE"
                    + " WHERE f.delay > 5")
                .plan()
                .explain())
        .contains("Lateral", "filter=", "Join kind=INNER on=[left")
        .doesNotContain("Filter condition");
  }

  @Test
  void spaceAndCommentsDoNotMatterButCaseDoes() {
    plan("SELECT origin FROM flights WHERE delay > 5");
    assertThat(plan("SELECT  origin /* x */ FROM\n flights -- y\nWHERE delay > 6 ;").fromCache())
        .isTrue();
    assertThat(
            plan("SELECT ORIGIN FROM flights WHERE delay > 6").plan().columns().getFirst().label())
        .isEqualTo("ORIGIN");
  }

  @Test
  void plansDependOnTheCatalogAndTheDialect() {
    plan("SELECT origin FROM flights");
    assertThat(
            planner
                .plan("SELECT origin FROM flights", Session.DEFAULT, new FlightCatalog(2))
                .fromCache())
        .isFalse();
    Session pql = new Session(Dialect.PQL, ZoneId.of("UTC"));
    assertThat(planner.plan("SELECT origin FROM flights", pql, CATALOG).fromCache()).isFalse();
  }

  @Test
  void theTimeIsReadAtEachExecution() {
    Session berlin = new Session(Dialect.SQL, ZoneId.of("Europe/Berlin"));
    PlannedStatement statement =
        planner.plan(
            "SELECT now(), CURRENT_DATE, LOCALTIMESTAMP, now() - INTERVAL '1' MONTH, CURRENT_DATE + INTERVAL '1' DAY"
                + " FROM flights WHERE ts > now() - INTERVAL '2' HOUR",
            berlin,
            CATALOG);
    Instant late = Instant.parse("2024-03-31T22:30:00Z");
    assertThat(statement.plan().bind(statement.values(List.of(), late)).toString())
        .contains("" + late.toEpochMilli())
        .contains("" + (late.toEpochMilli() + 2 * 3_600_000))
        .contains("" + (late.toEpochMilli() - 2 * 3_600_000))
        .contains("19814")
        .contains("19815")
        .contains("" + Instant.parse("2024-02-29T22:30:00Z").toEpochMilli());
  }

  @Test
  void textThatIsNoTimeFallsBackToThePlanWithLiterals() {
    String pattern = "SELECT 1 FROM flights WHERE ts > '%s'";
    plan(pattern.formatted("2024-01-01"));
    assertThat(plan(pattern.formatted("soon")).plan().explain())
        .contains("CAST('soon' AS TIMESTAMP)");
  }

  @Test
  void wrongStatementsAreNotKept() {
    for (int i = 0; i < 2; i++) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> plan("SELECT nothing FROM flights WHERE delay > 5"))
          .hasMessageContaining("column 8");
    }
  }

  @Test
  void manyThreadsPlanTheSameShape() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<PlannedStatement>> plans = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String sql =
            "SELECT origin FROM flights WHERE delay > " + i + " AND dest = 'x" + i % 4 + "'";
        plans.add(threads.submit(() -> plan(sql)));
      }
      PlannedStatement first = plans.getFirst().get();
      for (int i = 0; i < plans.size(); i++) {
        PlannedStatement each = plans.get(i).get();
        assertThat(each.plan()).isSameAs(first.plan());
        assertThat(bound(each).toString()).contains(", " + i + ")");
      }
    }
  }

  @Test
  void warmUpPlansWhatItCan() {
    planner.warmUp(CATALOG, 20);
    assertThat(plan("SELECT 1").fromCache()).isFalse();
  }
}
