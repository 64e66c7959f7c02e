package io.cuvee.sqltests.duckdb;

import io.cuvee.sqltests.duckdb.Scope.Column;
import io.cuvee.sqltests.duckdb.Scope.Type;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Random expressions of a wanted type over the columns of a [Scope]. Numbers stay small enough for
/// exact results.
final class ValueGenerator {
  static final List<String> COMPARISONS = List.of(" = ", " <> ", " < ", " <= ", " > ", " >= ");
  private static final List<String> FIELDS =
      List.of("YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "DOW", "DOY");
  private static final List<String> UNITS =
      List.of("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR");
  private static final List<String> TEXTS =
      List.of("view", "buy", "v17", "v1", "DE", "FR", "Österreich", "日本", "", "e", "it''s", "Sold");
  private static final List<String> PATTERNS =
      List.of("v%", "%e%", "_r%", "%", "v1_", "Ö%", "%本", "view", "", "__");

  private final Random shape;
  private final Random values;
  private final SubQueries subQueries;

  /// Makes sub-queries.
  interface SubQueries {
    /// In parentheses.
    ///
    /// @param isScalar whether it gives one row
    String of(int depth, Scope outer, Type type, boolean isScalar);
  }

  ValueGenerator(Random shape, Random values, SubQueries subQueries) {
    this.shape = shape;
    this.values = values;
    this.subQueries = subQueries;
  }

  /// A value; `depth` bounds how deep it nests.
  String of(Type type, Scope scope, int depth) {
    if (depth <= 0 || shape.nextInt(3) == 0) {
      return leaf(type, scope);
    }
    if (shape.nextInt(12) == 0) {
      return subQueries.of(depth - 1, scope, type, true);
    }
    int below = depth - 1;
    return switch (shape.nextInt(6)) {
      case 0 ->
          "CASE WHEN "
              + condition(scope, below)
              + " THEN "
              + of(type, scope, below)
              + (shape.nextInt(3) == 0 ? "" : " ELSE " + of(type, scope, below))
              + " END";
      case 1 -> "COALESCE(" + of(type, scope, below) + ", " + of(type, scope, below) + ")";
      case 2 -> "NULLIF(" + of(type, scope, below) + ", " + leaf(type, scope) + ")";
      default -> call(type, scope, below);
    };
  }

  private String call(Type type, Scope scope, int depth) {
    return switch (type) {
      case INTEGER -> integer(scope, depth);
      case REAL -> real(scope, depth);
      case DECIMAL -> decimal(scope, depth);
      case TEXT -> text(scope, depth);
      case BOOLEAN -> "(" + condition(scope, depth) + ")";
      case DATE -> date(scope, depth);
      case TIMESTAMP -> timestamp(scope, depth);
      case TEXTS -> throw new IllegalArgumentException(type.name());
    };
  }

  private String integer(Scope scope, int depth) {
    return choose(
        () -> "(" + of(Type.INTEGER, scope, depth) + " + " + of(Type.INTEGER, scope, depth) + ")",
        () -> "(" + of(Type.INTEGER, scope, depth) + " - " + literal(Type.INTEGER) + ")",
        () -> "(" + leaf(Type.INTEGER, scope) + " * " + values.nextInt(-3, 9) + ")",
        () -> "MOD(" + of(Type.INTEGER, scope, depth) + ", " + values.nextInt(2, 9) + ")",
        () -> "(" + of(Type.INTEGER, scope, depth) + " / " + values.nextInt(2, 30) + ")",
        () -> "ABS(" + of(Type.INTEGER, scope, depth) + ")",
        () -> "- " + leaf(Type.INTEGER, scope),
        () -> "SIGN(" + leaf(Type.INTEGER, scope) + ")",
        () -> "LENGTH(" + of(Type.TEXT, scope, depth) + ")",
        () -> "STRPOS(" + of(Type.TEXT, scope, depth) + ", " + literal(Type.TEXT) + ")",
        () -> "CAST(" + leaf(Type.BOOLEAN, scope) + " AS INTEGER)",
        () -> "CAST(FLOOR(" + leaf(Type.REAL, scope) + ") AS INTEGER)",
        () -> "EXTRACT(" + pick(FIELDS) + " FROM " + of(Type.TIMESTAMP, scope, depth) + ")",
        () -> "EXTRACT(" + pick(FIELDS.subList(0, 4)) + " FROM " + leaf(Type.DATE, scope) + ")",
        () -> extreme(Type.INTEGER, scope, depth));
  }

  private String real(Scope scope, int depth) {
    return choose(
        () -> "(" + of(Type.REAL, scope, depth) + " + " + of(Type.REAL, scope, depth) + ")",
        () -> "(" + of(Type.REAL, scope, depth) + " - " + literal(Type.REAL) + ")",
        () -> "(" + leaf(Type.REAL, scope) + " * 2)",
        () -> "ABS(" + of(Type.REAL, scope, depth) + ")",
        () -> "FLOOR(" + of(Type.REAL, scope, depth) + ")",
        () -> "CEIL(" + of(Type.REAL, scope, depth) + ")",
        () -> "CAST(" + of(Type.INTEGER, scope, depth) + " AS DOUBLE)",
        () -> extreme(Type.REAL, scope, depth));
  }

  private String decimal(Scope scope, int depth) {
    return choose(
        () -> "(" + leaf(Type.DECIMAL, scope) + " + " + of(Type.DECIMAL, scope, depth) + ")",
        () -> "(" + leaf(Type.DECIMAL, scope) + " - " + leaf(Type.DECIMAL, scope) + ")",
        () -> "ABS(" + of(Type.DECIMAL, scope, depth) + ")",
        () -> "- " + leaf(Type.DECIMAL, scope),
        () -> extreme(Type.DECIMAL, scope, depth));
  }

  private String text(Scope scope, int depth) {
    return choose(
        () -> "UPPER(" + of(Type.TEXT, scope, depth) + ")",
        () -> "LOWER(" + of(Type.TEXT, scope, depth) + ")",
        () -> "TRIM(" + of(Type.TEXT, scope, depth) + ")",
        () -> "REVERSE(" + leaf(Type.TEXT, scope) + ")",
        () ->
            "SUBSTRING("
                + of(Type.TEXT, scope, depth)
                + ", "
                + values.nextInt(1, 4)
                + ", "
                + values.nextInt(0, 4)
                + ")",
        () -> "LEFT(" + of(Type.TEXT, scope, depth) + ", " + values.nextInt(0, 4) + ")",
        () -> "RIGHT(" + of(Type.TEXT, scope, depth) + ", " + values.nextInt(0, 4) + ")",
        () -> "LPAD(" + of(Type.TEXT, scope, depth) + ", " + values.nextInt(0, 9) + ", 'ab')",
        () -> "(" + of(Type.TEXT, scope, depth) + " || " + of(Type.TEXT, scope, depth) + ")",
        () -> "CONCAT(" + of(Type.TEXT, scope, depth) + ", " + leaf(Type.TEXT, scope) + ")",
        () -> "REPLACE(" + of(Type.TEXT, scope, depth) + ", 'e', " + literal(Type.TEXT) + ")",
        () -> "CAST(" + of(Type.INTEGER, scope, depth) + " AS VARCHAR)",
        () -> "CAST(" + leaf(Type.DATE, scope) + " AS VARCHAR)",
        () -> extreme(Type.TEXT, scope, depth));
  }

  private String date(Scope scope, int depth) {
    return choose(
        () -> "CAST(" + of(Type.TIMESTAMP, scope, depth) + " AS DATE)",
        () ->
            "CAST("
                + leaf(Type.DATE, scope)
                + " + INTERVAL '"
                + values.nextInt(1, 40)
                + "' DAY AS DATE)",
        () ->
            "CAST(DATE_TRUNC('"
                + pick(UNITS.subList(0, 4))
                + "', "
                + leaf(Type.DATE, scope)
                + ") AS DATE)",
        () -> extreme(Type.DATE, scope, depth));
  }

  private String timestamp(Scope scope, int depth) {
    return choose(
        () -> "DATE_TRUNC('" + pick(UNITS) + "', " + of(Type.TIMESTAMP, scope, depth) + ")",
        () ->
            "("
                + of(Type.TIMESTAMP, scope, depth)
                + pick(List.of(" + ", " - "))
                + "INTERVAL '"
                + values.nextInt(1, 40)
                + "' "
                + pick(List.of("MINUTE", "HOUR", "DAY", "MONTH", "YEAR"))
                + ")",
        () -> "CAST(" + of(Type.DATE, scope, depth) + " AS TIMESTAMP)",
        () -> extreme(Type.TIMESTAMP, scope, depth));
  }

  private String extreme(Type type, Scope scope, int depth) {
    return pick(List.of("GREATEST(", "LEAST("))
        + of(type, scope, depth)
        + ", "
        + of(type, scope, depth)
        + ")";
  }

  /// A column mostly.
  private String leaf(Type type, Scope scope) {
    List<Column> columns = scope.of(type);
    return columns.isEmpty() || shape.nextInt(8) == 0 ? literal(type) : pick(columns).sql();
  }

  String literal(Type type) {
    return switch (type) {
      case INTEGER -> Integer.toString(values.nextInt(-5, 100));
      case REAL ->
          "CAST(" + values.nextInt(0, 4000) + (values.nextBoolean() ? ".5" : ".25") + " AS DOUBLE)";
      case DECIMAL ->
          "CAST(%d.%02d AS DECIMAL(12, 2))".formatted(values.nextInt(0, 9000), values.nextInt(100));
      case TEXT -> "'" + TEXTS.get(values.nextInt(TEXTS.size())) + "'";
      case BOOLEAN -> values.nextBoolean() ? "TRUE" : "FALSE";
      case DATE -> "DATE '" + day() + "'";
      case TIMESTAMP -> "TIMESTAMP '" + day() + " %02d:30:00'".formatted(values.nextInt(24));
      case TEXTS -> throw new IllegalArgumentException(type.name());
    };
  }

  private LocalDate day() {
    return LocalDate.of(2023, 10, 25).plusDays(values.nextInt(320));
  }

  /// What one may group by: a column, if there is one of the type, or something of one.
  String key(Type type, Scope scope) {
    return scope.of(type).isEmpty() || shape.nextInt(3) == 0
        ? call(type, scope, 0)
        : pick(scope.of(type)).sql();
  }

  /// An aggregate call of a type.
  String aggregate(Type type, Scope scope, int depth) {
    String least = pick(List.of("MIN(", "MAX(", "MAX(")) + of(type, scope, depth) + ")";
    String call =
        switch (type) {
          case INTEGER ->
              choose(
                  () -> "COUNT(*)",
                  () -> "COUNT(" + of(pick(Scope.SCALARS), scope, depth) + ")",
                  () -> "COUNT(DISTINCT " + of(pick(Scope.SCALARS), scope, depth) + ")",
                  () -> "SUM(" + of(Type.INTEGER, scope, depth) + ")",
                  () -> "SUM(DISTINCT " + of(Type.INTEGER, scope, depth) + ")",
                  () -> least);
          case REAL ->
              choose(
                  () -> "SUM(" + of(Type.REAL, scope, depth) + ")",
                  () -> "AVG(" + of(Type.INTEGER, scope, depth) + ")",
                  () -> "AVG(DISTINCT " + leaf(Type.INTEGER, scope) + ")",
                  () -> "MEDIAN(" + leaf(Type.REAL, scope) + ")",
                  () -> least);
          case DECIMAL -> choose(() -> "SUM(" + leaf(Type.DECIMAL, scope) + ")", () -> least);
          case BOOLEAN ->
              choose(
                  () -> "BOOL_OR(" + condition(scope, depth) + ")",
                  () -> "BOOL_AND(" + condition(scope, depth) + ")");
          case TEXT, DATE, TIMESTAMP -> least;
          case TEXTS -> throw new IllegalArgumentException(type.name());
        };
    return shape.nextInt(6) == 0 ? call + " FILTER (WHERE " + condition(scope, 0) + ")" : call;
  }

  /// A window call of a type.
  ///
  /// @param order that no two unlike rows share
  String window(Type type, Scope scope, String order) {
    String partition =
        shape.nextInt(4) == 0 ? "" : "PARTITION BY " + key(pick(Scope.SCALARS), scope) + " ";
    String call =
        type == Type.INTEGER && shape.nextBoolean()
            ? pick(List.of("ROW_NUMBER()", "RANK()", "DENSE_RANK()", "NTILE(3)", "COUNT(*)"))
            : choose(
                () -> "LAG(" + leaf(type, scope) + ")",
                () -> "LEAD(" + leaf(type, scope) + ", 2)",
                () -> "FIRST_VALUE(" + leaf(type, scope) + ")",
                () -> "LAST_VALUE(" + leaf(type, scope) + ")",
                () ->
                    type == Type.BOOLEAN
                        ? "BOOL_OR(" + leaf(type, scope) + ")"
                        : "MAX(" + leaf(type, scope) + ")");
    String frame =
        Stream.of("RANK", "NTILE", "ROW_N", "DENSE", "LAG", "LEAD").anyMatch(call::startsWith)
                || shape.nextBoolean()
            ? ""
            : " ROWS BETWEEN "
                + pick(
                    List.of(
                        "UNBOUNDED PRECEDING", values.nextInt(0, 5) + " PRECEDING", "CURRENT ROW"))
                + " AND "
                + pick(
                    List.of(
                        "CURRENT ROW", values.nextInt(1, 5) + " FOLLOWING", "UNBOUNDED FOLLOWING"));
    return call + " OVER (" + partition + "ORDER BY " + order + frame + ")";
  }

  /// A condition; `depth` bounds how deep it nests.
  String condition(Scope scope, int depth) {
    if (depth > 0) {
      int below = depth - 1;
      switch (shape.nextInt(12)) {
        case 0 -> {
          return "(" + condition(scope, below) + " AND " + condition(scope, below) + ")";
        }
        case 1, 2 -> {
          return "(" + condition(scope, below) + " OR " + condition(scope, below) + ")";
        }
        case 3 -> {
          return "NOT (" + condition(scope, below) + ")";
        }
        case 4 -> {
          return maybeNot() + "EXISTS " + subQueries.of(below, scope, pick(Scope.SCALARS), false);
        }
        case 5 -> {
          Type type = pick(Scope.SCALARS);
          return of(type, scope, 0)
              + " "
              + maybeNot()
              + "IN "
              + subQueries.of(below, scope, type, false);
        }
        case 6 -> {
          Type type = pick(Scope.SCALARS);
          return of(type, scope, 0) + comparison(type) + subQueries.of(below, scope, type, true);
        }
        case 7 -> {
          Type type = pick(List.of(Type.INTEGER, Type.REAL, Type.TEXT, Type.DATE));
          return of(type, scope, 0)
              + pick(COMPARISONS)
              + pick(List.of("ANY ", "ALL "))
              + subQueries.of(below, scope, type, false);
        }
        default -> {}
      }
    }
    Type type = pick(Scope.SCALARS);
    return choose(
        () -> of(type, scope, depth) + comparison(type) + of(type, scope, 0),
        () -> of(type, scope, depth) + comparison(type) + literal(type),
        () -> of(type, scope, depth) + (shape.nextBoolean() ? " IS NULL" : " IS NOT NULL"),
        () -> of(type, scope, depth) + " IS " + maybeNot() + "DISTINCT FROM " + of(type, scope, 0),
        () -> of(type, scope, depth) + " " + maybeNot() + "IN " + list(type),
        () ->
            range(
                pick(List.of(Type.INTEGER, Type.REAL, Type.DECIMAL, Type.DATE, Type.TIMESTAMP)),
                scope,
                depth),
        () ->
            of(Type.TEXT, scope, depth)
                + " "
                + maybeNot()
                + "LIKE '"
                + PATTERNS.get(values.nextInt(PATTERNS.size()))
                + "'",
        () -> ofArray(scope),
        () ->
            "("
                + of(Type.BOOLEAN, scope, depth)
                + ") IS "
                + maybeNot()
                + pick(List.of("TRUE", "FALSE")));
  }

  private String range(Type type, Scope scope, int depth) {
    return of(type, scope, depth)
        + " "
        + maybeNot()
        + "BETWEEN "
        + literal(type)
        + " AND "
        + literal(type);
  }

  private String ofArray(Scope scope) {
    List<Column> arrays = scope.of(Type.TEXTS);
    if (arrays.isEmpty()) {
      return of(Type.BOOLEAN, scope, 0) + " = " + literal(Type.BOOLEAN);
    }
    String array = pick(arrays).sql();
    return shape.nextBoolean()
        ? "ARRAY_CONTAINS("
            + array
            + ", '"
            + List.of("red", "rosé", "", "none").get(values.nextInt(4))
            + "')"
        : "ARRAY_LENGTH(" + array + ")" + pick(COMPARISONS) + values.nextInt(0, 4);
  }

  private String comparison(Type type) {
    return type == Type.BOOLEAN ? pick(COMPARISONS.subList(0, 2)) : pick(COMPARISONS);
  }

  private String list(Type type) {
    List<String> elements = new ArrayList<>();
    for (int i = shape.nextInt(1, 5); i > 0; i--) {
      elements.add(literal(type));
    }
    if (shape.nextInt(10) == 0) {
      elements.add("NULL");
    }
    return elements.stream().collect(Collectors.joining(", ", "(", ")"));
  }

  /// That a column of one table is one of the other's, where both have a type that is no timestamp.
  String equality(List<Column> left, List<Column> right) {
    List<String> pairs = new ArrayList<>();
    for (Column one : left) {
      for (Column other : right) {
        if (one.type() == other.type()
            && one.type() != Type.TEXTS
            && one.type() != Type.TIMESTAMP
            && one.type() != Type.BOOLEAN) {
          pairs.add(one.sql() + " = " + other.sql());
        }
      }
    }
    return pairs.isEmpty() ? "TRUE" : pick(pairs);
  }

  private String maybeNot() {
    return shape.nextInt(3) == 0 ? "NOT " : "";
  }

  private <T> T pick(List<T> list) {
    return list.get(shape.nextInt(list.size()));
  }

  @SafeVarargs
  private String choose(Supplier<String>... choices) {
    return choices[shape.nextInt(choices.length)].get();
  }
}
