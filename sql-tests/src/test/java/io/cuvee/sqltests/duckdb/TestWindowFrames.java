package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Frames that go by values, and IGNORE NULLS, against DuckDB: keys of all types, in both orders,
/// with NULLs at both ends.
@ExtendWith(ClusterExtension.class)
class TestWindowFrames {
  /// A key and distances that suit it.
  private static final List<List<String>> KEYS =
      List.of(
          List.of("id", "3", "2"),
          List.of("quantity", "5", "0"),
          List.of("views", "100", "2000"),
          List.of("amount", "1.5", "0.25"),
          List.of("ratio", "0.1", "0.05"),
          List.of("price", "10.5", "3"),
          List.of("moment", "INTERVAL '12' HOUR", "INTERVAL '3' DAY"),
          List.of("moment", "INTERVAL '1' MONTH", "INTERVAL '1' YEAR"),
          List.of("\"day\"", "INTERVAL '2' DAY", "INTERVAL '1' MONTH"));

  private static final List<String> ORDERS =
      List.of("", " NULLS FIRST", " DESC NULLS LAST", " DESC NULLS FIRST");

  /// `%1$s` and `%2$s` are distances.
  private static final List<String> FRAMES =
      List.of(
          "BETWEEN %1$s PRECEDING AND %2$s FOLLOWING",
          "BETWEEN %2$s PRECEDING AND %1$s PRECEDING",
          "BETWEEN %1$s FOLLOWING AND %2$s FOLLOWING",
          "BETWEEN UNBOUNDED PRECEDING AND %1$s PRECEDING",
          "BETWEEN CURRENT ROW AND %1$s FOLLOWING",
          "BETWEEN %2$s FOLLOWING AND UNBOUNDED FOLLOWING",
          "%1$s PRECEDING");

  private static DuckDb duckDb;

  @BeforeAll
  static void load() throws SQLException, IOException {
    duckDb = DuckDb.open();
    duckDb.load(Fixture.events());
  }

  @AfterAll
  static void close() throws SQLException {
    duckDb.close();
  }

  private static void compare(SharedCluster cluster, List<List<String>> statements)
      throws SQLException {
    List<String> differences = new ArrayList<>();
    try (Connection connection = cluster.connect()) {
      for (List<String> statement : statements) {
        String sql = statement.getFirst();
        try {
          String difference =
              SameRows.difference(
                  duckDb.query(statement.getLast()), Rows.query(connection, sql), false, 1e-9);
          if (!difference.isEmpty()) {
            differences.add(sql + "\n" + difference);
          }
        } catch (SQLException e) {
          differences.add(sql + "\n" + e.getSQLState() + ": " + e.getMessage());
        }
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void framesByValuesHoldTheSameRows(SharedCluster cluster) throws SQLException {
    List<List<String>> statements = new ArrayList<>();
    for (int k = 0; k < KEYS.size(); k++) {
      List<String> key = KEYS.get(k);
      for (int f = 0; f < FRAMES.size(); f++) {
        for (int o = (k + f) % 2; o < ORDERS.size(); o += 2) {
          statements.add(
              List.of(
                  "SELECT id, COUNT(*) OVER w AS n, SUM(id) OVER w AS s, MAX(kind) OVER w AS m"
                      + " FROM events WHERE id < 250 WINDOW w AS (PARTITION BY paid ORDER BY "
                      + key.get(0)
                      + ORDERS.get(o)
                      + " RANGE "
                      + FRAMES.get(f).formatted(key.get(1), key.get(2))
                      + ")"));
        }
      }
    }
    compare(cluster, statements);
  }

  @Test
  void rowsAreLeftOut(SharedCluster cluster) throws SQLException {
    List<List<String>> statements = new ArrayList<>();
    for (String frame :
        List.of(
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            "ROWS BETWEEN 3 PRECEDING AND 2 FOLLOWING",
            "ROWS BETWEEN 1 FOLLOWING AND 4 FOLLOWING",
            "RANGE UNBOUNDED PRECEDING",
            "RANGE BETWEEN 2 PRECEDING AND 5 FOLLOWING")) {
      for (String excluded : List.of("NO OTHERS", "CURRENT ROW", "GROUP", "TIES")) {
        for (String order : ORDERS) {
          String over =
              " OVER (PARTITION BY country ORDER BY quantity%s %s EXCLUDE %s)"
                  .formatted(order, frame, excluded);
          statements.add(
              List.of(
                  ("SELECT country, quantity, COUNT(*)%1$s AS n, SUM(quantity)%1$s AS s,"
                          + " MIN(quantity)%1$s AS m, FIRST_VALUE(quantity)%1$s AS f,"
                          + " LAST_VALUE(quantity)%1$s AS l, NTH_VALUE(quantity, 3)%1$s AS t"
                          + " FROM events WHERE id < 400")
                      .formatted(over)));
        }
      }
    }
    compare(cluster, statements);
  }

  @Test
  void nullsAreIgnored(SharedCluster cluster) throws SQLException {
    List<List<String>> statements = new ArrayList<>();
    for (String call :
        List.of(
            "LAG(quantity%s)",
            "LAG(kind, 2%s)",
            "LEAD(quantity, 3, -1%s)",
            "FIRST_VALUE(kind%s)",
            "LAST_VALUE(quantity%s)",
            "NTH_VALUE(visitor, 2%s)")) {
      for (String frame :
          List.of(
              "",
              " ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING",
              " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
              " RANGE BETWEEN 4 PRECEDING AND 2 FOLLOWING")) {
        if (!frame.isEmpty() && (call.startsWith("LAG") || call.startsWith("LEAD"))) {
          continue;
        }
        String over = " OVER (PARTITION BY country ORDER BY id" + frame + ") AS a";
        String from = " FROM events WHERE id < 500";
        statements.add(
            List.of(
                "SELECT id, " + call.formatted("") + " IGNORE NULLS" + over + from,
                "SELECT id, " + call.formatted(" IGNORE NULLS") + over + from));
      }
    }
    compare(cluster, statements);
  }
}
