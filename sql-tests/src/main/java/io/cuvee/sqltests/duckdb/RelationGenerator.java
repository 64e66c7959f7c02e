package io.cuvee.sqltests.duckdb;

import io.cuvee.sqltests.duckdb.QueryGenerator.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random queries over several tables, and over queries: joins of three, correlated sub-queries,
/// grouping sets, window frames, arrays, nested set operations, common tables. Where a query would
/// compare all rows with all, a range of ids keeps it short.
final class RelationGenerator {
  private static final List<String> JOINS =
      List.of("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");
  private static final List<String> KEYS =
      List.of("kind", "country", "paid", "\"day\"", "quantity");
  private static final List<String> COMPARISONS = List.of("=", "<>", "<", "<=", ">", ">=");

  private final Random shape;
  private final Random values;
  private final ExpressionGenerator plain;
  private final ExpressionGenerator outer;
  private final ExpressionGenerator inner;

  /// @param shape decides about everything but literals
  /// @param values decides about literals
  RelationGenerator(Random shape, Random values) {
    this.shape = shape;
    this.values = values;
    this.plain = new ExpressionGenerator(shape, values, "");
    this.outer = new ExpressionGenerator(shape, values, "e.");
    this.inner = new ExpressionGenerator(shape, values, "f.");
  }

  /// The next one.
  Query next() {
    return switch (shape.nextInt(10)) {
      case 0, 1 -> threeTables();
      case 2 -> groupingSets();
      case 3 -> frames();
      case 4 -> filteredBySubQuery();
      case 5 -> scalarSubQuery();
      case 6 -> elements();
      case 7 -> setOperations();
      case 8 -> commonTables();
      default -> lateral();
    };
  }

  private Query threeTables() {
    String third =
        switch (shape.nextInt(3)) {
          case 0 -> join() + " events f ON f.id = e.quantity" + and(inner);
          case 1 -> join() + " events f ON f.id = e.id + " + integer(-3, 3);
          default -> join() + " events f ON f.id = e.views AND f.kind = k.kind";
        };
    ExpressionGenerator keys = shape.nextBoolean() ? outer : inner;
    return new Query(
        "SELECT "
            + keys.key()
            + " AS a, k.label AS b, "
            + outer.aggregate()
            + " AS x, "
            + inner.aggregate()
            + " AS y, SUM(k.weight) AS z FROM events e "
            + join()
            + " kinds k ON e.kind = k.kind "
            + third
            + (shape.nextInt(3) == 0 ? "" : " WHERE " + outer.condition(1))
            + " GROUP BY 1, 2",
        false);
  }

  private Query groupingSets() {
    String a = pick(KEYS);
    String b = otherThan(a);
    String sets =
        switch (shape.nextInt(5)) {
          case 0 -> "ROLLUP (" + a + ", " + b + ")";
          case 1 -> "CUBE (" + a + ", " + b + ")";
          case 2 -> "GROUPING SETS ((" + a + ", " + b + "), (" + b + "), ())";
          case 3 -> "GROUPING SETS ((" + a + "), (" + b + "))";
          default -> a + ", ROLLUP (" + b + ")";
        };
    String sql =
        "SELECT "
            + a
            + " AS a, "
            + b
            + " AS b, GROUPING("
            + a
            + ") AS ga, GROUPING("
            + b
            + ") AS gb, "
            + plain.aggregate()
            + " AS x, "
            + plain.aggregate()
            + " AS y FROM events"
            + where(plain)
            + " GROUP BY "
            + sets;
    if (shape.nextInt(3) == 0) {
      sql += " HAVING COUNT(*) > " + integer(0, 50);
    }
    return shape.nextBoolean()
        ? new Query(sql, false)
        : new Query(
            sql
                + " ORDER BY a"
                + direction()
                + ", b"
                + direction()
                + ", ga, gb LIMIT "
                + integer(1, 60),
            true);
  }

