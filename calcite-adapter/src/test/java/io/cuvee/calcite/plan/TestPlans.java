package io.cuvee.calcite.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What plans look like: what goes to the servers and what stays at the broker.
class TestPlans {
  private static final Planner PLANNER = new Planner(PlannerConfig.DEFAULT.withoutCache());
  private static final FlightCatalog CATALOG = new FlightCatalog();

  private static String explain(String sql) {
    return PLANNER.plan(sql, Session.DEFAULT, CATALOG).plan().explain();
  }

  private static List<OutputColumn> columns(String sql) {
    return PLANNER.plan(sql, Session.DEFAULT, CATALOG).plan().columns();
  }

  @Test
  void filterProjectionAndLimitGoToTheServers() {
    assertThat(
            explain(
                "SELECT origin, delay + 1 FROM flights WHERE delay > 10 AND dest = 'SFO' LIMIT 5"))
        .isEqualTo(
            """
            Limit limit=5
              Scan table=flights columns=[origin, dest, delay] filter=AND(GT(delay, 10), EQ(dest, 'SFO')) select=[origin, PLUS(delay, 1)] limit=5
            """);
  }

  @Test
  void sortKeyThatIsNotSelectedIsDroppedAtTheBroker() {
    assertThat(explain("SELECT origin FROM flights ORDER BY ts DESC LIMIT 10 OFFSET 5"))
        .isEqualTo(
            """
            Project columns=[$0]
              Sort order=[$1 DESC NULLS FIRST] offset=5 limit=10
                Scan table=flights columns=[origin, ts] select=[origin, ts] order=[ts DESC NULLS FIRST] limit=15
            """);
  }

  @Test
  void aggregatesWithConstantsAndOrderTravelAsStates() {
    assertThat(
            explain(
                "SELECT origin, MEDIAN(delay), STRING_AGG(dest, '/' ORDER BY day DESC, dest),"
                    + " DISTINCTCOUNTHLL(dest) FROM flights GROUP BY origin"))
        .isEqualTo(
            """
            MergeAggregate keys=1 aggregates=[QUANTILE_CONT, STRING_AGG, APPROX_COUNT_DISTINCT]
              Scan table=flights columns=[origin, dest, delay, day] groupBy=[origin] aggregates=[QUANTILE_CONT(delay, 0.5, 0), STRING_AGG(dest, day, '/', '1 DESC NULLS FIRST, 0 ASC NULLS LAST'), APPROX_COUNT_DISTINCT(dest, 12)]
            """);
  }

  @Test
  void aggregatesTravelAsStatesAndHavingStays() {
    assertThat(
            explain(
                "SELECT origin, COUNT(*) n, AVG(delay) FROM flights WHERE day = '2024-01-31' GROUP BY origin"
                    + " HAVING COUNT(*) > 5 ORDER BY n DESC LIMIT 3"))
        .isEqualTo(
            """
            Sort order=[$1 DESC NULLS FIRST] limit=3
              Filter condition=GT($1, 5)
                MergeAggregate keys=1 aggregates=[COUNT, AVG]
                  Scan table=flights columns=[origin, delay, day] filter=EQ(day, 19753) groupBy=[origin] aggregates=[COUNT(*), AVG(delay)]
            """);
  }

  @Test
  void limitOverGroupKeysGoesToTheServersWithAllKeysInTheOrder() {
    assertThat(
            explain(
                "SELECT dest, SUM(delay), origin FROM flights GROUP BY origin, dest ORDER BY dest DESC LIMIT 3"))
        .isEqualTo(
            """
            Project columns=[$1, $2, $0]
              Sort order=[$1 DESC NULLS FIRST, $0 ASC NULLS LAST] limit=3
                MergeAggregate keys=2 aggregates=[SUM]
                  Scan table=flights columns=[origin, dest, delay] groupBy=[origin, dest] aggregates=[SUM(delay)] order=[dest DESC NULLS FIRST, origin ASC NULLS LAST] limit=3
            """);
    assertThat(explain("SELECT DISTINCT origin FROM flights LIMIT 3"))
        .contains("order=[origin ASC NULLS LAST] limit=3");
    assertThat(explain("SELECT origin, COUNT(*) FROM flights GROUP BY origin ORDER BY 2 LIMIT 3"))
        .doesNotContain("limit=3\n    Merge")
        .contains("aggregates=[COUNT(*)]\n");
  }

