package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// Each aggregate function in every place where one may stand, against DuckDB: over all rows, in
/// few and many groups, over no rows, with FILTER, in GROUPING SETS, over rows that the broker
/// makes, as window functions with all kinds of frames.
@ExtendWith(ClusterExtension.class)
class TestAggregateFunctions {
  /// DuckDB's skewness and kurtosis are computed from sums of powers, which costs digits.
  private static final double TOLERANCE = 1e-8;

  /// An aggregate of `events`.
  ///
  /// @param duckDb how DuckDB writes it
  private record Aggregate(String ours, String duckDb) {
    static Aggregate same(String sql) {
      return new Aggregate(sql, sql);
    }
  }

  private static final List<Aggregate> AGGREGATES =
      List.of(
          Aggregate.same("BIT_AND(quantity)"),
          Aggregate.same("BIT_OR(views)"),
          Aggregate.same("BIT_XOR(id)"),
          Aggregate.same("BIT_XOR(DISTINCT quantity)"),
          Aggregate.same("COVAR_POP(amount, quantity)"),
          Aggregate.same("COVAR_SAMP(quantity, ratio)"),
          new Aggregate(
              "CORR(amount, price)",
              "CASE WHEN isnan(CORR(amount, price)) THEN NULL ELSE CORR(amount, price) END"),
          new Aggregate(
              "REGR_SLOPE(amount, quantity)",
              "CASE WHEN REGR_SXX(amount, quantity) = 0 THEN NULL ELSE REGR_SLOPE(amount, quantity) END"),
          Aggregate.same("REGR_INTERCEPT(amount, quantity)"),
          Aggregate.same("REGR_R2(quantity, ratio)"),
          Aggregate.same("REGR_COUNT(amount, quantity)"),
          Aggregate.same("REGR_AVGX(amount, quantity)"),
          Aggregate.same("REGR_AVGY(amount, quantity)"),
          Aggregate.same("REGR_SXX(amount, quantity)"),
          Aggregate.same("REGR_SYY(amount, quantity)"),
          Aggregate.same("REGR_SXY(amount, quantity)"),
          // DuckDB's is not quite 0 where ours is.
          new Aggregate("ROUND(SKEWNESS(quantity), 8)", "ROUND(SKEWNESS(quantity), 8) + 0"),
          Aggregate.same("KURTOSIS(ratio)"),
          Aggregate.same("KURTOSIS_POP(quantity)"),
          new Aggregate("MINMAXRANGE(amount)", "MAX(amount) - MIN(amount)"),
          new Aggregate("MIN_MAX_RANGE(price)", "MAX(price) - MIN(price)"),
          Aggregate.same("ARG_MIN(visitor, id)"),
          Aggregate.same("MAX_BY(amount, moment)"),
          new Aggregate("FIRST_WITH_TIME(kind, id, 'STRING')", "ARG_MIN(kind, id)"),
          new Aggregate("LASTWITHTIME(quantity, id, 'LONG')", "ARG_MAX(quantity, id)"),
          new Aggregate("COUNT_IF(paid)", "COUNT(*) FILTER (WHERE paid)"),
          new Aggregate("SUM0(quantity)", "COALESCE(SUM(quantity), 0)"),
          new Aggregate("LOGICAL_AND(paid)", "BOOL_AND(paid)"),
          Aggregate.same("MEDIAN(quantity)"),
          Aggregate.same("MEDIAN(moment)"),
          new Aggregate("MEDIAN(day)", "CAST(MEDIAN(day) AS TIMESTAMP)"),
          Aggregate.same("QUANTILE_CONT(amount, 0.9)"),
          Aggregate.same("QUANTILE_DISC(price, 0.33)"),
          Aggregate.same("QUANTILE_DISC(visitor, 0.5)"),
          Aggregate.same("QUANTILE_CONT(DISTINCT quantity, 0.5)"),
          new Aggregate(
              "PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY views DESC)",
              "QUANTILE_CONT(views, 0.75)"),
          new Aggregate(
              "PERCENTILE_DISC(0.1) WITHIN GROUP (ORDER BY id)", "QUANTILE_DISC(id, 0.1)"),
          new Aggregate("MODE(quantity)", "MODE(quantity ORDER BY quantity)"),
          Aggregate.same("MAD(quantity)"),
          Aggregate.same("MAD(ratio)"),
          // DuckDB says 0 where there is no value, and nearly 0 where there is but one.
          new Aggregate(
              "ENTROPY(kind)",
              "CASE WHEN COUNT(kind) > 0 THEN"
                  + " CASE WHEN ENTROPY(kind) < 1e-9 THEN 0.0::DOUBLE ELSE ENTROPY(kind) END END"),
          new Aggregate("HISTOGRAM(country)", "NULLIF(TO_JSON(HISTOGRAM(country))::VARCHAR, '{}')"),
          Aggregate.same("STRING_AGG(visitor, '-' ORDER BY id DESC)"),
          Aggregate.same("STRING_AGG(kind, ';' ORDER BY amount DESC NULLS LAST, id)"),
          new Aggregate(
              "LISTAGG(id, ' ') WITHIN GROUP (ORDER BY price NULLS FIRST, id)",
              "STRING_AGG(id, ' ' ORDER BY price NULLS FIRST, id)"),
          new Aggregate("STRING_AGG(country)", "STRING_AGG(country, ',' ORDER BY country)"),
          Aggregate.same("STRING_AGG(DISTINCT quantity, '+' ORDER BY quantity DESC)"),
          new Aggregate(
              "ARRAY_TO_STRING(ARRAY_AGG(id ORDER BY amount, id DESC), ' ')",
              "STRING_AGG(id, ' ' ORDER BY amount, id DESC)"),
          new Aggregate(
              "ARRAY_TO_STRING(ARRAY_AGG(DISTINCT kind), ' ')",
              "STRING_AGG(DISTINCT kind, ' ' ORDER BY kind)"),
          // Sketches of few values are exact.
          new Aggregate("APPROX_COUNT_DISTINCT(kind)", "COUNT(DISTINCT kind)"),
          new Aggregate("DISTINCTCOUNTHLL(country, 14)", "COUNT(DISTINCT country)"),
          new Aggregate("DISTINCTCOUNTTHETASKETCH(visitor)", "COUNT(DISTINCT visitor)"),
          new Aggregate("APPROX_PERCENTILE(quantity, 0)", "CAST(MIN(quantity) AS DOUBLE)"),
          new Aggregate("PERCENTILETDIGEST(amount, 100)", "MAX(amount)"),
          new Aggregate(
              "PERCENTILE95(quantity)",
              "LIST_SORT(LIST(quantity) FILTER (WHERE quantity IS NOT NULL))"
                  + "[CAST(FLOOR(COUNT(quantity) * 0.95) AS BIGINT) + 1]"));

