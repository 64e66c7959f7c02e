package io.cuvee.sqltests.duckdb;

import io.cuvee.sqltests.duckdb.QueryGenerator.Query;
import io.cuvee.sqltests.duckdb.Scope.Column;
import io.cuvee.sqltests.duckdb.Scope.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Random queries that nest freely: a table may be a query, a join or a common table, a value may
/// be a sub-query that looks at the rows around it. Where a limit cuts rows, they are in the order
/// of all their columns; numbers of rows are estimated, so that no query compares too many.
final class NestedGenerator {
  private static final int DEPTH = 2;
  private static final int EVENTS = 20_000;
  private static final int ROWS = 600;
  private static final int SUB_QUERY_ROWS = 80;
  private static final int MANY_ROWS = 40_000;

  private final Random shape;
  private final Random values;
  private final ValueGenerator expressions;
  private final List<Relation> commonTables = new ArrayList<>();
  private int names;

  /// @param shape decides about everything but literals
  /// @param values decides about literals
  NestedGenerator(Random shape, Random values) {
    this.shape = shape;
    this.values = values;
    this.expressions = new ValueGenerator(shape, values, this::subQuery);
  }

  /// What a FROM names.
  ///
  /// @param identity columns that tell its rows apart; equal rows are equal in all columns
  /// @param filter what the WHERE has to say, or nothing
  /// @param rows how many at most, about
  private record Relation(
      String sql, List<Column> columns, List<Column> identity, String filter, int rows) {}

  /// A query without order.
  ///
  /// @param columns by the names that it gives them
  private record Body(String sql, List<Column> columns, int rows) {}

  /// The next one.
  Query next() {
    names = 0;
    commonTables.clear();
    List<String> definitions = new ArrayList<>();
    for (int i = shape.nextInt(8) / 3; i > 0; i--) {
      Body body = body(1, List.of(), anyTypes(), ROWS);
      String name = name("g");
      definitions.add(name + " AS (" + body.sql + ")");
      commonTables.add(new Relation(name, body.columns, body.columns, "", body.rows));
    }
    Body body = body(DEPTH, List.of(), anyTypes(), ROWS);
    String sql = body.sql;
    if (!definitions.isEmpty()) {
      sql = "WITH " + String.join(", ", definitions) + " " + sql;
    }
    return shape.nextBoolean()
        ? new Query(sql, false)
        : new Query(sql + ordered(body.columns.size()), true);
  }

  private List<Type> anyTypes() {
    return IntStream.range(0, shape.nextInt(1, 5)).mapToObj(i -> anyType()).toList();
  }

  private Type anyType() {
    return pick(Scope.SCALARS);
  }

  /// A query in parentheses for an expression.
  ///
  /// @param outer columns that it may look at
  /// @param isScalar whether it gives one row at most
  private String subQuery(int depth, Scope outer, Type type, boolean isScalar) {
    if (!isScalar) {
      return "(" + body(depth, outer.visible(), List.of(type), SUB_QUERY_ROWS).sql + ")";
    }
    Relation from = from(depth - 1, SUB_QUERY_ROWS);
    Scope scope = new Scope(from.columns, outer.visible());
    // An aggregate of nothing but outer columns would be one of the outer query.
    return "(SELECT "
        + expressions.aggregate(type, new Scope(from.columns, List.of()), 0)
        + " FROM "
        + from.sql
        + where(from, scope, depth)
        + ")";
  }

  /// @param outer columns of the queries around it that it may look at
  /// @param rows about how many it may read
  private Body body(int depth, List<Column> outer, List<Type> types, int rows) {
    return switch (shape.nextInt(depth > 0 ? 8 : 6)) {
      case 0, 1 -> selected(depth, outer, types, rows);
      case 2, 3 -> grouped(depth, outer, types, rows);
      case 4 -> windows(depth, outer, types, rows);
      case 5 -> limited(depth, outer, types, rows);
      default -> combined(depth, outer, types, rows);
    };
  }

  private Body selected(int depth, List<Column> outer, List<Type> types, int rows) {
    Relation from = from(depth, rows);
    Scope scope = new Scope(from.columns, outer);
    String distinct = shape.nextInt(4) == 0 ? "DISTINCT " : "";
    return body(
        "SELECT " + distinct,
        types,
        i -> expressions.of(types.get(i), scope, depth),
        " FROM " + from.sql + where(from, scope, depth),
        from.rows);
  }