  @Test
  void distinctAggregatesAreNotExpanded() {
    assertThat(explain("SELECT COUNT(DISTINCT origin), SUM(DISTINCT delay) FROM flights"))
        .isEqualTo(
            """
            MergeAggregate keys=0 aggregates=[COUNT, SUM]
              Scan table=flights columns=[origin, delay] groupBy=[] aggregates=[COUNT(DISTINCT origin), SUM(DISTINCT delay)]
            """);
    assertThat(explain("SELECT COUNT(DISTINCT origin, dest) FROM flights"))
        .isEqualTo(
            """
            Aggregate keys=[] aggregates=[COUNT(DISTINCT $0, $1)]
              Scan table=flights columns=[origin, dest] select=[origin, dest]
            """);
  }

  @Test
  void joinsAreOrderedByTheirRowsAndConditionsFollowFromOthers() {
    assertThat(
            explain(
                "SELECT a.city, f.price FROM Airports a, Airports b, flights f"
                    + " WHERE f.origin = a.code AND f.dest = b.code"
                    + " AND (b.state = 'CA' AND f.delay > 5 OR b.state = 'NY' AND f.delay > 9)"))
        .isEqualTo(
            """
            Project columns=[$7, $3]
              Join kind=INNER on=[left $0 = right $0]
                Join kind=INNER on=[left $1 = right $0] where=OR(AND(EQ($5, 'CA'), GT($2, 5)), AND(EQ($5, 'NY'), GT($2, 9)))
                  Scan table=flights columns=[origin, dest, delay, price] filter=GT(delay, 5) select=[origin, dest, delay, price]
                  Scan table=Airports columns=[code, state] filter=IN(state, 'CA', 'NY') select=[code, state]
                Scan table=Airports columns=[code, city] select=[code, city]
            """);
  }

  @Test
  void groupsOverSmallTablesAreJoinedOnTheServers() {
    assertThat(
            explain(
                "SELECT a.state, COUNT(*), SUM(f.delay) FROM flights f JOIN Airports a ON f.origin = a.code"
                    + " WHERE a.lat > 40 GROUP BY a.state"))
        .isEqualTo(
            """
            LookupJoin keys=[$0]
              MergeAggregate keys=1 aggregates=[COUNT, SUM]
                Scan table=flights columns=[origin, delay] filter=HAS_MATCH(origin, 0) groupBy=[LOOKUP(origin, 0, 1)] aggregates=[COUNT(*), SUM(delay)]
              Scan table=Airports columns=[code, state, lat] filter=GT(lat, 40.0) select=[code, state]
            """);
    assertThat(
            explain(
                "SELECT a.state, COUNT(a.code) FROM flights f LEFT JOIN Airports a ON f.origin = a.code GROUP BY a.state"))
        .contains("groupBy=[LOOKUP(origin, 0, 1)] aggregates=[COUNT(LOOKUP(origin, 0, 0))]")
        .doesNotContain("HAS_MATCH");
  }

  @Test
  void conditionsOnBothSidesOfAJoinGoIntoTheScans() {
    assertThat(
            explain(
                "SELECT f.origin, a.city FROM flights f LEFT JOIN airports a ON f.origin = a.code AND a.lat > 40"
                    + " WHERE f.delay > 5"))
        .isEqualTo(
            """
            Project columns=[$0, $2]
              Join kind=LEFT on=[left $0 = right $0]
                Scan table=flights columns=[origin, delay] filter=GT(delay, 5) select=[origin]
                Scan table=Airports columns=[code, city, lat] filter=GT(lat, 40.0) select=[code, city]
            """);
  }

  @Test
  void conditionOnTheOuterSideOfAJoinStaysAbove() {
    assertThat(
            explain(
                "SELECT f.origin FROM flights f LEFT JOIN airports a ON f.origin = a.code WHERE a.code IS NULL"))
        .isEqualTo(
            """
            Project columns=[$0]
              Filter condition=IS_NULL($1)
                Join kind=LEFT on=[left $0 = right $0]
                  Scan table=flights columns=[origin] select=[origin]
                  Scan table=Airports columns=[code] select=[code]
            """);
  }

