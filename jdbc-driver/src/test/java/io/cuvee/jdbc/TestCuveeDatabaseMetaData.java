package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestCuveeDatabaseMetaData {
  private FakeBroker broker;
  private Connection connection;
  private DatabaseMetaData metadata;

  @BeforeEach
  void connect() throws Exception {
    broker = new FakeBroker();
    connection = DriverManager.getConnection(broker.url(), "ada", "x");
    metadata = connection.getMetaData();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    broker.close();
  }

  private static Object argument(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 1;
    }
    return type == Class.class ? DatabaseMetaData.class : null;
  }

  @Test
  void noMethodThrows() throws Exception {
    int called = 0;
    for (Method method : DatabaseMetaData.class.getMethods()) {
      // Java's own default methods that drivers are free to refuse.
      if (method.isDefault() || Modifier.isStatic(method.getModifiers())) {
        continue;
      }
      Object[] arguments =
          Arrays.stream(method.getParameterTypes())
              .map(TestCuveeDatabaseMetaData::argument)
              .toArray();
      Object result = method.invoke(metadata, arguments);
      assertThat(result).as(method.getName()).isNotNull();
      if (result instanceof ResultSet) {
        checkWellFormed(method.getName(), (ResultSet) result);
      }
      called++;
    }
    assertThat(called).isGreaterThan(170);
  }

  private static void checkWellFormed(String name, ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    assertThat(columns.getColumnCount()).as(name).isPositive();
    while (rows.next()) {
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        rows.getObject(i);
      }
    }
    rows.close();
  }

  private static List<String> columnsOf(ResultSet rows) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      names.add(rows.getMetaData().getColumnLabel(i));
    }
    return names;
  }

  private static List<String> valuesOf(ResultSet rows, String column) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) {
      values.add(rows.getString(column));
    }
    return values;
  }

  @Test
  void columnsAreThoseOfTheSpecification() throws SQLException {
    assertThat(columnsOf(metadata.getSchemas())).containsExactly("TABLE_SCHEM", "TABLE_CATALOG");
    assertThat(columnsOf(metadata.getTables(null, null, "%", null)))
        .containsExactly(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "TABLE_TYPE",
            "REMARKS",
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "SELF_REFERENCING_COL_NAME",
            "REF_GENERATION");
    assertThat(columnsOf(metadata.getColumns(null, null, "%", "%")))
        .containsExactly(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "DATA_TYPE",
            "TYPE_NAME",
            "COLUMN_SIZE",
            "BUFFER_LENGTH",
            "DECIMAL_DIGITS",
            "NUM_PREC_RADIX",
            "NULLABLE",
            "REMARKS",
            "COLUMN_DEF",
            "SQL_DATA_TYPE",
            "SQL_DATETIME_SUB",
            "CHAR_OCTET_LENGTH",
            "ORDINAL_POSITION",
            "IS_NULLABLE",
            "SCOPE_CATALOG",
            "SCOPE_SCHEMA",
            "SCOPE_TABLE",
            "SOURCE_DATA_TYPE",
            "IS_AUTOINCREMENT",
            "IS_GENERATEDCOLUMN");
    assertThat(columnsOf(metadata.getTypeInfo())).hasSize(18);
    assertThat(columnsOf(metadata.getIndexInfo(null, null, "t", false, true))).hasSize(13);
    assertThat(columnsOf(metadata.getImportedKeys(null, null, "t"))).hasSize(14);
    assertThat(columnsOf(metadata.getProcedureColumns(null, null, null, null))).hasSize(20);
    assertThat(columnsOf(metadata.getFunctionColumns(null, null, null, null))).hasSize(17);
    assertThat(columnsOf(metadata.getAttributes(null, null, null, null))).hasSize(21);
  }

  @Test
  void tablesAreFilteredByPatternTypeAndCatalog() throws SQLException {
    assertThat(valuesOf(metadata.getTables(null, null, "%", null), "TABLE_NAME"))
        .containsExactly("queries", "a_b", "airports", "axb", "flights");
    assertThat(valuesOf(metadata.getTables("cuvee", "def%", "a_b", null), "TABLE_NAME"))
        .containsExactly("a_b", "axb");
    assertThat(valuesOf(metadata.getTables(null, null, "a\\_b", null), "TABLE_NAME"))
        .containsExactly("a_b");
    assertThat(valuesOf(metadata.getTables(null, null, "FLIGHTS", null), "TABLE_NAME"))
        .containsExactly("flights");
    assertThat(
            valuesOf(
                metadata.getTables(null, null, null, new String[] {"SYSTEM TABLE"}), "TABLE_NAME"))
        .containsExactly("queries");
    assertThat(valuesOf(metadata.getTables("", null, "%", null), "TABLE_NAME")).isEmpty();
    assertThat(valuesOf(metadata.getTables("other", null, "%", null), "TABLE_NAME")).isEmpty();
    assertThat(valuesOf(metadata.getTables(null, "", "%", null), "TABLE_NAME")).isEmpty();
  }

  @Test
  void columnsComeInTheirOrder() throws SQLException {
    ResultSet columns = metadata.getColumns(null, "default", "flights", "%");
    columns.next();
    assertThat(columns.getString("COLUMN_NAME")).isEqualTo("distance");
    assertThat(columns.getInt("DATA_TYPE")).isEqualTo(Types.INTEGER);
    assertThat(columns.getInt("NULLABLE")).isEqualTo(DatabaseMetaData.columnNoNulls);
    assertThat(columns.getObject("COLUMN_SIZE")).isNull();
    assertThat(valuesOf(columns, "COLUMN_NAME")).containsExactly("origin", "carrier");
  }

  @Test
  void schemasAreSortedAndFiltered() throws SQLException {
    assertThat(valuesOf(metadata.getSchemas(), "TABLE_SCHEM"))
        .containsExactly("default", "information_schema", "system");
    assertThat(valuesOf(metadata.getSchemas(null, "s%"), "TABLE_SCHEM")).containsExactly("system");
    assertThat(valuesOf(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("cuvee");
  }

  @Test
  void typesAreSortedByTheirNumber() throws SQLException {
    List<String> numbers = valuesOf(metadata.getTypeInfo(), "DATA_TYPE");
    assertThat(numbers.stream().mapToInt(Integer::parseInt)).isSorted().contains(Types.DOUBLE);
  }

  @Test
  void namesAndVersionsAreTrue() throws SQLException {
    assertThat(metadata.getDatabaseProductName()).isEqualTo("Cuvee");
    assertThat(metadata.getDatabaseProductVersion()).isEqualTo("3.7.1");
    assertThat(metadata.getDatabaseMajorVersion()).isEqualTo(3);
    assertThat(metadata.getDatabaseMinorVersion()).isEqualTo(7);
    assertThat(metadata.getDriverVersion()).matches("\\d+\\.\\d+.*");
    assertThat(metadata.getUserName()).isEqualTo("ada");
    assertThat(metadata.getURL()).isEqualTo(broker.url());
    assertThat(metadata.getNumericFunctions()).isEqualTo("ABS,SQRT");
    assertThat(metadata.getStringFunctions()).contains("SUBSTRING");
    assertThat(metadata.supportsBatchUpdates()).isFalse();
    assertThat(metadata.supportsTransactions()).isFalse();
  }
}
