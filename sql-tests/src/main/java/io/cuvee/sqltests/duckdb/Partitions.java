package io.cuvee.sqltests.duckdb;

import io.cuvee.sqltests.cluster.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Whatever a condition is, each row passes it, or its negation, or it is NULL for the row: the
/// rows of the three queries together are those without a condition ("ternary logic partitioning",
/// Rigger and Su 2020). Needs no other database, so that a fault that both had would show.
public final class Partitions {
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

  private Partitions() {}

  /// How many queries one condition is checked in.
  public static int forms() {
    return PLAIN.size() + 1;
  }

  /// Each form of query whose parts are not the whole, with the condition and what differs.
  public static List<String> differences(Connection connection, Random random) throws SQLException {
    String condition = "(" + new ExpressionGenerator(random, random, "e.").condition(2) + ")";
    List<String> parts = List.of(condition, "NOT " + condition, condition + " IS NULL");
    List<String> differences = new ArrayList<>();
    for (String form : PLAIN) {
      Rows whole = Rows.query(connection, form.formatted("TRUE"));
      List<List<@Nullable Object>> cells = new ArrayList<>();
      for (String part : parts) {
        cells.addAll(Rows.query(connection, form.formatted(part)).cells());
      }
      add(differences, form, condition, whole, new Rows(whole.columns(), cells));
    }
    String together =
        "SELECT SUM(n) AS n, SUM(k) AS k, SUM(s) AS s, MIN(l) AS l, MAX(g) AS g, BIT_XOR(x) AS x"
            + " FROM ("
            + String.join(" UNION ALL ", parts.stream().map(TOTALS::formatted).toList())
            + ") t";
    add(
        differences,
        TOTALS,
        condition,
        Rows.query(connection, TOTALS.formatted("TRUE")),
        Rows.query(connection, together));
    return differences;
  }

  private static void add(
      List<String> differences, String form, String condition, Rows whole, Rows parts) {
    String difference = SameRows.difference(whole, parts, false);
    if (!difference.isEmpty()) {
      differences.add(form.formatted(condition) + "\n" + difference);
    }
  }
}
