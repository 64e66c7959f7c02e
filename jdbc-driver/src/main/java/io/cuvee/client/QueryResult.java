package io.cuvee.client;

import io.cuvee.jdbc.http.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The answer to a query: all of its rows, what was remarked on it, and what it cost. Immutable.
/// [#toString()] draws a table.
public final class QueryResult {
  private static final int MAX_CELL_WIDTH = 60;
  private static final int MAX_DRAWN_ROWS = 1000;

  private final List<String> columnNames;
  private final List<String> columnTypes;
  private final List<List<@Nullable Object>> rows;
  private final List<String> warnings;
  private final Map<String, Object> stats;

  private QueryResult(
      List<String> columnNames,
      List<String> columnTypes,
      List<List<@Nullable Object>> rows,
      List<String> warnings,
      Map<String, Object> stats) {
    this.columnNames = columnNames;
    this.columnTypes = columnTypes;
    this.rows = rows;
    this.warnings = warnings;
    this.stats = stats;
  }

  /// Takes an answer apart that is not only exceptions.
  static QueryResult of(Map<String, Object> answer) {
    Map<String, Object> table = Json.asObject(answer.get("resultTable"));
    Map<String, Object> schema = Json.asObject(table.get("dataSchema"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Object row : Json.asArray(table.get("rows"))) {
      rows.add(Collections.unmodifiableList(Json.asArray(row)));
    }
    List<String> warnings = new ArrayList<>();
    for (Object exception : Json.asArray(answer.get("exceptions"))) {
      warnings.add(String.valueOf(Json.asObject(exception).get("message")));
    }
    return new QueryResult(
        strings(schema.get("columnNames")),
        strings(schema.get("columnDataTypes")),
        Collections.unmodifiableList(rows),
        List.copyOf(warnings),
        statsOf(answer));
  }

  private static List<String> strings(@Nullable Object value) {
    List<String> strings = new ArrayList<>();
    for (Object element : Json.asArray(value)) {
      strings.add(String.valueOf(element));
    }
    return List.copyOf(strings);
  }

  private static Map<String, Object> statsOf(Map<String, Object> answer) {
    Map<String, Object> stats = new LinkedHashMap<>(answer);
    stats.remove("resultTable");
    stats.remove("exceptions");
    return Collections.unmodifiableMap(stats);
  }

  public List<String> columnNames() {
    return columnNames;
  }

  /// The broker's names of the columns' types: INT, LONG, STRING, STRING_ARRAY, ….
  public List<String> columnTypes() {
    return columnTypes;
  }

  /// The rows: whole numbers are `Long` or `BigInteger`, other numbers `BigDecimal`, arrays lists,
  /// SQL NULL is null, all else is text as the broker writes it.
  public List<List<@Nullable Object>> rows() {
    return rows;
  }

  public int rowCount() {
    return rows.size();
  }

  /// One value, by 0-based row and the column's name in any case.
  ///
  /// @throws IllegalArgumentException if there is no such column
  public @Nullable Object value(int row, String column) {
    for (int i = 0; i < columnNames.size(); i++) {
      if (columnNames.get(i).equalsIgnoreCase(column)) {
        return rows.get(row).get(i);
      }
    }
    throw new IllegalArgumentException(
        "The result has no column '" + column + "', only " + columnNames + ".");
  }

  /// What a result that was let through nevertheless lacks; empty for a whole one.
  public List<String> warnings() {
    return warnings;
  }

  /// The broker's figures, such as `numDocsScanned` and `timeUsedMs`.
  public Map<String, Object> stats() {
    return stats;
  }

  @Override
  public String toString() {
    int drawn = Math.min(rows.size(), MAX_DRAWN_ROWS);
    int[] widths = new int[columnNames.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columnNames.get(i).length();
      for (List<@Nullable Object> row : rows.subList(0, drawn)) {
        widths[i] = Math.max(widths[i], cell(row, i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    appendLine(text, columnNames, widths);
    for (int i = 0; i < widths.length; i++) {
      char[] rule = new char[widths[i] + 2];
      Arrays.fill(rule, '-');
      text.append(i == 0 ? "" : "+").append(rule);
    }
    text.append('\n');
    for (List<@Nullable Object> row : rows.subList(0, drawn)) {
      appendLine(text, row, widths);
    }
    if (drawn < rows.size()) {
      text.append("… and ").append(rows.size() - drawn).append(" more\n");
    }
    text.append('(').append(rows.size()).append(rows.size() == 1 ? " row)" : " rows)");
    for (String warning : warnings) {
      text.append("\nwarning: ").append(warning);
    }
    return text.toString();
  }

  private void appendLine(StringBuilder text, List<? extends @Nullable Object> row, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String cell = cell(row, i);
      String padding = " ".repeat(Math.max(0, widths[i] - cell.length()));
      boolean isNumber = row.size() > i && row.get(i) instanceof Number;
      text.append(i == 0 ? " " : "| ")
          .append(isNumber ? padding + cell : cell + padding)
          .append(' ');
    }
    text.append('\n');
  }

  private static String cell(List<? extends @Nullable Object> row, int index) {
    Object value = index < row.size() ? row.get(index) : null;
    String text =
        value instanceof BigDecimal ? ((BigDecimal) value).toPlainString() : String.valueOf(value);
    text = value == null ? "NULL" : text.replace("\n", "\\n");
    return text.length() > MAX_CELL_WIDTH ? text.substring(0, MAX_CELL_WIDTH - 1) + "…" : text;
  }
}
