package io.cuvee.sqltests.duckdb;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/// The five tables of the Star Schema Benchmark, as its paper derives them from those of TPC-H: the
/// lines of an order with its date, and cities, brands and days that the facts lead to.
enum SsbTables {
  DDATE(
      "d_datekey INT, d_date DATE, d_year INT, d_yearmonthnum INT, d_yearmonth STRING,"
          + " d_weeknuminyear INT, d_month STRING",
      """
      SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER) AS d_datekey, CAST(d AS DATE) AS d_date,
        CAST(year(d) AS INTEGER) AS d_year, CAST(year(d) * 100 + month(d) AS INTEGER) AS d_yearmonthnum,
        strftime(d, '%b%Y') AS d_yearmonth, CAST((dayofyear(d) - 1) // 7 + 1 AS INTEGER) AS d_weeknuminyear,
        strftime(d, '%B') AS d_month
      FROM range(TIMESTAMP '1992-01-01', TIMESTAMP '1999-01-01', INTERVAL 1 DAY) days (d)
      """),
  SSB_CUSTOMER(
      "c_custkey INT, c_name STRING, c_city STRING, c_nation STRING, c_region STRING",
      """
      SELECT c_custkey, c_name, rpad(substr(n_name, 1, 9), 9, ' ') || c_custkey % 10 AS c_city,
        n_name AS c_nation, r_name AS c_region
      FROM customer JOIN nation ON c_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey
      """),
  SSB_SUPPLIER(
      "s_suppkey INT, s_name STRING, s_city STRING, s_nation STRING, s_region STRING",
      """
      SELECT s_suppkey, s_name, rpad(substr(n_name, 1, 9), 9, ' ') || s_suppkey % 10 AS s_city,
        n_name AS s_nation, r_name AS s_region
      FROM supplier JOIN nation ON s_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey
      """),
  SSB_PART(
      "p_partkey INT, p_name STRING, p_mfgr STRING, p_category STRING, p_brand1 STRING, p_color STRING",
      """
      SELECT p_partkey, p_name, 'MFGR#' || p_partkey % 5 + 1 AS p_mfgr,
        'MFGR#' || p_partkey % 5 + 1 || p_partkey // 5 % 5 + 1 AS p_category,
        'MFGR#' || p_partkey % 5 + 1 || p_partkey // 5 % 5 + 1 || p_partkey // 25 % 40 + 1 AS p_brand1,
        split_part(p_name, ' ', 1) AS p_color
      FROM part
      """),
  LINEORDER(
      "lo_orderkey INT, lo_linenumber INT, lo_custkey INT, lo_partkey INT, lo_suppkey INT,"
          + " lo_orderdate INT, lo_orderpriority STRING, lo_quantity INT, lo_extendedprice INT,"
          + " lo_discount INT, lo_revenue INT, lo_supplycost INT, lo_tax INT, lo_commitdate INT,"
          + " lo_shipmode STRING",
      """
      SELECT l_orderkey AS lo_orderkey, l_linenumber AS lo_linenumber, o_custkey AS lo_custkey,
        l_partkey AS lo_partkey, l_suppkey AS lo_suppkey,
        CAST(strftime(o_orderdate, '%Y%m%d') AS INTEGER) AS lo_orderdate,
        o_orderpriority AS lo_orderpriority, CAST(l_quantity AS INTEGER) AS lo_quantity,
        CAST(l_extendedprice * 100 AS INTEGER) AS lo_extendedprice,
        CAST(l_discount * 100 AS INTEGER) AS lo_discount,
        CAST(l_extendedprice * (100 - l_discount * 100) AS INTEGER) AS lo_revenue,
        CAST(ps_supplycost * 100 AS INTEGER) AS lo_supplycost, CAST(l_tax * 100 AS INTEGER) AS lo_tax,
        CAST(strftime(l_commitdate, '%Y%m%d') AS INTEGER) AS lo_commitdate, l_shipmode AS lo_shipmode
      FROM lineitem JOIN orders ON l_orderkey = o_orderkey
        JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey
      """);

  private final List<String> columns;
  private final String query;

  SsbTables(String columns, String query) {
    this.columns = List.of(columns.split(", ?"));
    this.query = query;
  }

  /// Makes the table in a DuckDB that has those of TPC-H.
  LoadedTable derive(DuckDb duckDb) throws SQLException {
    LoadedTable table = new LoadedTable(name().toLowerCase(Locale.ROOT), columns, this == DDATE);
    duckDb.execute("CREATE TABLE " + table.name() + " AS " + query);
    return table;
  }
}