  /// `%1$s` stands for the aggregate.
  private static final List<String> PLACES =
      List.of(
          "SELECT %s AS a FROM events",
          "SELECT %s AS a, COUNT(*) AS n FROM events WHERE id < 0",
          "SELECT kind, %s AS a FROM events GROUP BY kind",
          "SELECT kind, country, paid, %s AS a FROM events WHERE quantity > 10"
              + " GROUP BY kind, country, paid",
          "SELECT visitor, %s AS a FROM events WHERE quantity < 50 GROUP BY visitor",
          "SELECT id / 3 AS k, %s AS a FROM events WHERE id < 900 GROUP BY id / 3",
          "SELECT kind, country, %s AS a, GROUPING(kind) AS g FROM events"
              + " GROUP BY GROUPING SETS ((kind, country), (kind), (), (country))",
          "SELECT kind, %s AS a FROM (SELECT * FROM events ORDER BY id LIMIT 3000) t GROUP BY kind",
          "SELECT kind FROM events GROUP BY kind HAVING %s IS NOT NULL");

  /// For calls that may have a FILTER or OVER behind them.
  private static final List<String> PLACES_OF_CALLS =
      List.of(
          "SELECT %s FILTER (WHERE paid) AS a, %1$s FILTER (WHERE id < 0) AS b FROM events",
          "SELECT country, %s FILTER (WHERE quantity > 50) AS a FROM events GROUP BY country",
          "SELECT id, %s OVER (PARTITION BY country) AS a FROM events WHERE id < 900",
          "SELECT id, %s OVER (PARTITION BY kind ORDER BY id) AS a FROM events WHERE id < 600",
          "SELECT id, %s OVER (ORDER BY id ROWS BETWEEN 5 PRECEDING AND 2 FOLLOWING) AS a"
              + " FROM events WHERE id < 300",
          "SELECT id, %s FILTER (WHERE quantity > 30) OVER (PARTITION BY country ORDER BY id) AS a"
              + " FROM events WHERE id < 300");

  private static DuckDb duckDb;

  @BeforeAll
  static void load() throws SQLException, IOException {
    duckDb = DuckDb.open();
    duckDb.load(Fixture.events());
  }

  @AfterAll
  static void close() throws SQLException {
    duckDb.close();
  }

  @TestFactory
  Stream<DynamicTest> agreeWithDuckDbEverywhere(SharedCluster cluster) {
    return AGGREGATES.stream()
        .map(aggregate ->
            DynamicTest.dynamicTest(aggregate.ours(), () -> check(cluster, aggregate)));
  }

  private static void check(SharedCluster cluster, Aggregate aggregate) throws SQLException {
    List<String> places = new ArrayList<>(PLACES);
    if (aggregate.duckDb().equals(aggregate.ours())) {
      places.addAll(PLACES_OF_CALLS);
    }
    List<String> differences = new ArrayList<>();
    try (Connection connection = cluster.connect()) {
      for (String place : places) {
        if (place.contains("OVER") && aggregate.ours().contains("DISTINCT")) {
          continue;
        }
        Rows expected = duckDb.query(place.formatted(aggregate.duckDb()));
        String sql = place.formatted(aggregate.ours());
        try {
          String difference =
              SameRows.difference(expected, Rows.query(connection, sql), false, TOLERANCE);
          if (!difference.isEmpty()) {
            differences.add(sql + "\n" + difference);
          }
        } catch (SQLException e) {
          differences.add(sql + "\n" + e.getSQLState() + ": " + e.getMessage());
        }
      }
    }
    assertThat(differences).isEmpty();
  }
}
