package io.cuvee.launcher.shell;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;
import org.jspecify.annotations.Nullable;

/// Prints results. Only [ResultFormat#TABLE] and [ResultFormat#MARKDOWN] hold rows back, up to
/// [#MAX_TABLE_ROWS], to find the widths of columns; beyond that they print in portions of that
/// many rows.
public final class ResultPrinter {
  static final int MAX_TABLE_ROWS = 10_000;
  private static final int MAX_CELL_WIDTH = 100;

  /// After so many rows it is looked whether somebody still reads.
  private static final int LOOK_ROWS = 1000;

  private final PrintWriter out;
  private final ResultFormat format;
  private final int screenWidth;

  public ResultPrinter(PrintWriter out, ResultFormat format) {
    this(out, format, 0);
  }

  /// @param screenWidth rows of a [ResultFormat#TABLE] that are wider are printed one below the
  ///   other, a value a line; 0 for no limit
  ResultPrinter(PrintWriter out, ResultFormat format, int screenWidth) {
    this.out = out;
    this.format = format;
    this.screenWidth = screenWidth;
  }

  /// Prints all rows, or those that come before the reader has gone.
  ///
  /// @return how many were printed
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

  /// Whether nobody reads what is written; asked every so many rows.
  private boolean isUnread(long rows) {
    return rows % LOOK_ROWS == 0 && out.checkError();
  }

  private long printSeparated(ResultRows result) throws SQLException {
    char separator = format == ResultFormat.CSV ? ',' : '\t';
    out.println(
        String.join(
            "" + separator,
            result.columns().stream().map(column -> quote(column.label())).toList()));
    long rows = 0;
    StringBuilder line = new StringBuilder();
    while (!isUnread(rows) && result.next()) {
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
    while (!isUnread(rows) && result.next()) {
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
    while (more && !out.checkError()) {
      List<String[]> portion = new ArrayList<>();
      while (portion.size() < MAX_TABLE_ROWS && (more = result.next())) {
        String[] cells = new String[labels.size()];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cell(result.text(i));
        }
        portion.add(cells);
      }
      if (!portion.isEmpty() || rows == 0) {
        printPortion(labels, right, portion, rows);
      }
      rows += portion.size();
    }
    return rows;
  }

  private String cell(@Nullable String text) {
    if (text == null) {
      return "NULL";
    }
    String line = printable(text);
    if (format == ResultFormat.MARKDOWN) {
      return line.replace("|", "\\|");
    }
    int length = line.codePointCount(0, line.length());
    return length <= MAX_CELL_WIDTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, MAX_CELL_WIDTH - 1)) + "…";
  }

  /// One line, without what would move a terminal's cursor.
  private static String printable(String text) {
    if (text.chars().noneMatch(c -> c < ' ' || c == 0x7f)) {
      return text;
    }
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append('⏎');
        case '\r' -> {}
        case '\t' -> line.append(' ');
        case 0x7f -> line.append('␡');
        default -> line.append(c < ' ' ? (char) ('␀' + c) : c);
      }
    }
    return line.toString();
  }

  /// Columns of a terminal that a text takes.
  static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      width += Math.max(0, WCWidth.wcwidth(text.codePointAt(i)));
    }
    return width;
  }

  private void printPortion(
      List<String> names, boolean[] right, List<String[]> rows, long rowsBefore) {
    List<String> labels = names.stream().map(ResultPrinter::printable).toList();
    int[] widths = new int[labels.size()];
    int sum = 1;
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(width(labels.get(i)), format == ResultFormat.MARKDOWN ? 3 : 1);
      for (String[] row : rows) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
      sum += widths[i] + 3;
    }
    if (format == ResultFormat.TABLE && screenWidth > 0 && sum > screenWidth && !rows.isEmpty()) {
      printRecords(labels, rows, rowsBefore);
    } else if (format == ResultFormat.TABLE) {
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

  private void printRecords(List<String> labels, List<String[]> rows, long rowsBefore) {
    int widest = labels.stream().mapToInt(ResultPrinter::width).max().orElse(0);
    long number = rowsBefore;
    for (String[] row : rows) {
      String head = "── row " + ++number + " ";
      out.println(head + "─".repeat(Math.max(2, Math.min(screenWidth, 60) - head.length())));
      for (int i = 0; i < row.length; i++) {
        String label = labels.get(i);
        out.println(label + " ".repeat(widest - width(label)) + " │ " + row[i]);
      }
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
      String pad = " ".repeat(widths[i] - width(cells[i]));
      line.append(' ').append(right[i] ? pad + cells[i] : cells[i] + pad).append(' ').append(bar);
    }
    return line.toString();
  }
}