  @Test
  void subQueriesBecomeJoins() {
    assertThat(
            explain(
                "SELECT origin FROM flights f WHERE EXISTS (SELECT 1 FROM airports a WHERE a.code = f.origin AND a.lat > 40)"))
        .isEqualTo(
            """
            Project columns=[$0]
              Join kind=INNER on=[left $0 = right $0]
                Scan table=flights columns=[origin] select=[origin]
                MergeAggregate keys=1
                  Scan table=Airports columns=[code, lat] filter=GT(lat, 40.0) groupBy=[code]
            """);
  }

  @Test
  void groupingSetsRollUpTheGroupsOfTheServers() {
    assertThat(
            explain(
                "SELECT origin, COUNT(*), AVG(delay), GROUPING(origin) FROM flights GROUP BY ROLLUP(origin)"))
        .isEqualTo(
            """
            Project columns=[$0, COALESCE($1, 0), DIVIDE(CAST($2 AS DOUBLE), CAST(NULLIF($3, 0) AS DOUBLE)), $4]
              Aggregate keys=[$0] sets=[[0], []] aggregates=[SUM($1), SUM($2), SUM($3), GROUPING(0)]
                MergeAggregate keys=1 aggregates=[COUNT, SUM, COUNT]
                  Scan table=flights columns=[origin, delay] groupBy=[origin] aggregates=[COUNT(*), SUM(delay), COUNT(delay)]
            """);
  }

  @Test
  void windowsReadOnlyWhatTheyNeed() {
    assertThat(
            explain(
                "SELECT origin, RANK() OVER (PARTITION BY dest ORDER BY delay) FROM flights WHERE delay IS NOT NULL"))
        .isEqualTo(
            """
            Project columns=[$0, $3]
              Window partition=[$1] order=[$2 ASC NULLS LAST] frame=RANGE START TO CURRENT aggregates=[RANK()]
                Scan table=flights columns=[origin, dest, delay] filter=IS_NOT_NULL(delay) select=[origin, dest, delay]
            """);
  }

  @Test
  void arraysCompareWithoutBeingNegatedAsScalars() {
    assertThat(
            explain(
                "SELECT 1 FROM flights WHERE tags <> 'x' AND NOT nums < 3 AND nums NOT IN (1, 2)"))
        .contains("AND(NOT(EQ(tags, 'x')), NOT(LT(nums, 3)), NOT(IN(nums, 1, 2)))");
  }

  @Test
  void nothingIsAskedOfServersForNoRows() {
    for (String sql :
        List.of(
            "SELECT * FROM flights WHERE 1 = 0",
            "SELECT * FROM flights LIMIT 0",
            "SELECT * FROM (SELECT * FROM flights) t WHERE 1=0 LIMIT 10",
            "SELECT f.* FROM flights f JOIN airports a ON f.origin = a.code WHERE FALSE")) {
      assertThat(explain(sql)).as(sql).isEqualTo("Values rows=0\n");
    }
    assertThat(columns("SELECT * FROM flights LIMIT 0").stream().map(OutputColumn::type))
        .contains(ColumnType.JSON, ColumnType.UUID);
  }

  @Test
  void constantsTakeTheTypeOfTheColumnTheyMeet() {
    assertThat(
            explain(
                "SELECT 1 FROM flights WHERE distance = 5 AND speed < 3 AND price > 1 AND ts >= '2024-01-01'"
                    + " AND id = '00000000-0000-0000-0000-0000000000ff' AND delay IN (1, 2)"))
        .contains(
            "EQ(distance, 5), LT(speed, 3.0), GT(price, 1), GE(ts, 1704067200000)",
            "EQ(id, x'000000000000000000000000000000ff')",
            "IN(delay, 1, 2)");
  }

  @Test
  void constantTimesAreComputedBeforehand() {
    assertThat(
            explain(
                "SELECT 1 FROM flights WHERE ts > TIMESTAMP '2024-03-31 00:00:00' - INTERVAL '1' MONTH"))
        .contains("GT(ts, 1709164800000)");
    assertThat(explain("SELECT 1 FROM flights WHERE ts > now() - INTERVAL '1' DAY"))
        .contains("GT(ts, ?1)");
  }

  @Test
  void columnsAreLabelledByAliasNameOrText() {
    assertThat(
            columns(
                    "SELECT ORIGIN, delay d, COUNT( * ), upper(dest) /* x */ || '!' FROM flights GROUP BY origin, delay, dest")
                .stream()
                .map(OutputColumn::label))
        .containsExactly("ORIGIN", "d", "COUNT( * )", "upper(dest) || '!'");
  }

