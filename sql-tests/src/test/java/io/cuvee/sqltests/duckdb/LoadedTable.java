package io.cuvee.sqltests.duckdb;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.launcher.loading.TableLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// A table that a cluster gets from DuckDB.
///
/// @param columns each a name and a schema's type, as `id LONG`
/// @param isDimension whether each server has all of it
record LoadedTable(String name, List<String> columns, boolean isDimension) {
  private static final long ROWS_PER_SEGMENT = 1_500_000;
  private static final Duration LOADING = Duration.ofMinutes(10);

  LoadedTable {
    columns = List.copyOf(columns);
  }

  /// Makes the table of the same name in the cluster.
  ///
  /// @param work for files on the way
  void copy(DuckDb duckDb, Path work, ControllerClient controller, String jdbcUrl)
      throws IOException, SQLException {
    Path rows = work.resolve(name + ".parquet");
    duckDb.execute(
        "COPY (SELECT %s FROM %s) TO '%s' (FORMAT parquet)"
            .formatted(
                columns.stream().map(LoadedTable::name).collect(Collectors.joining(", ")),
                name,
                rows));
    load(rows, work, controller, jdbcUrl);
    Files.delete(rows);
  }

  private void load(Path file, Path work, ControllerClient controller, String jdbcUrl) {
    Schema schema = Schema.parse(schema());
    TableConfig config =
        TableConfig.parse(
            """
            {"tableName": "%s", "tableType": "OFFLINE", "isDimTable": %s,
             "segmentsConfig": {"schemaName": "%s", "replication": "1"},
             "tableIndexConfig": {}, "tenants": {}, "metadata": {}}
            """
                .formatted(name, isDimension, name));
    TableLoader loader = new TableLoader(schema, config, work, ROWS_PER_SEGMENT);
    try (TableLoader.Built built =
        loader.build(List.of(file), ReadOptions.DEFAULTS, name, rows -> {})) {
      controller.createSchema(schema);
      controller.createTable(config);
      TableLoader.upload(built, name, controller);
      RowCounts.await(jdbcUrl, name, built.rows(), LOADING);
    }
  }

  private String schema() {
    return columns.stream()
        .map(column ->
            "{\"name\": \"" + name(column) + "\", \"dataType\": \"" + type(column) + "\"}")
        .collect(
            Collectors.joining(
                ", ", "{\"schemaName\": \"" + name + "\", \"dimensionFieldSpecs\": [", "]}"));
  }

  static String name(String column) {
    return Arrays.asList(column.split(" ")).getFirst();
  }

  static String type(String column) {
    return Arrays.asList(column.split(" ")).getLast();
  }
}