  private Query frames() {
    boolean rows = shape.nextBoolean();
    String key = pick(List.of("quantity", "amount", "views", "id"));
    String start =
        pick(List.of("UNBOUNDED PRECEDING", "%s PRECEDING", "CURRENT ROW", "1 FOLLOWING"));
    String end = pick(List.of("UNBOUNDED FOLLOWING", "%s FOLLOWING"));
    if (shape.nextInt(3) == 0 && !start.endsWith("FOLLOWING")) {
      end = "CURRENT ROW";
    }
    String frame =
        " BETWEEN " + start.formatted(integer(0, 5)) + " AND " + end.formatted(integer(1, 6));
    String call =
        rows
            ? pick(
                List.of(
                    "SUM(quantity)",
                    "COUNT(kind)",
                    "MAX(moment)",
                    "MIN(visitor)",
                    "AVG(amount)",
                    "FIRST_VALUE(kind)",
                    "LAST_VALUE(quantity)",
                    "NTH_VALUE(visitor, 2)"))
            : pick(List.of("SUM(quantity)", "COUNT(*)", "MAX(price)", "MIN(id)"));
    String rank =
        pick(
            List.of(
                "DENSE_RANK()",
                "NTILE(4)",
                "LEAD(quantity, 2, -1)",
                "LAG(kind)",
                "PERCENT_RANK()",
                "CUME_DIST()"));
    String qualify =
        shape.nextInt(4) == 0
            ? " QUALIFY ROW_NUMBER() OVER (PARTITION BY country ORDER BY id) <= " + integer(1, 9)
            : "";
    return new Query(
        "SELECT id, "
            + call
            + " OVER (w ORDER BY "
            + key
            + direction()
            + (rows ? ", id ROWS" : " RANGE")
            + frame
            + ") AS a, "
            + rank
            + " OVER (w ORDER BY "
            + key
            + direction()
            + ", id) AS b FROM events WHERE "
            + ids("id", 3000)
            + " AND "
            + plain.condition(1)
            + " WINDOW w AS (PARTITION BY "
            + pick(KEYS)
            + ")"
            + qualify,
        false);
  }

  private Query filteredBySubQuery() {
    String correlation =
        pick(
            List.of(
                "f.visitor = e.visitor",
                "f.kind = e.kind AND f.country = e.country",
                "f.quantity = e.quantity AND f.id <> e.id",
                "f.visitor = e.visitor AND f.id > e.id"));
    String from = " FROM events f WHERE " + correlation + and(inner) + and(inner);
    String condition =
        switch (shape.nextInt(6)) {
          case 0, 1 -> maybeNot() + "EXISTS (SELECT 1" + from + ")";
          case 2 -> "e.quantity" + maybeNotIn() + "(SELECT f.quantity" + from + ")";
          case 3 -> "e.amount " + pick(COMPARISONS) + " (SELECT MAX(f.amount)" + from + ")";
          case 4 ->
              "e.quantity "
                  + pick(COMPARISONS)
                  + " "
                  + pick(List.of("ANY", "ALL"))
                  + " (SELECT k.weight FROM kinds k WHERE k.weight > "
                  + integer(-5, 8)
                  + ")";
          default ->
              "e.kind" + maybeNotIn() + "(SELECT k.kind FROM kinds k WHERE k.weight > e.quantity)";
        };
    return new Query(
        "SELECT "
            + outer.key()
            + " AS a, "
            + outer.aggregate()
            + " AS x FROM events e WHERE "
            + ids("e.id", 4000)
            + " AND "
            + condition
            + " GROUP BY 1",
        false);
  }

  private Query scalarSubQuery() {
    String aggregate =
        pick(
            List.of(
                "COUNT(*)", "COUNT(f.kind)", "SUM(f.quantity)", "MAX(f.moment)", "MIN(f.visitor)"));
    String key = pick(List.of("visitor", "kind", "country", "quantity"));
    return new Query(
        "SELECT e.id, (SELECT "
            + aggregate
            + " FROM events f WHERE f."
            + key
            + " = e."
            + key
            + and(inner)
            + ") AS x, "
            + outer.any(1)
            + " AS y FROM events e WHERE "
            + ids("e.id", 1500)
            + and(outer)
            + " ORDER BY x"
            + direction()
            + ", e.id LIMIT "
            + integer(1, 300),
        true);
  }

  private Query elements() {
    String unnested =
        pick(List.of(" CROSS JOIN UNNEST(e.tags) AS t(tag)", ", UNNEST(e.tags) AS t(tag)"));
    return shape.nextBoolean()
        ? new Query(
            "SELECT t.tag, "
                + outer.key()
                + " AS k, "
                + outer.aggregate()
                + " AS x, MAX(LENGTH(t.tag)) AS y FROM events e"
                + unnested
                + where(outer)
                + " GROUP BY 1, 2",
            false)
        : new Query(
            "SELECT e.id, t.tag FROM events e"
                + unnested
                + " WHERE "
                + ids("e.id", 2000)
                + and(outer)
                + " AND t.tag "
                + pick(COMPARISONS)
                + " 'magnum'",
            false);
  }

