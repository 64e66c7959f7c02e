package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.logic.LogicTables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// ASOF joins of random rows give what DuckDB gives.
class TestAsOfJoins {
  private static final int ROWS = 60;

  @Test
  void eachLeftRowMeetsTheNearestRightRow() throws Exception {
    Random random = new Random(Long.getLong("cuvee.random.seed", 20_261_122));
    try (LogicTables tables = new LogicTables()) {
      tables.execute("CREATE TABLE l(id INTEGER, k INTEGER, s TEXT, t BIGINT, x DOUBLE)");
      tables.execute("CREATE TABLE r(id INTEGER, k INTEGER, s TEXT, t INTEGER, x DOUBLE)");
      tables.execute("CREATE TABLE e(id INTEGER, k INTEGER, t INTEGER)");
      for (int i = 0; i < ROWS; i++) {
        for (String table : List.of("l", "r")) {
          // Values of the right side are unique, so that there is one answer.
          String value = table.equals("l") ? number(random, 200) : unique(random, i);
          tables.execute(
              "INSERT INTO %s VALUES(%d, %s, '%c', %s, %s)"
                  .formatted(table, i, number(random, 4), 'a' + random.nextInt(2), value, value));
        }
      }
      for (String kind : List.of("", "LEFT ", "RIGHT ", "FULL ")) {
        for (String comparison : List.of(">=", ">", "<=", "<")) {
          for (String right : List.of("r", "(SELECT * FROM r WHERE id % 3 = 0)")) {
            check(tables, kind, right, "l.k = r.k", "l.t " + comparison + " r.t");
            check(tables, kind, right, "l.k = r.k AND r.s = l.s", "r.x " + comparison + " l.x");
          }
          check(tables, kind, "e", "l.k = r.k", "l.t " + comparison + " r.t");
        }
      }
    }
  }

  private static String number(Random random, int bound) {
    return random.nextInt(8) == 0 ? "NULL" : Integer.toString(random.nextInt(bound));
  }

  private static String unique(Random random, int row) {
    return random.nextInt(8) == 0 ? "NULL" : Integer.toString(row * 37 % 200);
  }

  private static void check(
      LogicTables tables, String kind, String right, String on, String nearest) throws Exception {
    String head = "SELECT l.id, l.t, r.id, r.t FROM l ASOF " + kind + "JOIN " + right + " AS r ";
    same(tables, head + "ON " + on + " AND " + nearest);
    if (kind.isEmpty() || kind.equals("LEFT ")) {
      same(
          tables,
          head + "ON " + on + " AND " + nearest,
          head.replace("ASOF LEFT", "LEFT ASOF") + "MATCH_CONDITION " + nearest + " ON " + on);
    }
  }

  private static void same(LogicTables tables, String sql) throws Exception {
    same(tables, sql, sql);
  }

  private static void same(LogicTables tables, String duckDb, String sql) throws Exception {
    Rows expected = tables.expected(duckDb);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    tables.query(sql).forEach(row -> rows.add(Arrays.asList(row)));
    assertThat(SameRows.difference(expected, new Rows(expected.columns(), rows), false))
        .as(sql)
        .isEmpty();
  }

