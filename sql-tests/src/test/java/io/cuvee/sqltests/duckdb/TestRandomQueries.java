package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.duckdb.QueryGenerator.Query;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Random queries, each shape with several sets of values, give the rows that DuckDB gives. A
/// failure names the system properties that repeat it: `cuvee.random.seed` and
/// `cuvee.random.shape`.
@ExtendWith(ClusterExtension.class)
class TestRandomQueries {
  private static final int SHAPES = Integer.getInteger("cuvee.random.shapes", 250);
  private static final int VALUES = 2;
  private static final int FAILURES_SHOWN = 20;

  @Test
  void agreeWithDuckDb(SharedCluster cluster) throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    int only = Integer.getInteger("cuvee.random.shape", -1);
    System.out.println("Random queries: -Dcuvee.random.seed=" + seed);
    List<String> failures = new ArrayList<>();
    try (DuckDb duckDb = DuckDb.open();
        Connection connection = cluster.connect()) {
      for (Fixture fixture : List.of(Fixture.events(), Fixture.kinds())) {
        duckDb.load(fixture);
      }
      for (int i = 0; i < SHAPES; i++) {
        for (int j = 0; j < VALUES && (only < 0 || only == i); j++) {
          Query query =
              new QueryGenerator(new Random(seed + i), new Random(31 * (seed + i) + j)).next();
          String failure = check(duckDb, connection, query);
          if (!failure.isEmpty()) {
            failures.add(
                "-Dcuvee.random.seed=%d -Dcuvee.random.shape=%d\n%s\n%s"
                    .formatted(seed, i, query.sql(), failure));
          }
        }
      }
    }
    assertThat(failures.stream().limit(FAILURES_SHOWN))
        .as("%d of %d queries", failures.size(), SHAPES * VALUES)
        .isEmpty();
  }

  private static String check(DuckDb duckDb, Connection connection, Query query) {
    Rows expected;
    try {
      expected = duckDb.query(query.sql());
    } catch (SQLException e) {
      return "DuckDB does not understand the query: " + e.getMessage();
    }
    try {
      return SameRows.difference(expected, Rows.query(connection, query.sql()), query.ordered());
    } catch (SQLException e) {
      return isOverflow(e) && sumExceedsLong(duckDb, query)
          ? ""
          : e.getSQLState() + ": " + e.getMessage();
    }
  }

  /// Whether some row has such a sum, which a LIMIT may have left out.
  private static boolean sumExceedsLong(DuckDb duckDb, Query query) {
    try {
      return exceedsLong(duckDb.query(query.sql().replaceFirst(" LIMIT \\d+$", "")));
    } catch (SQLException e) {
      return false;
    }
  }

  /// DuckDB sums integers in 128 bits; here a sum that does not fit LONG is an error.
  private static boolean isOverflow(SQLException e) {
    return "22003".equals(e.getSQLState());
  }

  private static boolean exceedsLong(Rows rows) {
    return rows.cells().stream()
        .flatMap(List::stream)
        .anyMatch(cell -> cell instanceof BigInteger integer && integer.bitLength() > 63);
  }
}
