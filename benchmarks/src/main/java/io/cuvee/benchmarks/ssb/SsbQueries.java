package io.cuvee.benchmarks.ssb;

import java.util.LinkedHashMap;
import java.util.Map;

/// The queries by name. One text serves all engines, hence the LIMITs, which one of them needs, and
/// orders without ties.
public final class SsbQueries {
  private static final String FLAT = " FROM " + SsbTable.NAME + " ";
  private static final String ALL = " LIMIT 100000";

  private SsbQueries() {}

  /// The thirteen of the Star Schema Benchmark.
  public static Map<String, String> flights() {
    Map<String, String> queries = new LinkedHashMap<>();
    String discounted = "SELECT SUM(lo_extendedprice * lo_discount) AS revenue" + FLAT + "WHERE ";
    queries.put(
        "Q1.1", discounted + "d_year = 1993 AND lo_discount BETWEEN 1 AND 3 AND lo_quantity < 25");
    queries.put(
        "Q1.2",
        discounted
            + "d_yearmonthnum = 199401 AND lo_discount BETWEEN 4 AND 6"
            + " AND lo_quantity BETWEEN 26 AND 35");
    queries.put(
        "Q1.3",
        discounted
            + "d_weeknuminyear = 6 AND d_year = 1994 AND lo_discount BETWEEN 5 AND 7"
            + " AND lo_quantity BETWEEN 26 AND 35");
    String brands = "SELECT SUM(lo_revenue) AS revenue, d_year, p_brand" + FLAT + "WHERE ";
    String byBrand = " GROUP BY d_year, p_brand ORDER BY d_year, p_brand" + ALL;
    queries.put("Q2.1", brands + "p_category = 'MFGR#12' AND s_region = 'AMERICA'" + byBrand);
    queries.put(
        "Q2.2",
        brands + "p_brand BETWEEN 'MFGR#2221' AND 'MFGR#2228' AND s_region = 'ASIA'" + byBrand);
    queries.put("Q2.3", brands + "p_brand = 'MFGR#2239' AND s_region = 'EUROPE'" + byBrand);
    queries.put(
        "Q3.1",
        places(
            "nation",
            "c_region = 'ASIA' AND s_region = 'ASIA' AND d_year >= 1992 AND d_year <= 1997"));
    queries.put(
        "Q3.2",
        places(
            "city",
            "c_nation = 'UNITED STATES' AND s_nation = 'UNITED STATES'"
                + " AND d_year >= 1992 AND d_year <= 1997"));
    String fourCities =
        "c_city IN ('UNITED KI1', 'UNITED KI5') AND s_city IN ('UNITED KI1', 'UNITED KI5') AND ";
    queries.put("Q3.3", places("city", fourCities + "d_year >= 1992 AND d_year <= 1997"));
    queries.put("Q3.4", places("city", fourCities + "d_yearmonthnum = 199712"));
    String american = "c_region = 'AMERICA' AND s_region = 'AMERICA' AND ";
    String twoMakers = "p_mfgr IN ('MFGR#1', 'MFGR#2')";
    queries.put("Q4.1", profit("d_year, c_nation", american + twoMakers));
    queries.put(
        "Q4.2",
        profit(
            "d_year, s_nation, p_category", american + "d_year IN (1997, 1998) AND " + twoMakers));
    queries.put(
        "Q4.3",
        profit(
            "d_year, s_city, p_brand",
            "s_nation = 'UNITED STATES' AND d_year IN (1997, 1998) AND p_category = 'MFGR#14'"));
    return queries;
  }

  private static String places(String place, String condition) {
    String keys = "c_" + place + ", s_" + place + ", d_year";
    return "SELECT "
        + keys
        + ", SUM(lo_revenue) AS revenue"
        + FLAT
        + "WHERE "
        + condition
        + " GROUP BY "
        + keys
        + " ORDER BY d_year ASC, revenue DESC"
        + ALL;
  }

  private static String profit(String keys, String condition) {
    return "SELECT "
        + keys
        + ", SUM(lo_revenue - lo_supplycost) AS profit"
        + FLAT
        + "WHERE "
        + condition
        + " GROUP BY "
        + keys
        + " ORDER BY "
        + keys
        + ALL;
  }

  /// What people ask beside the dashboards: mostly what no index answers.
  public static Map<String, String> adHoc(SsbGenerator rows) {
    Map<String, String> queries = new LinkedHashMap<>();
    queries.put("count", "SELECT COUNT(*)" + FLAT);
    queries.put("sum of a long", "SELECT SUM(lo_revenue)" + FLAT);
    queries.put("equal (indexed)", "SELECT SUM(lo_revenue)" + FLAT + "WHERE c_region = 'ASIA'");
    queries.put("equal (no index)", "SELECT SUM(lo_revenue)" + FLAT + "WHERE lo_shipmode = 'AIR'");
    queries.put("range of 1 %", "SELECT COUNT(*)" + FLAT + "WHERE lo_revenue > 8500000");
    queries.put(
        "range of 50 %", "SELECT COUNT(*)" + FLAT + "WHERE lo_revenue BETWEEN 1500000 AND 5000000");
    queries.put(
        "top 10 of 30 k groups",
        "SELECT lo_custkey, SUM(lo_revenue) AS r"
            + FLAT
            + "GROUP BY lo_custkey ORDER BY r DESC, lo_custkey LIMIT 10");
    queries.put("distinct of 200 k", "SELECT COUNT(DISTINCT lo_partkey)" + FLAT);
    queries.put(
        "distinct by year",
        "SELECT d_year, COUNT(DISTINCT lo_custkey)"
            + FLAT
            + "WHERE c_region = 'ASIA' GROUP BY d_year ORDER BY d_year LIMIT 100");
    queries.put("look-up", lookUp(SsbGenerator.orderKey(Math.floorDiv(rows.orderCount() * 3, 4))));
    queries.put(
        "100 rows in order",
        "SELECT lo_orderkey, lo_linenumber, lo_revenue, c_city"
            + FLAT
            + "WHERE c_city = 'UNITED KI1' AND lo_quantity = 7"
            + " ORDER BY lo_revenue DESC, lo_orderkey, lo_linenumber LIMIT 100");
    queries.put(
        "4375 groups",
        "SELECT d_year, c_nation, p_category, COUNT(*) AS n, SUM(lo_revenue) AS r"
            + FLAT
            + "GROUP BY d_year, c_nation, p_category ORDER BY d_year, c_nation, p_category"
            + ALL);
    return queries;
  }

  /// The lines of one order.
  public static String lookUp(int orderKey) {
    return "SELECT lo_orderkey, lo_linenumber, lo_custkey, lo_partkey, lo_quantity, lo_revenue,"
        + " c_name, p_brand"
        + FLAT
        + "WHERE lo_orderkey = "
        + orderKey
        + " ORDER BY lo_linenumber LIMIT 100";
  }
}
