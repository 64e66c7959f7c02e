package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What DBeaver and its like ask when a user opens a connection, a schema, a table.
@ExtendWith(ClusterExtension.class)
class TestDatabaseMetaData {
  private Connection connection;
  private DatabaseMetaData metaData;

  @BeforeEach
  void connect(SharedCluster cluster) throws SQLException {
    connection = cluster.connect();
    metaData = connection.getMetaData();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void aWalkFromCatalogsDownToRowsWorks() throws SQLException {
    assertThat(column(metaData.getCatalogs(), "TABLE_CAT")).containsExactly("cuvee");
    assertThat(column(metaData.getTableTypes(), "TABLE_TYPE")).contains("TABLE");
    for (String schema : column(metaData.getSchemas(), "TABLE_SCHEM")) {
      for (String table : column(metaData.getTables("cuvee", schema, "%", null), "TABLE_NAME")) {
        List<String> columns =
            column(metaData.getColumns("cuvee", schema, table, "%"), "COLUMN_NAME");
        assertThat(columns).as(table).isNotEmpty();
        for (ResultSet details :
            List.of(
                metaData.getPrimaryKeys("cuvee", schema, table),
                metaData.getIndexInfo("cuvee", schema, table, false, true),
                metaData.getImportedKeys("cuvee", schema, table),
                metaData.getExportedKeys("cuvee", schema, table),
                metaData.getBestRowIdentifier(
                    "cuvee", schema, table, DatabaseMetaData.bestRowSession, true),
                metaData.getTablePrivileges("cuvee", schema, table))) {
          column(details, "TABLE_NAME", "COLUMN_NAME", "PKTABLE_NAME");
        }
        assertThat(firstRows(schema, table)).as(table).isEqualTo(columns);
      }
    }
  }

  /// The labels of a table's rows, as the grid of a tool asks for them.
  private List<String> firstRows(String schema, String table) throws SQLException {
    String quote = metaData.getIdentifierQuoteString();
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(200);
      statement.setFetchSize(200);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT t.* FROM %1$scuvee%1$s.%1$s%2$s%1$s.%1$s%3$s%1$s t"
                  .formatted(quote, schema, table))) {
        int count = 0;
        while (rows.next()) {
          count++;
        }
        assertThat(count).isLessThanOrEqualTo(200);
        List<String> labels = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          labels.add(rows.getMetaData().getColumnLabel(i));
        }
        return labels;
      }
    }
  }

  @Test
  void columnsHaveTheTypesOfTheSchema() throws SQLException {
    Map<String, Integer> types = new TreeMap<>();
    Map<String, String> nullable = new TreeMap<>();
    List<Integer> positions = new ArrayList<>();
    try (ResultSet columns = metaData.getColumns(null, "default", "all\\_types", null)) {
      while (columns.next()) {
        types.put(columns.getString("COLUMN_NAME"), columns.getInt("DATA_TYPE"));
        nullable.put(columns.getString("COLUMN_NAME"), columns.getString("IS_NULLABLE"));
        positions.add(columns.getInt("ORDINAL_POSITION"));
      }
    }
    assertThat(types)
        .containsEntry("i", Types.INTEGER)
        .containsEntry("l", Types.BIGINT)
        .containsEntry("f", Types.REAL)
        .containsEntry("d", Types.DOUBLE)
        .containsEntry("n", Types.DECIMAL)
        .containsEntry("o", Types.BOOLEAN)
        .containsEntry("t", Types.TIMESTAMP)
        .containsEntry("day", Types.DATE)
        .containsEntry("s", Types.VARCHAR)
        .containsEntry("j", Types.VARCHAR)
        .containsEntry("b", Types.VARBINARY)
        .containsEntry("astr", Types.ARRAY);
    assertThat(nullable).containsEntry("id", "NO").containsEntry("s", "YES");
    assertThat(positions).hasSize(25).startsWith(1, 2, 3).isSorted();
  }

  @Test
  void patternsAndTypesFilterTables() throws SQLException {
    assertThat(tables("%mps")).containsExactly("emps");
    assertThat(tables("d_pts")).containsExactly("depts");
    assertThat(tables("all\\_types")).containsExactly("all_types");
    assertThat(tables("no such table")).isEmpty();
    assertThat(column(metaData.getTables(null, null, "emps", new String[] {"VIEW"}), "TABLE_NAME"))
        .isEmpty();
    assertThat(column(metaData.getTables("other", null, "emps", null), "TABLE_NAME")).isEmpty();
  }

  private List<String> tables(String pattern) throws SQLException {
    return column(metaData.getTables(null, "default", pattern, null), "TABLE_NAME");
  }

  @Test
  void thePreparedShapeOfATableIsKnownBeforeItRuns() throws SQLException {
    try (var query = connection.prepareStatement("SELECT * FROM depts WHERE id > ?")) {
      assertThat(query.getMetaData().getColumnCount()).isEqualTo(4);
      assertThat(query.getMetaData().getColumnName(2)).isEqualTo("name");
      assertThat(query.getMetaData().getTableName(2)).isEqualTo("depts");
      assertThat(query.getMetaData().isNullable(1)).isEqualTo(DatabaseMetaData.columnNoNulls);
      assertThat(query.getParameterMetaData().getParameterCount()).isEqualTo(1);
      assertThat(query.getParameterMetaData().getParameterType(1)).isEqualTo(Types.INTEGER);
    }
  }

  /// The values of the first of the columns that the result has; reads it to its end.
  private static List<String> column(ResultSet result, String... names) throws SQLException {
    List<String> values = new ArrayList<>();
    try (result) {
      String name = names[0];
      for (String candidate : names) {
        if (has(result, candidate)) {
          name = candidate;
          break;
        }
      }
      while (result.next()) {
        @Nullable String value = result.getString(name);
        if (value != null) {
          values.add(value);
        }
      }
    }
    return values;
  }

  private static boolean has(ResultSet result, String column) throws SQLException {
    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
      if (result.getMetaData().getColumnLabel(i).equals(column)) {
        return true;
      }
    }
    return false;
  }
}
