package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whatever a condition is, each row passes it, or its negation, or it is NULL for the row: the
/// rows of the three queries together are those without a condition ("ternary logic partitioning",
/// Rigger and Su 2020). Needs no other database, so that a fault that both had would show.
@ExtendWith(ClusterExtension.class)
class TestPartitions {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122);
  private static final int SHAPES = Math.max(1, Integer.getInteger("cuvee.random.shapes", 150) / 2);
  private static final int FAILURES_SHOWN = 10;

  /// `%s` is the condition's place; its rows of all three parts together are those without.
  private static final List<String> PLAIN =
      List.of(
          "SELECT id, kind, quantity FROM events e WHERE id < 2000 AND %s",
          "SELECT e.id, k.label FROM events e LEFT JOIN kinds k ON e.kind = k.kind WHERE e.id < 1500"
              + " AND %s",
          "SELECT e.kind, e.id FROM events e JOIN (SELECT kind, MAX(weight) AS w FROM kinds GROUP"
              + " BY kind) m ON m.kind = e.kind WHERE e.id > 19000 AND %s");

  /// The same of aggregates, each of which follows from those of the parts.
  private static final String TOTALS =
      "SELECT COUNT(*) AS n, COUNT(kind) AS k, SUM(quantity) AS s, MIN(amount) AS l, MAX(moment) AS"
          + " g, BIT_XOR(id) AS x FROM events e WHERE %s";

  @Test
  void threePartsAreTheWhole(SharedCluster cluster) throws SQLException {
    List<String> failures = new ArrayList<>();
    try (Connection connection = cluster.connect()) {
      for (int i = 0; i < SHAPES; i++) {
        Random shape = new Random(SEED + i);
        String condition = "(" + new ExpressionGenerator(shape, shape, "e.").condition(2) + ")";
        List<String> parts = List.of(condition, "NOT " + condition, condition + " IS NULL");
        for (String form : PLAIN) {
          String failure = compare(connection, form, parts);
          if (!failure.isEmpty()) {
            failures.add(form.formatted(condition) + "\n" + failure);
          }
        }
        String together =
            "SELECT SUM(n) AS n, SUM(k) AS k, SUM(s) AS s, MIN(l) AS l, MAX(g) AS g, BIT_XOR(x) AS x"
                + " FROM ("
                + String.join(" UNION ALL ", parts.stream().map(TOTALS::formatted).toList())
                + ") t";
        String failure =
            SameRows.difference(
                Rows.query(connection, TOTALS.formatted("TRUE")),
                Rows.query(connection, together),
                true);
        if (!failure.isEmpty()) {
          failures.add(TOTALS.formatted(condition) + "\n" + failure);
        }
      }
    }
    assertThat(failures.stream().limit(FAILURES_SHOWN))
        .as("%d failures, -Dcuvee.random.seed=%d", failures.size(), SEED)
        .isEmpty();
  }

  private static String compare(Connection connection, String form, List<String> parts)
      throws SQLException {
    Rows whole = Rows.query(connection, form.formatted("TRUE"));
    Rows all = new Rows(whole.columns(), new ArrayList<>());
    for (String part : parts) {
      List<List<@Nullable Object>> cells = new ArrayList<>(all.cells());
      cells.addAll(Rows.query(connection, form.formatted(part)).cells());
      all = new Rows(whole.columns(), cells);
    }
    return SameRows.difference(whole, all, false);
  }
}
