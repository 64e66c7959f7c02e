package io.cuvee.sqltests.iq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The data sets that Calcite's scripts are about, each loaded as tables of a schema of its own,
/// and a script below `src/test/resources/datasets` for each.
@ExtendWith(ClusterExtension.class)
@Tag("slow")
class TestDataSets {
  private static final Path SCRIPTS =
      Path.of(
          System.getProperty("cuvee.root"), "sql-tests", "src", "test", "resources", "datasets");

  @Test
  void scott(SharedCluster cluster) throws Exception {
    check("scott", "TIGER", List.of("EMP", "DEPT", "SALGRADE", "BONUS"), cluster);
  }

  @Test
  void foodmart(SharedCluster cluster) throws Exception {
    check(
        "foodmart",
        "FOODMART",
        List.of(
            "customer",
            "department",
            "employee",
            "position",
            "product",
            "product_class",
            "promotion",
            "salary",
            "sales_fact_1997",
            "store",
            "time_by_day",
            "warehouse"),
        cluster);
  }

  private static void check(
      String schema, String password, List<String> tables, SharedCluster cluster) throws Exception {
    List<String> loaded = new ArrayList<>();
    try (Connection source =
        DriverManager.getConnection(
            "jdbc:hsqldb:res:" + schema, schema.toUpperCase(Locale.ROOT), password)) {
      for (String table : tables) {
        cluster.load(fixture(source, schema, table));
        loaded.add(name(schema, table));
      }
      Script.check(SCRIPTS.resolve(schema + ".iq"), cluster);
    } finally {
      for (String table : loaded) {
        cluster.controller().delete("/tables/" + table);
      }
    }
  }

  private static String name(String schema, String table) {
    return schema + "." + table.toLowerCase(Locale.ROOT);
  }

  private static Fixture fixture(Connection source, String schema, String table)
      throws SQLException {
    try (Statement statement = source.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT * FROM "
                    + (schema.equals("scott") ? "" : "\"" + schema + "\".")
                    + "\""
                    + table
                    + "\"")) {
      String name = name(schema, table);
      ResultSetMetaData columns = rows.getMetaData();
      ObjectNode definition = Rest.JSON.createObjectNode().put("schemaName", name);
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        definition
            .withArrayProperty("dimensionFieldSpecs")
            .addObject()
            .put("name", columns.getColumnName(i).toLowerCase(Locale.ROOT))
            .put("dataType", type(columns.getColumnType(i)));
      }
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        ObjectNode row = Rest.JSON.createObjectNode();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          // NULL is a field that is not there.
          String text = rows.getString(i);
          if (text != null) {
            row.put(columns.getColumnName(i).toLowerCase(Locale.ROOT), text);
          }
        }
        lines.add(row.toString());
      }
      return Fixture.of(name, definition.toString(), lines);
    }
  }

  private static String type(int type) {
    return switch (type) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> "INT";
      case Types.BIGINT -> "LONG";
      case Types.DECIMAL, Types.NUMERIC -> "BIG_DECIMAL";
      case Types.DOUBLE, Types.FLOAT, Types.REAL -> "DOUBLE";
      case Types.BOOLEAN, Types.BIT -> "BOOLEAN";
      case Types.DATE -> "DATE";
      case Types.TIMESTAMP -> "TIMESTAMP";
      case Types.CHAR, Types.VARCHAR -> "STRING";
      default -> throw new IllegalArgumentException("A column of type " + type);
    };
  }
}
