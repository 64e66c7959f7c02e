package io.cuvee.sqltests.duckdb;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBConnection;

/// An in-memory DuckDB with the tests' tables, set to those rules of ours that are a matter of
/// taste: NULL is the largest value, integers divide to integers, times are UTC.
public final class DuckDb implements AutoCloseable {
  private final Connection connection;

  private DuckDb(Connection connection) {
    this.connection = connection;
  }

  public static DuckDb open() throws SQLException {
    return alike(DriverManager.getConnection("jdbc:duckdb:"));
  }

  /// Refuses what needs more than 2 GB, of all connections: a random query may be any size.
  public void limitMemory() throws SQLException {
    execute("SET memory_limit = '2GB'");
    execute("SET temp_directory = ''");
  }

  /// Another connection to the same tables, for another thread.
  public DuckDb another() throws SQLException {
    return alike(connection.unwrap(DuckDBConnection.class).duplicate());
  }

  private static DuckDb alike(Connection connection) throws SQLException {
    DuckDb duckDb = new DuckDb(connection);
    duckDb.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
    duckDb.execute("SET integer_division = true");
    duckDb.execute("SET threads = 2");
    return duckDb;
  }

  /// The whole result of a query.
  public Rows query(String sql) throws SQLException {
    return Rows.query(connection, sql);
  }

  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Makes a table of a fixture's rows.
  public void load(Fixture fixture) throws SQLException, IOException {
    List<String> read = new ArrayList<>();
    List<String> made = new ArrayList<>();
    for (JsonNode field : fields(fixture)) {
      String name = "\"" + field.get("name").asText() + "\"";
      boolean array = !field.path("singleValueField").asBoolean(true);
      String type = field.get("dataType").asText();
      read.add(name + ": '" + (array ? "VARCHAR[]" : "VARCHAR") + "'");
      String target = duckDbType(type) + (array ? "[]" : "");
      String value =
          !type.equals("BYTES")
              ? "CAST(" + name + " AS " + target + ")"
              : array ? "[unhex(x) FOR x IN " + name + "]" : "unhex(" + name + ")";
      made.add(value + " AS " + name);
    }
    Path file = Files.createTempFile("cuvee-" + fixture.name(), ".jsonl");
    try {
      Files.write(file, fixture.rows());
      execute(
          "CREATE TABLE "
              + fixture.name()
              + " AS SELECT "
              + String.join(", ", made)
              + " FROM read_json('"
              + file
              + "', format = 'newline_delimited', columns = {"
              + String.join(", ", read)
              + "})");
    } finally {
      Files.delete(file);
    }
  }

  private static List<JsonNode> fields(Fixture fixture) throws IOException {
    List<JsonNode> fields = new ArrayList<>();
    JsonNode schema = Rest.JSON.readTree(fixture.schema());
    schema.path("dimensionFieldSpecs").forEach(fields::add);
    schema.path("dateTimeFieldSpecs").forEach(fields::add);
    return fields;
  }

  static String duckDbType(String type) {
    return switch (type) {
      case "INT" -> "INTEGER";
      case "LONG" -> "BIGINT";
      case "BIG_DECIMAL" -> "DECIMAL(12, 2)";
      case "STRING", "JSON" -> "VARCHAR";
      case "BYTES" -> "BLOB";
      case "FLOAT", "DOUBLE", "BOOLEAN", "TIMESTAMP", "DATE", "UUID" -> type;
      default -> throw new IllegalArgumentException(type);
    };
  }

  public Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
