package io.cuvee.sqltests.duckdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/// Random queries over `events` and `kinds`. The order of rows that a limit cuts is always
/// complete, so that every query has one right answer.
public final class QueryGenerator {
  /// Queries that differ in their literals only, one after the other.
  public static final int VALUES_OF_A_SHAPE = 8;

  private final Random shape;
  private final ExpressionGenerator plain;
  private final ExpressionGenerator joined;
  private final RelationGenerator relations;
  private final NestedGenerator nested;
  private final Random values;

  /// The query of a number. It depends on nothing but these two.
  public static Query query(long seed, long number) {
    return new QueryGenerator(
            random(seed + number / VALUES_OF_A_SHAPE), random(seed ^ Long.reverse(number)))
        .next();
  }

  /// Seeds side by side give unlike numbers, which those of `Random` alone do not.
  public static Random random(long seed) {
    return new Random(new SplittableRandom(seed).nextLong());
  }

  /// @param shape decides about everything but literals
  /// @param values decides about literals
  QueryGenerator(Random shape, Random values) {
    this.shape = shape;
    this.values = values;
    this.plain = new ExpressionGenerator(shape, values, "");
    this.joined = new ExpressionGenerator(shape, values, "e.");
    this.relations = new RelationGenerator(shape, values);
    this.nested = new NestedGenerator(shape, values);
  }

  /// @param ordered whether the rows come in one order only
  public record Query(String sql, boolean ordered) {}

  /// The next one.
  public Query next() {
    return switch (shape.nextInt(28)) {
      case 0, 1, 2, 3 -> groups(plain, "events");
      case 4, 5 -> rows();
      case 6 -> distinct();
      case 7 -> groups(joined, "events e " + join() + " kinds k ON e.kind = k.kind");
      case 8 -> groupsOfGroups();
      case 9 -> setOperation();
      case 10 -> window();
      case 11, 12, 13, 14, 15, 16 -> relations.next();
      case 17 -> total();
      default -> nested.next();
    };
  }

  private Query total() {
    return new Query(
        "SELECT " + aggregates(plain, shape.nextInt(1, 5)) + " FROM events" + where(plain), true);
  }

  private Query groups(ExpressionGenerator expressions, String from) {
    int keyCount = shape.nextInt(1, 4);
    List<String> keys = new ArrayList<>();
    List<String> selected = new ArrayList<>();
    List<String> order = new ArrayList<>();
    for (int i = 1; i <= keyCount; i++) {
      String key = expressions.key();
      keys.add(key);
      selected.add(key + " AS k" + i);
      order.add("k" + i + direction());
    }
    int count = shape.nextInt(1, 4);
    StringBuilder sql =
        new StringBuilder("SELECT ")
            .append(String.join(", ", selected))
            .append(", ")
            .append(aggregates(expressions, count))
            .append(" FROM ")
            .append(from)
            .append(where(expressions))
            .append(" GROUP BY ")
            .append(String.join(", ", keys));
    if (shape.nextInt(4) == 0) {
      sql.append(" HAVING COUNT(*) > ").append(values.nextInt(40));
    }
    if (shape.nextInt(3) != 0) {
      return new Query(sql.toString(), false);
    }
    if (shape.nextBoolean()) {
      order.addFirst("a" + shape.nextInt(1, count + 1) + direction());
    }
    return new Query(sql.append(orderAndLimit(order)).toString(), true);
  }

  private Query rows() {
    List<String> selected = new ArrayList<>();
    List<String> order = new ArrayList<>();
    int count = shape.nextInt(1, 5);
    for (int i = 1; i <= count; i++) {
      selected.add(plain.any(1) + " AS c" + i);
    }
    for (int i = shape.nextInt(3); i > 0; i--) {
      order.add(
          (shape.nextBoolean() ? "c" + shape.nextInt(1, count + 1) : plain.any(1)) + direction());
    }
    order.add("id" + direction());
    return new Query(
        "SELECT id, "
            + String.join(", ", selected)
            + " FROM events"
            + where(plain)
            + orderAndLimit(order),
        true);
  }

  private Query distinct() {
    String keys = plain.key() + " AS a, " + plain.key() + " AS b";
    String sql = "SELECT DISTINCT " + keys + " FROM events" + where(plain);
    return shape.nextBoolean()
        ? new Query(sql, false)
        : new Query(sql + orderAndLimit(List.of("a" + direction(), "b" + direction())), true);
  }

  private Query groupsOfGroups() {
    return new Query(
        "SELECT n, COUNT(*) AS groups_, MIN(k) AS least FROM (SELECT "
            + plain.key()
            + " AS k, "
            + plain.aggregate()
            + " AS n FROM events"
            + where(plain)
            + " GROUP BY 1) t GROUP BY n",
        false);
  }

  private Query setOperation() {
    String key = "quantity, kind";
    String operation =
        List.of(
                " UNION ",
                " UNION ALL ",
                " INTERSECT ",
                " EXCEPT ",
                " INTERSECT ALL ",
                " EXCEPT ALL ")
            .get(shape.nextInt(6));
    return new Query(
        "SELECT "
            + key
            + " FROM events WHERE "
            + plain.condition(1)
            + operation
            + "SELECT "
            + key
            + " FROM events WHERE "
            + plain.condition(1),
        false);
  }

  private Query window() {
    String over =
        "OVER (PARTITION BY " + plain.key() + " ORDER BY " + plain.any(0) + direction() + ", id)";
    String call =
        List.of(
                "ROW_NUMBER() ",
                "RANK() ",
                "SUM(quantity) ",
                "COUNT(kind) ",
                "MAX(amount) ",
                "LAG(id) ",
                "FIRST_VALUE(visitor) ")
            .get(shape.nextInt(7));
    return new Query(
        "SELECT id, " + call + over + " AS w FROM events" + where(plain) + " ORDER BY id LIMIT 500",
        true);
  }

  private String join() {
    return List.of("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN").get(shape.nextInt(4));
  }

  private String aggregates(ExpressionGenerator expressions, int count) {
    List<String> aggregates = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      aggregates.add(expressions.aggregate() + " AS a" + i);
    }
    return String.join(", ", aggregates);
  }

  private String where(ExpressionGenerator expressions) {
    return shape.nextInt(4) == 0 ? "" : " WHERE " + expressions.condition(2);
  }

  private String direction() {
    return List.of("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST").get(shape.nextInt(5));
  }

  private String orderAndLimit(List<String> order) {
    String sql = " ORDER BY " + String.join(", ", order);
    if (shape.nextInt(4) != 0) {
      sql += " LIMIT " + values.nextInt(1, 200);
      if (shape.nextInt(3) == 0) {
        sql += " OFFSET " + values.nextInt(0, 100);
      }
    }
    return sql;
  }
}
