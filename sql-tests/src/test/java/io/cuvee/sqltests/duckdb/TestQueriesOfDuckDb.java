package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.logic.LogicTables;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sub-queries wherever they may stand, and what is written in DuckDB's way, over few rows with
/// NULLs, give what DuckDB gives.
class TestQueriesOfDuckDb {
  private static @Nullable LogicTables opened;

  @BeforeAll
  static void load() throws SQLException, IOException {
    LogicTables tables = new LogicTables();
    opened = tables;
    tables.execute("CREATE TABLE a(i INTEGER, j INTEGER, s TEXT)");
    tables.execute(
        "INSERT INTO a VALUES (1,2,'x'), (1,NULL,'y'), (NULL,2,'z'), (NULL,NULL,'w'), (3,4,'v'),"
            + " (5,6,NULL), (8,8,'u')");
    tables.execute("CREATE TABLE b(i INTEGER, j INTEGER, t TEXT)");
    tables.execute(
        "INSERT INTO b VALUES (1,2,'p'), (1,NULL,'q'), (NULL,4,'r'), (7,7,'s'), (3,5,NULL)");
    tables.execute("CREATE TABLE c(i INTEGER)");
    tables.execute("INSERT INTO c VALUES (1), (2), (3), (4)");
    tables.execute("CREATE TABLE e(i INTEGER, j INTEGER)");
  }

  @AfterAll
  static void close() throws SQLException, IOException {
    tables().close();
  }

  private static LogicTables tables() {
    return Objects.requireNonNull(opened);
  }

  @ParameterizedTest
  @ValueSource(strings = {"subqueries.sql", "dialect.sql"})
  void eachQueryGivesTheRowsOfDuckDb(String file) throws Exception {
    List<String> different = new ArrayList<>();
    for (String sql : queries(file)) {
      Rows expected = truthAsNumbers(tables().expected(sql));
      try {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        tables().query(sql).forEach(row -> rows.add(Arrays.asList(row)));
        String difference =
            SameRows.difference(expected, new Rows(expected.columns(), rows), false);
        if (!difference.isEmpty()) {
          different.add(sql + ": " + difference);
        }
      } catch (CuveeException e) {
        different.add(sql + ": " + e.getMessage());
      }
    }
    assertThat(different).isEmpty();
  }

  /// As [LogicTables#query] gives it.
  private static Rows truthAsNumbers(Rows rows) {
    List<List<@Nullable Object>> cells = new ArrayList<>();
    for (List<@Nullable Object> row : rows.cells()) {
      List<@Nullable Object> numbers = new ArrayList<>();
      for (Object cell : row) {
        numbers.add(cell instanceof Boolean truth ? (Object) (truth ? 1 : 0) : cell);
      }
      cells.add(numbers);
    }
    return new Rows(rows.columns(), cells);
  }

  private static List<String> queries(String file) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(TestQueriesOfDuckDb.class.getResourceAsStream("/duckdb/" + file))) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.isBlank() && !line.startsWith("--"))
          .map(line -> line.substring(0, line.lastIndexOf(';')))
          .toList();
    }
  }

  @Test
  void aSubQueryForAValueHasOneRowAtMost() {
    for (String sql :
        List.of(
            "SELECT (SELECT i FROM b)",
            "SELECT i, (SELECT b.j FROM b WHERE b.i = a.i) FROM a",
            "SELECT i FROM a WHERE j > (SELECT j FROM b WHERE j IS NOT NULL)",
            "SELECT a.i FROM a LEFT JOIN b ON a.i = b.i AND a.j = (SELECT i FROM c)")) {
      assertThatThrownBy(() -> tables().query(sql))
          .as(sql)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_EXCEPTION));
    }
  }

  @Test
  void anAggregateOfTheOuterQueryIsRefusedWithinASubQuery() {
    for (String sql :
        List.of(
            "SELECT (SELECT SUM(a.i)) FROM a",
            "SELECT (SELECT MAX(a.i + a.j) FROM b LIMIT 1) FROM a")) {
      assertThatThrownBy(() -> tables().query(sql))
          .as(sql)
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining("reads columns of the outer query only");
    }
  }

  @Test
  void groupingSetsOfNoRowsHaveTheirTotal() throws Exception {
    // DuckDB has NULL for the last column.
    assertThat(
            tables()
                .query(
                    "SELECT a.i, x.* FROM a, LATERAL (SELECT b.i, COUNT(*), GROUPING(b.i) FROM b"
                        + " WHERE b.j > a.j GROUP BY ROLLUP (b.i)) x WHERE a.i = 8"))
        .containsExactly(new Object[] {8L, null, 0L, 1L});
  }

  @Test
  void randomNumbersDifferFromRowToRow() throws Exception {
    // None, or all, would pass if there were one number for all.
    String rows = "SELECT COUNT(*) FROM a b, a c, a d, a e, a f, b g";
    long all = (Long) Objects.requireNonNull(tables().query(rows).getFirst()[0]);
    long some =
        (Long) Objects.requireNonNull(tables().query(rows + " WHERE RANDOM() < 0.5").getFirst()[0]);
    assertThat(some).isStrictlyBetween(all / 4, all / 4 * 3);
  }

  @Test
  void unknownColumnsOfUnionByNameAndColumnsAreRefused() {
    for (String sql :
        List.of(
            "SELECT 1 AS x UNION BY NAME SELECT 2",
            "SELECT i, i FROM a UNION BY NAME SELECT i FROM b",
            "SELECT COLUMNS('[') FROM a",
            "SELECT COUNT(*) FROM a TABLESAMPLE BERNOULLI (500)",
            "SELECT ARRAY(SELECT i, j FROM b)")) {
      assertThatThrownBy(() -> tables().query(sql)).as(sql).isInstanceOf(CuveeException.class);
    }
  }
}
