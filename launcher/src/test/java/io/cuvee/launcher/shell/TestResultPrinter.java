package io.cuvee.launcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestResultPrinter {
  /// Two columns, a number and a text.
  private static final class Pairs implements ResultRows {
    private final List<@Nullable String[]> rows;
    private int next;

    Pairs(@Nullable String[]... rows) {
      this.rows = new ArrayList<>(Arrays.asList(rows));
    }

    @Override
    public List<Column> columns() {
      return List.of(new Column("id", Form.NUMBER), new Column("name", Form.TEXT));
    }

    @Override
    public boolean next() {
      return ++next <= rows.size();
    }

    @Override
    public @Nullable String text(int column) {
      return rows.get(next - 1)[column];
    }
  }

  private static String print(ResultFormat format, int width, @Nullable String[]... rows)
      throws SQLException {
    StringWriter out = new StringWriter();
    new ResultPrinter(new PrintWriter(out), format, width).print(new Pairs(rows));
    return out.toString();
  }

  @Test
  void tablesAlignWideCharacters() throws SQLException {
    assertThat(
            print(ResultFormat.TABLE, 0, new String[] {"1", "東京"}, new String[] {null, "e\u0301"}))
        .isEqualTo(
            """
            ┌──────┬──────┐
            │   id │ name │
            ├──────┼──────┤
            │    1 │ 東京 │
            │ NULL │ e\u0301    │
            └──────┴──────┘
            """);
  }

  @Test
  void whatMovesTheCursorIsShownInstead() throws SQLException {
    assertThat(print(ResultFormat.TABLE, 0, new String[][] {{"1", "a\u001b[2J\u007f\nb"}}))
        .contains("│ a␛[2J␡⏎b │");
  }

  @Test
  void longTextIsCutBetweenCharacters() throws SQLException {
    assertThat(print(ResultFormat.TABLE, 0, new String[][] {{"1", "😀".repeat(200)}}))
        .contains(" " + "😀".repeat(99) + "… │");
  }

  @Test
  void tablesWiderThanTheScreenAreShownAValueALine() throws SQLException {
    assertThat(print(ResultFormat.TABLE, 14, new String[] {"1", "東京"}, new String[] {"2", "long"}))
        .startsWith("┌");
    assertThat(print(ResultFormat.TABLE, 12, new String[] {"1", "東京"}, new String[] {"2", "long"}))
        .isEqualTo(
            """
            ── row 1 ───
            id   │ 1
            name │ 東京
            ── row 2 ───
            id   │ 2
            name │ long
            """);
    assertThat(print(ResultFormat.MARKDOWN, 12, new String[][] {{"1", "x"}})).startsWith("|  id |");
  }

  @Test
  void formatsForProgramsKeepEverything() throws SQLException {
    String[] row = {null, "a\t\"b\", \\\nc"};
    assertThat(print(ResultFormat.CSV, 5, row, new String[] {"1", ""}))
        .isEqualTo("id,name\n,\"a\t\"\"b\"\", \\\nc\"\n1,\"\"\n");
    assertThat(print(ResultFormat.TSV, 5, new String[][] {row}))
        .isEqualTo("id\tname\n\\N\ta\\t\"b\", \\\\\\nc\n");
    assertThat(print(ResultFormat.JSON, 5, row, new String[] {"NaN", "x"}))
        .isEqualTo(
            """
            {"id":null,"name":"a\\t\\"b\\", \\\\\\nc"}
            {"id":"NaN","name":"x"}
            """);
  }

  @Test
  void noMoreRowsAreAskedForOnceNobodyReads() throws SQLException {
    String[][] rows = new String[100_000][];
    Arrays.fill(rows, new String[] {"1", "x"});
    Writer gone =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws java.io.IOException {
            throw new java.io.IOException("Broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    for (ResultFormat format : ResultFormat.values()) {
      long printed = new ResultPrinter(new PrintWriter(gone), format, 0).print(new Pairs(rows));
      assertThat(printed).as(format.name()).isLessThanOrEqualTo(10_000);
    }
  }
}
