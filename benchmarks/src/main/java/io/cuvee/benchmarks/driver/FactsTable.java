package io.cuvee.benchmarks.driver;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.launcher.loading.TableLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;

/// A table of ten columns of the usual types. Its rows follow from their numbers, so that two
/// servers can have the same ones.
final class FactsTable {
  static final String NAME = "facts";
  static final String SCAN =
      "SELECT id, n, price, city, name, day, moment, flag, amount, code FROM " + NAME;

  private static final int FIRST_DAY = 18_262;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final Duration LOADING = Duration.ofMinutes(5);

  private static final String SCHEMA =
      """
      {"schemaName": "facts", "dimensionFieldSpecs": [
        {"name": "id", "dataType": "LONG"}, {"name": "n", "dataType": "INT"}, {"name": "price", "dataType": "DOUBLE"},
        {"name": "city", "dataType": "STRING"}, {"name": "name", "dataType": "STRING"}, {"name": "day", "dataType": "DATE"},
        {"name": "moment", "dataType": "TIMESTAMP"}, {"name": "flag", "dataType": "BOOLEAN"},
        {"name": "amount", "dataType": "DOUBLE"}, {"name": "code", "dataType": "STRING"}]}
      """;
  private static final String CONFIG =
      """
      {"tableName": "facts", "tableType": "OFFLINE", "segmentsConfig": {"schemaName": "facts", "replication": "1"},
       "tableIndexConfig": {}, "tenants": {}, "metadata": {}}
      """;

  private FactsTable() {}

  /// One row as a server has it before it writes it: a date as its day, a time as its milliseconds.
  static List<Object> row(long id) {
    return List.of(
        id,
        (int) (id * 7919 % 100_003),
        id % 10_007 / 4.0,
        "city " + id % 1000,
        "name " + id * 31 % 1_000_003,
        (int) (FIRST_DAY + id % 1500),
        FIRST_DAY * DAY_MILLIS + id * 37_000,
        id % 3 == 0,
        id % 999_983 / 128.0,
        "C" + id % 50);
  }

  static void load(int rows, Path work, EmbeddedCluster cluster) throws SQLException {
    Path file = work.resolve(NAME + ".parquet");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute(
          """
          COPY (SELECT id, CAST(id * 7919 %% 100003 AS INTEGER) AS n, CAST(id %% 10007 AS DOUBLE) / 4 AS price,
            'city ' || (id %% 1000) AS city, 'name ' || (id * 31 %% 1000003) AS name,
            DATE '2020-01-01' + CAST(id %% 1500 AS INTEGER) AS day,
            CAST(epoch_ms(1577836800000 + id * 37000) AS TIMESTAMP) AS moment, id %% 3 = 0 AS flag,
            CAST(id %% 999983 AS DOUBLE) / 128 AS amount, 'C' || (id %% 50) AS code
            FROM range(%d) numbers (id)) TO '%s' (FORMAT parquet)
          """
              .formatted(rows, file));
    }
    Schema schema = Schema.parse(SCHEMA);
    TableConfig config = TableConfig.parse(CONFIG);
    TableLoader loader = new TableLoader(schema, config, work, Math.max(1, rows / 4));
    try (ControllerClient controller = new ControllerClient(cluster.controllerUrls().getFirst());
        TableLoader.Built built =
            loader.build(List.of(file), ReadOptions.DEFAULTS, NAME, built1 -> {})) {
      controller.createSchema(schema);
      controller.createTable(config);
      TableLoader.upload(built, NAME, controller);
      RowCounts.await(cluster.jdbcUrl(), NAME, rows, LOADING);
    }
  }

  /// Reads every cell by the getter of its type.
  ///
  /// @return a digest of them that does not depend on the order of the rows
  static String read(ResultSet rows) throws SQLException {
    long digest = 0;
    while (rows.next()) {
      long row = rows.getLong(1);
      row = 31 * row + rows.getInt(2);
      row = 31 * row + Double.hashCode(rows.getDouble(3));
      row = 31 * row + rows.getString(4).hashCode();
      row = 31 * row + rows.getString(5).hashCode();
      Date day = rows.getDate(6);
      row = 31 * row + day.getTime() / DAY_MILLIS;
      Timestamp moment = rows.getTimestamp(7);
      row = 31 * row + moment.getTime();
      row = 31 * row + (rows.getBoolean(8) ? 1 : 0);
      row = 31 * row + Double.hashCode(rows.getDouble(9));
      row = 31 * row + rows.getString(10).hashCode();
      digest += row * 0x9E3779B97F4A7C15L;
    }
    return Long.toHexString(digest);
  }
}