  private Body grouped(int depth, List<Column> outer, List<Type> types, int rows) {
    Relation from = from(depth, rows);
    Scope scope = new Scope(from.columns, outer);
    // Keys see no outer column: a group may not depend on them.
    Scope own = new Scope(from.columns, List.of());
    int keys = shape.nextInt(types.size() + 1);
    List<String> keyTexts =
        types.subList(0, keys).stream()
            .map(type -> notOrdinal(expressions.key(type, own)))
            .toList();
    String having =
        shape.nextInt(3) == 0
            ? " HAVING "
                + expressions.aggregate(Type.INTEGER, own, 0)
                + pick(ValueGenerator.COMPARISONS)
                + expressions.literal(Type.INTEGER)
            : "";
    return body(
        "SELECT ",
        types,
        i ->
            i < keys
                ? keyTexts.get(i)
                : expressions.aggregate(types.get(i), own, Math.min(depth, 1)),
        " FROM " + from.sql + where(from, scope, depth) + groups(keyTexts) + having,
        keys == 0 ? 1 : Math.min(from.rows, 200));
  }

  /// GROUP BY takes a number for the position of a column.
  private static String notOrdinal(String key) {
    return key.matches("-? ?[0-9]+") ? "CAST(" + key + " AS BIGINT)" : key;
  }

