package io.cuvee.launcher.shell;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints results. Only [ResultFormat#TABLE] and [ResultFormat#MARKDOWN] hold rows back, up to
/// [#MAX_TABLE_ROWS], to find the widths of columns; beyond that they print in portions of that
/// many rows.
public final class ResultPrinter {
  static final int MAX_TABLE_ROWS = 10_000;
  private static final int MAX_CELL_WIDTH = 100;

  private final PrintWriter out;
  private final ResultFormat format;

  public ResultPrinter(PrintWriter out, ResultFormat format) {
    this.out = out;
    this.format = format;
  }

  /// Prints all rows.
  ///
  /// @return how many there were
  public long print(ResultRows result) throws SQLException {
    long rows =
        switch (format) {
          case TABLE, MARKDOWN -> printAligned(result);
          case CSV, TSV -> printSeparated(result);
          case JSON -> printJson(result);
        };
    out.flush();
    return rows;
  }

  private long printSeparated(ResultRows result) throws SQLException {
    char separator = format == ResultFormat.CSV ? ',' : '\t';
    out.println(
        String.join(
            "" + separator,
            result.columns().stream().map(column -> quote(column.label())).toList()));
    long rows = 0;
    StringBuilder line = new StringBuilder();
    while (result.next()) {
      line.setLength(0);
      for (int i = 0; i < result.columns().size(); i++) {
        if (i > 0) {
          line.append(separator);
        }
        String text = result.text(i);
        line.append(text == null ? (format == ResultFormat.CSV ? "" : "\\N") : quote(text));
      }
      out.println(line);
      rows++;
    }
    return rows;
  }

  private String quote(String text) {
    if (format == ResultFormat.TSV) {
      return text.replace("\\", "\\\\")
          .replace("\t", "\\t")
          .replace("\n", "\\n")
          .replace("\r", "\\r");
    }
    boolean plain =
        !text.isEmpty()
            && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private long printJson(ResultRows result) throws SQLException {
    long rows = 0;
    while (result.next()) {
      ObjectNode node = Json.MAPPER.createObjectNode();
      for (int i = 0; i < result.columns().size(); i++) {
        ResultRows.Column column = result.columns().get(i);
        String text = result.text(i);
        switch (column.form()) {
          case TEXT -> node.put(column.label(), text);
          case BOOLEAN -> node.put(column.label(), text == null ? null : Boolean.valueOf(text));
          case NUMBER -> putNumber(node, column.label(), text);
        }
      }
      out.println(node);
      rows++;
    }
    return rows;
  }

  /// NaN and the infinities, which JSON has no numbers for, stay text.
  private static void putNumber(ObjectNode node, String label, @Nullable String text) {
    try {
      node.put(label, text == null ? null : new BigDecimal(text));
    } catch (NumberFormatException e) {
      node.put(label, text);
    }
  }

  private long printAligned(ResultRows result) throws SQLException {
    List<String> labels = result.columns().stream().map(ResultRows.Column::label).toList();
    boolean[] right = new boolean[labels.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = result.columns().get(i).form() == ResultRows.Form.NUMBER;
    }
    long rows = 0;
    boolean more = true;
    while (more) {
      List<String[]> portion = new ArrayList<>();
      while (portion.size() < MAX_TABLE_ROWS && (more = result.next())) {
        String[] cells = new String[labels.size()];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cell(result.text(i));
        }
        portion.add(cells);
      }
      if (!portion.isEmpty() || rows == 0) {
        printPortion(labels, right, portion);
      }
      rows += portion.size();
    }
    return rows;
  }

  private String cell(@Nullable String text) {
    if (text == null) {
      return "NULL";
    }
    String line = text.replace("\n", "⏎").replace("\r", "").replace("\t", " ");
    if (format == ResultFormat.MARKDOWN) {
      return line.replace("|", "\\|");
    }
    return line.length() <= MAX_CELL_WIDTH ? line : line.substring(0, MAX_CELL_WIDTH - 1) + "…";
  }

  private void printPortion(List<String> labels, boolean[] right, List<String[]> rows) {
    int[] widths = new int[labels.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(labels.get(i).length(), format == ResultFormat.MARKDOWN ? 3 : 1);
      for (String[] row : rows) {
        widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
      }
    }
    if (format == ResultFormat.TABLE) {
      out.println(rule(widths, "┌", "┬", "┐"));
      out.println(line(labels.toArray(String[]::new), right, widths, "│"));
      out.println(rule(widths, "├", "┼", "┤"));
      rows.forEach(row -> out.println(line(row, right, widths, "│")));
      out.println(rule(widths, "└", "┴", "┘"));
    } else {
      out.println(line(labels.toArray(String[]::new), right, widths, "|"));
      StringBuilder rule = new StringBuilder("|");
      for (int i = 0; i < widths.length; i++) {
        rule.append(
            right[i]
                ? " " + "-".repeat(widths[i] - 1) + ": |"
                : " " + "-".repeat(widths[i]) + " |");
      }
      out.println(rule);
      rows.forEach(row -> out.println(line(row, right, widths, "|")));
    }
  }

  private static String rule(int[] widths, String left, String middle, String right) {
    StringBuilder rule = new StringBuilder(left);
    for (int i = 0; i < widths.length; i++) {
      rule.append(i == 0 ? "" : middle).append("─".repeat(widths[i] + 2));
    }
    return rule.append(right).toString();
  }

  private static String line(String[] cells, boolean[] right, int[] widths, String bar) {
    StringBuilder line = new StringBuilder(bar);
    for (int i = 0; i < cells.length; i++) {
      String pad = " ".repeat(widths[i] - cells[i].codePointCount(0, cells[i].length()));
      line.append(' ').append(right[i] ? pad + cells[i] : cells[i] + pad).append(' ').append(bar);
    }
    return line.toString();
  }
}
