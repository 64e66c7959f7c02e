package io.cuvee.calcite.plan;

import io.cuvee.calcite.parser.Lexemes;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// `SUMMARIZE t` and `SUMMARIZE SELECT …`: a row for each column of a table or query, with its
/// least and largest value, how many values there are, and for numbers how they are spread.
final class Summary {
  private Summary() {}

  /// The query that a SUMMARIZE is about.
  static Optional<String> query(String text) {
    int start = Lexemes.skipBlank(text, 0);
    if (!text.regionMatches(true, start, "SUMMARIZE", 0, 9)
        || start + 9 >= text.length()
        || !Character.isWhitespace(text.charAt(start + 9))) {
      return Optional.empty();
    }
    String rest = withoutSemicolon(text.substring(Lexemes.skipBlank(text, start + 9)));
    String word = rest.split("\\W", 2)[0].toUpperCase(Locale.ROOT);
    return switch (word) {
      case "SELECT", "FROM", "WITH", "VALUES", "TABLE" -> Optional.of(rest);
      default -> Optional.of("SELECT * FROM " + rest);
    };
  }

  private static String withoutSemicolon(String text) {
    String bare = text.strip();
    return bare.endsWith(";") ? withoutSemicolon(bare.substring(0, bare.length() - 1)) : bare;
  }

  /// @param columns of the query
  /// @param typeName SQL's name of a type
  static String sql(
      String query, List<QueryPlan.OutputColumn> columns, Function<ColumnType, String> typeName) {
    List<String> names = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (QueryPlan.OutputColumn column : columns) {
      String name = "c" + names.size();
      names.add(name);
      rows.add(row(rows.size(), name, column, typeName.apply(column.type())));
    }
    return "WITH summarized ("
        + String.join(", ", names)
        + ") AS ("
        + query
        + ") SELECT column_name, column_type, \"min\", \"max\", approx_unique, \"avg\", \"std\","
        + " q25, q50, q75, \"count\", null_percentage FROM ("
        + String.join(" UNION ALL ", rows)
        + ") AS summary ORDER BY place";
  }

  private static String row(
      int place, String name, QueryPlan.OutputColumn column, String typeName) {
    ColumnType type = column.type();
    boolean number = !type.isArray() && type.dataType().isNumeric();
    boolean ordered = !type.isArray() && hasOrder(type);
    return ("SELECT %d AS place, '%s' AS column_name, '%s' AS column_type, %s AS \"min\","
            + " %s AS \"max\", %s AS approx_unique, %s AS \"avg\", %s AS \"std\","
            + " %s AS q25, %s AS q50, %s AS q75, COUNT(*) AS \"count\","
            + " ROUND(100.0E0 * (COUNT(*) - COUNT(%s)) / NULLIF(COUNT(*), 0), 2) AS null_percentage"
            + " FROM summarized")
        .formatted(
            place,
            column.label().replace("'", "''"),
            typeName,
            text(ordered ? "MIN(" + name + ")" : "NULL"),
            text(ordered ? "MAX(" + name + ")" : "NULL"),
            type.isArray() ? "CAST(NULL AS BIGINT)" : "APPROX_COUNT_DISTINCT(" + name + ")",
            real(number, "AVG(" + name + ")"),
            real(number, "STDDEV_SAMP(" + name + ")"),
            real(number, "QUANTILE_CONT(" + name + ", 0.25)"),
            real(number, "QUANTILE_CONT(" + name + ", 0.5)"),
            real(number, "QUANTILE_CONT(" + name + ", 0.75)"),
            name);
  }

  private static boolean hasOrder(ColumnType type) {
    return switch (type.dataType()) {
      case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL, STRING, DATE, TIME, TIMESTAMP -> true;
      case BOOLEAN, JSON, UUID, BYTES -> false;
    };
  }

  private static String text(String value) {
    return "CAST(" + value + " AS VARCHAR)";
  }

  private static String real(boolean number, String value) {
    return "CAST(" + (number ? value : "NULL") + " AS DOUBLE)";
  }
}