  private String groups(List<String> keys) {
    if (keys.isEmpty()) {
      return "";
    }
    String all = String.join(", ", keys);
    return " GROUP BY "
        + switch (shape.nextInt(6)) {
          case 0 -> "ROLLUP (" + all + ")";
          case 1 -> "CUBE (" + all + ")";
          case 2 -> "GROUPING SETS ((" + all + "), (" + keys.getFirst() + "), ())";
          case 3 -> all;
          default ->
              IntStream.rangeClosed(1, keys.size())
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining(", "));
        };
  }

  private Body windows(int depth, List<Column> outer, List<Type> types, int rows) {
    Relation from = from(depth, rows);
    Scope scope = new Scope(from.columns, outer);
    Scope own = new Scope(from.columns, List.of());
    String order =
        from.identity.stream()
            .map(column -> column.sql() + direction())
            .collect(Collectors.joining(", "));
    String qualify =
        shape.nextInt(3) == 0
            ? " QUALIFY "
                + expressions.window(Type.INTEGER, own, order)
                + pick(ValueGenerator.COMPARISONS)
                + expressions.literal(Type.INTEGER)
            : "";
    return body(
        "SELECT ",
        types,
        i ->
            shape.nextBoolean()
                ? expressions.window(types.get(i), own, order)
                : expressions.of(types.get(i), scope, 0),
        " FROM " + from.sql + where(from, scope, 0) + qualify,
        from.rows);
  }

  private Body limited(int depth, List<Column> outer, List<Type> types, int rows) {
    Body body =
        depth > 0 ? body(depth - 1, List.of(), types, rows) : selected(0, outer, types, rows);
    String name = name("l");
    List<Column> inner = renamed(body.columns, name);
    return body(
        "SELECT ",
        types,
        i -> inner.get(i).sql(),
        " FROM (" + body.sql + ordered(types.size()) + ") " + name,
        body.rows);
  }

  private Body combined(int depth, List<Column> outer, List<Type> types, int rows) {
    Body left = body(depth - 1, outer, types, rows);
    Body right = body(depth - 1, List.of(), types, rows);
    String operation =
        pick(List.of("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"));
    String name = name("u");
    List<Column> inner = renamed(left.columns, name);
    return body(
        "SELECT ",
        types,
        i -> inner.get(i).sql(),
        " FROM ((" + left.sql + ") " + operation + " (" + right.sql + ")) " + name,
        left.rows + right.rows);
  }

  private Body body(
      String select, List<Type> types, IntFunction<String> expression, String rest, int rows) {
    List<Column> columns = new ArrayList<>();
    List<String> selected = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      String name = name("c");
      columns.add(new Column(name, types.get(i)));
      selected.add(expression.apply(i) + " AS " + name);
    }
    return new Body(select + String.join(", ", selected) + rest, columns, rows);
  }

  private String where(Relation from, Scope scope, int depth) {
    List<String> conditions = new ArrayList<>();
    if (!from.filter.isEmpty()) {
      conditions.add(from.filter);
    }
    for (int i = shape.nextInt(3); i > 0; i--) {
      conditions.add(expressions.condition(scope, depth));
    }
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  /// What follows a FROM.
  private Relation from(int depth, int rows) {
    if (depth <= 0 || shape.nextInt(3) == 0) {
      return table(depth, rows);
    }
    int part = Math.min(rows, 200);
    Relation joined = table(depth - 1, part);
    for (int i = shape.nextInt(1, 3); i > 0; i--) {
      joined = join(joined, depth, part);
    }
    return joined;
  }

  private Relation join(Relation left, int depth, int rows) {
    if (shape.nextInt(8) == 0) {
      return unnested(left);
    }
    Relation right = table(depth - 1, rows);
    if ((long) left.rows * right.rows > MANY_ROWS) {
      right = small();
    }
    if ((long) left.rows * right.rows > MANY_ROWS) {
      return left;
    }
    List<Column> both = new ArrayList<>(left.columns);
    both.addAll(right.columns);
    String kind =
        pick(
            List.of(
                " JOIN ",
                " JOIN ",
                " LEFT JOIN ",
                " LEFT JOIN ",
                " RIGHT JOIN ",
                " FULL JOIN ",
                " SEMI JOIN ",
                " ANTI JOIN "));
    String condition =
        expressions.equality(left.columns, right.columns)
            + (shape.nextInt(3) == 0
                ? " AND " + expressions.condition(new Scope(both, List.of()), 0)
                : "");
    boolean isLeftOnly = kind.contains("SEMI") || kind.contains("ANTI");
    List<Column> identity = new ArrayList<>(left.identity);
    identity.addAll(right.identity);
    // A condition on one side in WHERE would make outer joins inner ones.
    String filter =
        left.filter.isEmpty() || right.filter.isEmpty()
            ? left.filter + right.filter
            : left.filter + " AND " + right.filter;
    if (isLeftOnly) {
      condition += right.filter.isEmpty() ? "" : " AND " + right.filter;
      filter = left.filter;
    }
    return new Relation(
        left.sql + kind + right.sql + " ON " + condition,
        isLeftOnly ? left.columns : both,
        isLeftOnly ? left.identity : identity,
        filter,
        // Many rows may have the same key.
        left.rows * right.rows);
  }

  private Relation unnested(Relation left) {
    List<Column> arrays =
        left.columns.stream().filter(column -> column.type() == Type.TEXTS).toList();
    if (arrays.isEmpty()) {
      return left;
    }
    String name = name("t");
    Column tag = new Column(name + ".tag", Type.TEXT);
    List<Column> columns = new ArrayList<>(left.columns);
    columns.add(tag);
    List<Column> identity = new ArrayList<>(left.identity);
    identity.add(tag);
    return new Relation(
        left.sql + " CROSS JOIN UNNEST(" + pick(arrays).sql() + ") AS " + name + "(tag)",
        columns,
        identity,
        left.filter,
        left.rows * 2);
  }

  private Relation table(int depth, int rows) {
    // A correlated query computes what it reads anew for each row around it.
    boolean isInSubQuery = rows <= SUB_QUERY_ROWS;
    if (!commonTables.isEmpty() && !isInSubQuery && shape.nextInt(3) == 0) {
      Relation common = pick(commonTables);
      String name = name("r");
      List<Column> columns = renamed(common.columns, name);
      return new Relation(common.sql + " " + name, columns, columns, "", common.rows);
    }
    if (depth > 0 && shape.nextInt(3) == 0) {
      Body body = body(depth - 1, List.of(), anyTypes(), rows);
      String name = name("q");
      List<Column> columns = renamed(body.columns, name);
      return new Relation("(" + body.sql + ") " + name, columns, columns, "", body.rows);
    }
    return shape.nextInt(4) == 0 ? small() : events(rows);
  }

  private Relation events(int rows) {
    String name = name("e");
    List<Column> columns = renamed(Scope.EVENTS, name);
    int from = values.nextInt(0, EVENTS - rows);
    String range = "id BETWEEN " + from + " AND " + (from + rows);
    boolean isDerived = shape.nextBoolean();
    return new Relation(
        isDerived ? "(SELECT * FROM events WHERE " + range + ") " + name : "events " + name,
        columns,
        columns.subList(0, 1),
        isDerived ? "" : name + "." + range,
        rows);
  }

  private Relation small() {
    if (shape.nextBoolean()) {
      String name = name("k");
      List<Column> columns = renamed(Scope.KINDS, name);
      return new Relation("kinds " + name, columns, columns, "", 5);
    }
    String name = name("v");
    List<Column> columns =
        List.of(new Column(name + ".x", Type.INTEGER), new Column(name + ".y", Type.TEXT));
    String rows =
        IntStream.range(0, shape.nextInt(1, 5))
            .mapToObj(i ->
                "("
                    + expressions.literal(Type.INTEGER)
                    + ", "
                    + (i > 0 && shape.nextInt(3) == 0 ? "NULL" : expressions.literal(Type.TEXT))
                    + ")")
            .collect(Collectors.joining(", "));
    return new Relation("(VALUES " + rows + ") AS " + name + "(x, y)", columns, columns, "", 5);
  }

  private String ordered(int columns) {
    String keys =
        IntStream.rangeClosed(1, columns)
            .mapToObj(i -> i + direction())
            .collect(Collectors.joining(", "));
    String limit =
        shape.nextInt(4) == 0
            ? ""
            : " LIMIT "
                + values.nextInt(1, 60)
                + (shape.nextInt(3) == 0 ? " OFFSET " + values.nextInt(0, 30) : "");
    return " ORDER BY " + keys + limit;
  }

  private static List<Column> renamed(List<Column> columns, String table) {
    return columns.stream()
        .map(column -> new Column(table + "." + column.sql(), column.type()))
        .toList();
  }

  private String direction() {
    return pick(List.of("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"));
  }

  private String name(String letter) {
    return letter + names++;
  }

  private <T> T pick(List<T> list) {
    return list.get(shape.nextInt(list.size()));
  }
}