  private Query setOperations() {
    String a = simple();
    String b = simple();
    String c = simple();
    String sql =
        shape.nextBoolean()
            ? a + operation() + "(" + b + operation() + c + ")"
            : "(" + a + operation() + b + ")" + operation() + c;
    return switch (shape.nextInt(3)) {
      case 0 -> new Query(sql, false);
      case 1 ->
          new Query(
              "SELECT x, COUNT(*) AS n, MIN(y) AS least FROM (" + sql + ") t GROUP BY x", false);
      default ->
          new Query(
              "SELECT x, y FROM ("
                  + sql
                  + ") t ORDER BY x"
                  + direction()
                  + ", y"
                  + direction()
                  + " LIMIT "
                  + integer(1, 100),
              true);
    };
  }

  private String simple() {
    return switch (shape.nextInt(4)) {
      case 0 -> "SELECT kind AS x, weight AS y FROM kinds";
      case 1 ->
          "SELECT country AS x, MAX(quantity) AS y FROM events"
              + where(plain)
              + " GROUP BY country";
      default -> "SELECT kind AS x, quantity AS y FROM events WHERE " + plain.condition(1);
    };
  }

  private String operation() {
    return pick(
        List.of(
            " UNION ",
            " UNION ALL ",
            " INTERSECT ",
            " EXCEPT ",
            " INTERSECT ALL ",
            " EXCEPT ALL "));
  }

  private Query commonTables() {
    String common =
        "WITH g AS (SELECT kind, country, "
            + plain.aggregate()
            + " AS n, COUNT(*) AS c FROM events"
            + where(plain)
            + " GROUP BY kind, country)";
    return switch (shape.nextInt(3)) {
      case 0 ->
          new Query(
              common
                  + " SELECT x.kind, COUNT(*) AS n, MAX(x.n) AS a, MIN(y.n) AS b FROM g x "
                  + join()
                  + " g y ON x.country = y.country AND x.kind "
                  + pick(COMPARISONS)
                  + " y.kind GROUP BY x.kind",
              false);
      case 1 ->
          new Query(
              common
                  + ", h AS (SELECT kind, SUM(c) AS c FROM g GROUP BY kind) SELECT g.country,"
                  + " g.n, h.c FROM g, h WHERE g.kind = h.kind AND g.c * 2 > h.c",
              false);
      default ->
          new Query(
              common
                  + " SELECT country, COUNT(*) AS n FROM g WHERE c > (SELECT AVG(c) FROM g)"
                  + " GROUP BY country HAVING COUNT(*) >= (SELECT MIN(weight) FROM kinds)",
              false);
    };
  }

  private Query lateral() {
    return new Query(
        "SELECT e.id, t.id AS i, t.x FROM events e "
            + pick(List.of("JOIN LATERAL", "LEFT JOIN LATERAL"))
            + " (SELECT f.id, "
            + inner.any(1)
            + " AS x FROM events f WHERE f.country = e.country AND "
            + ids("f.id", 400)
            + and(inner)
            + " ORDER BY f.id"
            + pick(List.of("", " DESC"))
            + " LIMIT "
            + integer(1, 4)
            + ") t"
            + " ON TRUE WHERE "
            + ids("e.id", 60),
        false);
  }

  private String join() {
    return pick(JOINS);
  }

  private String maybeNot() {
    return shape.nextInt(3) == 0 ? "NOT " : "";
  }

  private String maybeNotIn() {
    return shape.nextInt(3) == 0 ? " NOT IN " : " IN ";
  }

  private String where(ExpressionGenerator expressions) {
    return shape.nextInt(3) == 0 ? "" : " WHERE " + expressions.condition(2);
  }

  private String and(ExpressionGenerator expressions) {
    return shape.nextInt(3) == 0 ? "" : " AND " + expressions.condition(1);
  }

  /// Some rows one after the other.
  private String ids(String column, int count) {
    int from = values.nextInt(0, 20_000 - count);
    return column + " BETWEEN " + from + " AND " + (from + count);
  }

  private String direction() {
    return pick(List.of("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"));
  }

  private String otherThan(String key) {
    List<String> others = new ArrayList<>(KEYS);
    others.remove(key);
    return pick(others);
  }

  private String integer(int from, int to) {
    return Integer.toString(values.nextInt(from, to + 1));
  }

  private <T> T pick(List<T> list) {
    return list.get(shape.nextInt(list.size()));
  }
}