  @Test
  void plainColumnsSayWhichTableTheyComeFrom() {
    assertThat(
            columns(
                "SELECT a.city, f.delay + 1 FROM flights f JOIN airports a ON f.origin = a.code"))
        .containsExactly(
            new OutputColumn("city", ColumnType.STRING, true, "Airports"),
            new OutputColumn("f.delay + 1", ColumnType.INT, true, null));
  }

  @Test
  void typesFollowPostgres() {
    assertThat(
            columns(
                    "SELECT SUM(delay), AVG(delay), delay / 2, delay * 1.5, delay + speed, SUM(speed), SUM(price), 7 / 2,"
                        + " COUNT(*), MIN(details), STDDEV(delay), CASE WHEN cancelled THEN 'x' ELSE 'yyy' END"
                        + " FROM flights GROUP BY delay, speed, cancelled")
                .stream()
                .map(OutputColumn::type))
        .containsExactly(
            ColumnType.LONG,
            ColumnType.DOUBLE,
            ColumnType.INT,
            ColumnType.BIG_DECIMAL,
            ColumnType.DOUBLE,
            ColumnType.DOUBLE,
            ColumnType.BIG_DECIMAL,
            ColumnType.INT,
            ColumnType.LONG,
            ColumnType.JSON,
            ColumnType.DOUBLE,
            ColumnType.STRING);
  }

  @Test
  void namesResolveWithSchemaAndCatalogInAnyCase() {
    for (String table :
        List.of(
            "flights",
            "FLIGHTS",
            "default.flights",
            "\"default\".\"flights\"",
            "cuvee.default.flights",
            "CUVEE.\"default\".Flights",
            "`cuvee`.`default`.`flights`")) {
      assertThat(explain("SELECT Origin FROM " + table))
          .as(table)
          .contains("table=flights columns=[origin]");
    }
    assertThat(explain("SELECT name FROM ops.metrics")).contains("table=ops.metrics");
    assertThat(explain("SELECT name FROM cuvee.ops.metrics")).contains("table=ops.metrics");
  }

  @Test
  void wordsThatBeginLiteralsMayNameColumns() {
    assertThat(
            columns(
                    "SELECT date, t.time, timestamp, uuid FROM (SELECT day AS date, ts AS time, ts AS timestamp, id AS uuid"
                        + " FROM flights) t WHERE date > DATE '2024-01-01' AND CAST(time AS DATE) < '2025-01-01'")
                .stream()
                .map(OutputColumn::label))
        .containsExactly("date", "time", "timestamp", "uuid");
  }

  @Test
  void explainKeepsLiteralsAndSaysItsKind() {
    PlannedStatement explained =
        new Planner(PlannerConfig.DEFAULT)
            .plan(
                "explain plan for SELECT origin FROM flights WHERE delay > 7;",
                Session.DEFAULT,
                CATALOG);
    assertThat(explained.kind()).isEqualTo(PlannedStatement.Kind.EXPLAIN_PLAN);
    assertThat(explained.plan().explain()).contains("GT(delay, 7)");
    assertThat(PLANNER.plan("EXPLAIN ANALYZE SELECT 1", Session.DEFAULT, CATALOG).kind())
        .isEqualTo(PlannedStatement.Kind.EXPLAIN_ANALYZE);
  }

  @Test
  void manyTermsAndDeepQueriesArePlanned() {
    StringBuilder terms = new StringBuilder("delay = 0");
    for (int i = 1; i < 1000; i++) {
      terms.append(" OR delay = ").append(i).append(" AND distance <> ").append(i);
    }
    assertThat(explain("SELECT 1 FROM flights WHERE " + terms)).startsWith("Scan");
    String nested = "SELECT * FROM (".repeat(60) + "SELECT origin FROM flights" + ") t".repeat(60);
    assertThat(explain(nested)).isEqualTo("Scan table=flights columns=[origin] select=[origin]\n");
    String doubled = "SELECT a0 AS a FROM (SELECT delay a0 FROM flights) t";
    for (int i = 0; i < 25; i++) {
      doubled = "SELECT a + a AS a FROM (" + doubled + ") t";
    }
    assertThat(explain(doubled)).contains("Scan");
  }
}
