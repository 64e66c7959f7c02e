package io.cuvee.sqltests.duckdb;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.launcher.loading.TableLoader;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The eight tables of TPC-H, as its generator makes them, in DuckDB and from there in a cluster.
enum TpchTables {
  REGION("region", "r_regionkey INT, r_name STRING, r_comment STRING"),
  NATION("nation", "n_nationkey INT, n_name STRING, n_regionkey INT, n_comment STRING"),
  SUPPLIER(
      "supplier",
      "s_suppkey INT, s_name STRING, s_address STRING, s_nationkey INT, s_phone STRING,"
          + " s_acctbal BIG_DECIMAL, s_comment STRING"),
  CUSTOMER(
      "customer",
      "c_custkey INT, c_name STRING, c_address STRING, c_nationkey INT, c_phone STRING,"
          + " c_acctbal BIG_DECIMAL, c_mktsegment STRING, c_comment STRING"),
  PART(
      "part",
      "p_partkey INT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT,"
          + " p_container STRING, p_retailprice BIG_DECIMAL, p_comment STRING"),
  PARTSUPP(
      "partsupp",
      "ps_partkey INT, ps_suppkey INT, ps_availqty INT, ps_supplycost BIG_DECIMAL, ps_comment"
          + " STRING"),
  ORDERS(
      "orders",
      "o_orderkey INT, o_custkey INT, o_orderstatus STRING, o_totalprice BIG_DECIMAL, o_orderdate"
          + " DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT, o_comment STRING"),
  LINEITEM(
      "lineitem",
      "l_orderkey INT, l_partkey INT, l_suppkey INT, l_linenumber INT, l_quantity BIG_DECIMAL,"
          + " l_extendedprice BIG_DECIMAL, l_discount BIG_DECIMAL, l_tax BIG_DECIMAL, l_returnflag"
          + " STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE,"
          + " l_shipinstruct STRING, l_shipmode STRING, l_comment STRING");

  private static final long ROWS_PER_SEGMENT = 1_500_000;
  private static final Duration LOADING = Duration.ofMinutes(5);

  private final String tableName;
  private final List<String> columns;

  TpchTables(String tableName, String columns) {
    this.tableName = tableName;
    this.columns = List.of(columns.split(", ?"));
  }

  /// Makes all tables.
  ///
  /// @param scale 1 for six million lines
  /// @param work for files on the way; stays behind
  static void load(
      double scale, Path work, DuckDb duckDb, ControllerClient controller, String jdbcUrl)
      throws IOException, SQLException {
    for (TpchTables table : values()) {
      Path lines = work.resolve(table.tableName + ".tbl");
      table.write(scale, lines);
      Path rows = work.resolve(table.tableName + ".parquet");
      duckDb.execute(
          "CREATE TABLE %s AS SELECT * EXCLUDE (rest) FROM read_csv('%s', delim = '|', header = false, columns = {%s, 'rest': 'VARCHAR'})"
              .formatted(
                  table.tableName,
                  lines,
                  table.columns.stream()
                      .map(column ->
                          "'" + name(column) + "': '" + DuckDb.duckDbType(type(column)) + "'")
                      .collect(Collectors.joining(", "))));
      Files.delete(lines);
      duckDb.execute("COPY " + table.tableName + " TO '" + rows + "' (FORMAT parquet)");
      table.load(rows, work, controller, jdbcUrl);
      Files.delete(rows);
    }
  }

  private void write(double scale, Path file) throws IOException {
    String generated = this == PARTSUPP ? "partsupp" : tableName;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (TpchEntity row : TpchTable.getTable(generated).createGenerator(scale, 1, 1)) {
        out.write(row.toLine());
        out.write('\n');
      }
    }
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
                .formatted(tableName, this == NATION || this == REGION, tableName));
    TableLoader loader = new TableLoader(schema, config, work, ROWS_PER_SEGMENT);
    try (TableLoader.Built built =
        loader.build(List.of(file), ReadOptions.DEFAULTS, tableName, rows -> {})) {
      controller.createSchema(schema);
      controller.createTable(config);
      TableLoader.upload(built, tableName, controller);
      RowCounts.await(jdbcUrl, tableName, built.rows(), LOADING);
    }
  }

  private String schema() {
    return columns.stream()
        .map(column ->
            "{\"name\": \"" + name(column) + "\", \"dataType\": \"" + type(column) + "\"}")
        .collect(
            Collectors.joining(
                ", ", "{\"schemaName\": \"" + tableName + "\", \"dimensionFieldSpecs\": [", "]}"));
  }

  private static String name(String column) {
    return Arrays.asList(column.split(" ")).getFirst();
  }

  private static String type(String column) {
    return Arrays.asList(column.split(" ")).getLast();
  }
}
