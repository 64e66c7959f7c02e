package io.cuvee.sqltests.duckdb;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/// Random expressions over the columns of `events`, in SQL that Cuvée and DuckDB understand alike.
/// What is chosen depends on `shape` alone; `values` decides about literals, so that the same shape
/// with other values is the same query to a plan cache.
///
/// Numbers stay small enough for exact results: no product of two columns, no sums of them in
/// products.
final class ExpressionGenerator {
  private static final List<String> INTEGERS = List.of("quantity", "id", "views");
  private static final List<String> TEXTS = List.of("kind", "visitor", "country");
  private static final List<String> FIELDS =
      List.of("YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE");
  private static final List<String> UNITS = List.of("YEAR", "QUARTER", "MONTH", "WEEK", "DAY");
  private static final List<String> COMPARISONS = List.of("=", "<>", "<", "<=", ">", ">=");

  private final Random shape;
  private final Random values;
  private final String prefix;

  /// @param prefix before each column, `e.` or nothing
  ExpressionGenerator(Random shape, Random values, String prefix) {
    this.shape = shape;
    this.values = values;
    this.prefix = prefix;
  }

  /// An expression that one may group by: not too many values.
  String key() {
    return choose(
        () -> column(List.of("kind", "country", "paid", "day", "quantity", "visitor", "ratio")),
        () -> column(List.of("kind", "country", "paid")),
        () -> "EXTRACT(" + pick(FIELDS) + " FROM " + prefix + "moment)",
        () -> "DATE_TRUNC('" + pick(UNITS) + "', " + prefix + "moment)",
        () -> "MOD(" + prefix + "id, " + integer(2, 12) + ")",
        () -> prefix + "quantity / " + integer(5, 20),
        () -> "CASE WHEN " + condition(1) + " THEN " + text() + " ELSE " + text() + " END",
        () -> condition(1),
        () -> textExpression(1));
  }

  /// An aggregate.
  String aggregate() {
    String call =
        choose(
            () -> "COUNT(*)",
            () -> "COUNT(" + anyColumn() + ")",
            () -> "COUNT(DISTINCT " + anyColumn() + ")",
            () -> "SUM(" + number(1) + ")",
            () -> "AVG(" + number(1) + ")",
            () -> "MIN(" + anyColumn() + ")",
            () -> "MAX(" + anyColumn() + ")",
            () -> "MIN(" + textExpression(1) + ")",
            () -> "MAX(" + number(1) + ")",
            () -> "SUM(DISTINCT " + column(INTEGERS) + ")",
            () -> "BOOL_OR(" + condition(0) + ")",
            () -> "BOOL_AND(" + condition(0) + ")",
            () -> "MEDIAN(" + column(INTEGERS) + ")",
            () -> "BIT_XOR(" + column(INTEGERS) + ")",
            () -> "ARG_MAX(" + anyColumn() + ", " + prefix + "id)");
    return shape.nextInt(5) == 0 ? call + " FILTER (WHERE " + condition(1) + ")" : call;
  }

  /// An expression of any type.
  String any(int depth) {
    return choose(
        () -> number(depth),
        () -> textExpression(depth),
        this::anyColumn,
        () -> condition(depth),
        () ->
            prefix + "moment + INTERVAL '" + integer(1, 28) + "' " + pick(List.of("DAY", "HOUR")));
  }

  /// A condition; `depth` bounds how deep it nests.
  String condition(int depth) {
    if (depth > 0 && shape.nextInt(3) == 0) {
      return choose(
          () -> "(" + condition(depth - 1) + " AND " + condition(depth - 1) + ")",
          () -> "(" + condition(depth - 1) + " OR " + condition(depth - 1) + ")",
          () -> "NOT (" + condition(depth - 1) + ")");
    }
    return choose(
        () -> column(INTEGERS) + " " + pick(COMPARISONS) + " " + integer(-5, 100),
        () -> number(depth) + " " + pick(COMPARISONS) + " " + number(0),
        () -> realNumber() + " " + pick(COMPARISONS) + " " + real(),
        () -> column(TEXTS) + " " + pick(COMPARISONS) + " " + text(),
        () -> textExpression(depth) + " " + pick(COMPARISONS) + " " + text(),
        () -> column(TEXTS) + maybeNot(" LIKE ") + pattern(),
        () -> column(TEXTS) + maybeNot(" IN ") + list(this::text),
        () -> column(INTEGERS) + maybeNot(" IN ") + list(() -> integer(-5, 100)),
        () ->
            column(INTEGERS) + maybeNot(" BETWEEN ") + integer(-5, 50) + " AND " + integer(20, 100),
        () -> realNumber() + maybeNot(" BETWEEN ") + real() + " AND " + real(),
        () -> anyColumn() + (shape.nextBoolean() ? " IS NULL" : " IS NOT NULL"),
        () -> column(INTEGERS) + " IS DISTINCT FROM " + integer(-5, 100),
        () -> column(TEXTS) + " IS NOT DISTINCT FROM " + text(),
        () -> prefix + "moment " + pick(COMPARISONS) + " TIMESTAMP '" + date() + " 12:00:00'",
        () -> prefix + "day " + pick(COMPARISONS) + " DATE '" + date() + "'",
        () -> prefix + "day BETWEEN DATE '" + date() + "' AND DATE '" + date() + "'",
        () -> prefix + "paid",
        () -> prefix + "paid IS NOT TRUE",
        () -> "ARRAY_CONTAINS(" + prefix + "tags, " + tag() + ")",
        () -> "ARRAY_LENGTH(" + prefix + "tags) " + pick(COMPARISONS) + " " + integer(0, 4),
        () ->
            prefix
                + "kind"
                + maybeNot(" IN ")
                + "(SELECT kind FROM kinds WHERE weight > "
                + integer(-30, 30)
                + ")");
  }