  /// Values of the right side are unique for a key, so that there is one answer.
  @Test
  void theComparisonMayStandAnywhereInOnOrLastInUsing() throws Exception {
    try (LogicTables tables = new LogicTables()) {
      tables.execute("CREATE TABLE l(k INTEGER, t DOUBLE, v INTEGER)");
      tables.execute("CREATE TABLE r(k INTEGER, t INTEGER, p TEXT)");
      tables.execute(
          "INSERT INTO l VALUES (1,1,0), (1,3,1), (1,6,2), (2,8,3), (2,NULL,4), (NULL,5,5), (3,4,6)");
      tables.execute(
          "INSERT INTO r VALUES (1,0,'a'), (1,3,'b'), (1,5,'c'), (2,9,'d'), (2,4,'e'), (NULL,7,'f'),"
              + " (2,NULL,'g')");
      for (String rest :
          List.of(
              "l ASOF INNER JOIN r ON r.t <= l.t AND l.k = r.k",
              "l ASOF LEFT OUTER JOIN r ON l.k + 0 = r.k AND l.t - 1 >= r.t * 1",
              "l ASOF JOIN r ON l.t >= r.t",
              "l ASOF LEFT JOIN r ON l.k = r.k AND l.t >= r.t AND p <> 'b'",
              "l ASOF LEFT JOIN r ON l.k = r.k AND l.t >= r.t AND l.t - r.t < 2",
              "l ASOF LEFT JOIN r ON (l.k = r.k OR l.v = 5) AND r.t > l.t",
              "l ASOF LEFT JOIN r ON l.k = r.k AND l.t < r.t AND l.v > 0",
              "l ASOF LEFT JOIN r USING (k, t)",
              "l ASOF RIGHT JOIN r ON l.k = r.k AND l.t >= r.t",
              "l ASOF FULL OUTER JOIN r ON l.k = r.k AND l.t < r.t",
              "l ASOF FULL JOIN (SELECT * FROM r WHERE k > 5) AS s ON l.k = s.k AND l.t >= s.t",
              "(SELECT * FROM l WHERE k > 5) AS s ASOF RIGHT JOIN r ON s.k = r.k AND s.t > r.t",
              "l ASOF JOIN (SELECT k, t + 1 AS t FROM r) AS q USING (k, t) ASOF LEFT JOIN r USING (k, t)",
              "l ASOF LEFT JOIN r ON l.k = r.k AND l.t >= r.t"
                  + " ASOF LEFT JOIN r AS s ON l.k = s.k AND l.t <= s.t")) {
        same(tables, "SELECT * FROM " + rest);
      }
      same(tables, "SELECT t, v, p FROM l ASOF JOIN r USING (t)");
      same(
          tables,
          "SELECT l.v, r.p FROM l ASOF JOIN r ON l.k = r.k AND l.t >= r.t"
              + " WHERE l.v >= (SELECT MIN(m.v) FROM l AS m WHERE m.k = l.k AND m.t >= r.t)");
      same(
          tables,
          "SELECT v, (SELECT MAX(p) FROM l AS m ASOF JOIN r USING (k, t) WHERE m.k = l.k) FROM l");
      for (String rest :
          List.of("r ON l.k = r.k", "r ON l.k > r.k AND l.t > r.t", "r ON l.k = r.k AND l.t > 3")) {
        assertThatThrownBy(() -> tables.query("SELECT 1 FROM l ASOF JOIN " + rest))
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SQL_VALIDATION))
            .hasMessageContaining("exactly one comparison of both sides");
      }
    }
  }

  @Test
  void conditionsOnTheResultAreNotAboutTheCandidates() throws Exception {
    try (LogicTables tables = new LogicTables()) {
      tables.execute("CREATE TABLE l(k INTEGER, t INTEGER)");
      tables.execute("CREATE TABLE r(k INTEGER, t INTEGER, v TEXT)");
      tables.execute("INSERT INTO l VALUES (1, 10), (1, 20)");
      tables.execute("INSERT INTO r VALUES (1, 5, 'a'), (1, 15, 'b')");
      String join = " FROM l ASOF JOIN r MATCH_CONDITION l.t >= r.t ON l.k = r.k ";
      assertThat(tables.query("SELECT l.t, r.v" + join + "WHERE r.v = 'a'"))
          .containsExactly(new Object[] {10L, "a"});
      assertThat(tables.query("SELECT count(*)" + join + "WHERE l.t > 10"))
          .containsExactly(new Object[] {1L});
      for (String rest :
          List.of(
              "ASOF FULL JOIN r MATCH_CONDITION l.t > r.t ON l.k = r.k",
              "ASOF RIGHT JOIN r ON l.k = r.k AND l.t > r.t AND r.v = 'a'",
              "ASOF RIGHT JOIN r USING (k, t)",
              "ASOF SEMI JOIN r USING (k, t)")) {
        assertThatThrownBy(() -> tables.query("SELECT 1 FROM l " + rest))
            .isInstanceOfSatisfying(
                CuveeException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.FEATURE_NOT_SUPPORTED));
      }
    }
  }
}
