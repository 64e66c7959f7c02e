package io.cuvee.sqltests.duckdb;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/// The eight tables of TPC-H, as its generator makes them, in DuckDB.
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

  private final LoadedTable table;

  TpchTables(String name, String columns) {
    table =
        new LoadedTable(
            name, List.of(columns.split(", ?")), name.equals("nation") || name.equals("region"));
  }

  /// Makes the table in DuckDB.
  ///
  /// @param scale 1 for six million lines
  /// @param work for a file on the way
  LoadedTable generate(double scale, Path work, DuckDb duckDb) throws IOException, SQLException {
    Path lines = work.resolve(table.name() + ".tbl");
    try (BufferedWriter out = Files.newBufferedWriter(lines)) {
      for (TpchEntity row : TpchTable.getTable(table.name()).createGenerator(scale, 1, 1)) {
        out.write(row.toLine());
        out.write('\n');
      }
    }
    duckDb.execute(
        "CREATE TABLE %s AS SELECT * EXCLUDE (rest) FROM read_csv('%s', delim = '|', header = false, columns = {%s, 'rest': 'VARCHAR'})"
            .formatted(
                table.name(),
                lines,
                table.columns().stream()
                    .map(column ->
                        "'"
                            + LoadedTable.name(column)
                            + "': '"
                            + DuckDb.duckDbType(LoadedTable.type(column))
                            + "'")
                    .collect(Collectors.joining(", "))));
    Files.delete(lines);
    return table;
  }
}