  private String number(int depth) {
    if (depth == 0) {
      return choose(() -> column(INTEGERS), () -> realNumber(), () -> integer(-50, 1000));
    }
    return choose(
        () -> column(INTEGERS),
        () -> realNumber(),
        () -> realNumber() + " + " + integer(-5, 50),
        () -> column(INTEGERS) + " * " + integer(-3, 9),
        () -> "(" + number(depth - 1) + " - " + number(depth - 1) + ")",
        () -> "-" + column(INTEGERS),
        () -> "ABS(" + column(INTEGERS) + ")",
        () -> "COALESCE(" + column(INTEGERS) + ", " + integer(-5, 5) + ")",
        () -> "NULLIF(" + column(INTEGERS) + ", " + integer(0, 10) + ")",
        () -> "MOD(" + column(INTEGERS) + ", " + integer(2, 9) + ")",
        () -> "LENGTH(" + column(TEXTS) + ")",
        () ->
            "CASE WHEN "
                + condition(depth - 1)
                + " THEN "
                + column(INTEGERS)
                + " ELSE "
                + integer(0, 9)
                + " END",
        () -> "EXTRACT(" + pick(FIELDS) + " FROM " + prefix + "moment)");
  }

  /// FLOAT is widened: DuckDB computes it with DECIMAL and with BIGINT in 32 bits.
  private String realNumber() {
    return choose(
        () -> prefix + "amount",
        () -> prefix + "price",
        () -> "CAST(" + prefix + "ratio AS DOUBLE)");
  }

  private String textExpression(int depth) {
    if (depth == 0) {
      return column(TEXTS);
    }
    return choose(
        () -> column(TEXTS),
        () -> "UPPER(" + column(TEXTS) + ")",
        () -> "LOWER(" + column(TEXTS) + ")",
        () -> "SUBSTRING(" + column(TEXTS) + ", " + integer(1, 3) + ", " + integer(0, 3) + ")",
        () -> "LEFT(" + column(TEXTS) + ", " + integer(0, 3) + ")",
        () -> "COALESCE(" + column(TEXTS) + ", " + text() + ")",
        () -> "(" + column(TEXTS) + " || " + text() + ")",
        () -> "REPLACE(" + column(TEXTS) + ", 'e', " + text() + ")",
        () ->
            "CASE "
                + prefix
                + "kind WHEN "
                + text()
                + " THEN "
                + column(TEXTS)
                + " ELSE "
                + text()
                + " END");
  }

  private String anyColumn() {
    return column(
        List.of(
            "id",
            "kind",
            "visitor",
            "country",
            "quantity",
            "views",
            "amount",
            "ratio",
            "price",
            "paid",
            "day",
            "moment"));
  }

  private String column(List<String> columns) {
    return prefix + pick(columns);
  }

  private String maybeNot(String operator) {
    return shape.nextInt(3) == 0 ? " NOT" + operator : operator;
  }

  private String list(Supplier<String> element) {
    List<String> elements = new ArrayList<>();
    for (int i = shape.nextInt(1, 6); i > 0; i--) {
      elements.add(element.get());
    }
    if (shape.nextInt(10) == 0) {
      elements.add("NULL");
    }
    return "(" + String.join(", ", elements) + ")";
  }

  private String integer(int from, int to) {
    return Integer.toString(values.nextInt(from, to + 1));
  }

  /// Half of them whole, all of them exact.
  private String real() {
    return values.nextInt(0, 10_000) + (values.nextBoolean() ? ".0" : ".25");
  }

  private String text() {
    return "'"
        + List.of("view", "buy", "v17", "v1", "DE", "FR", "Österreich", "日本", "", "e", "it''s")
            .get(values.nextInt(11))
        + "'";
  }

  private String tag() {
    return "'" + List.of("red", "rosé", "gift", "", "none").get(values.nextInt(5)) + "'";
  }

  private String pattern() {
    return "'"
        + List.of("v%", "%e%", "_r%", "%", "v1_", "Ö%", "%本", "view", "", "__")
            .get(values.nextInt(10))
        + "'";
  }

  private String date() {
    return LocalDate.of(2023, 10, 25).plusDays(values.nextInt(320)).toString();
  }

  private <T> T pick(List<T> list) {
    return list.get(shape.nextInt(list.size()));
  }

  @SafeVarargs
  private String choose(Supplier<String>... choices) {
    return choices[shape.nextInt(choices.length)].get();
  }
}
