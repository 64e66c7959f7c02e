package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.shell.SqlScript;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.duckdb.Clients.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// The demo's three million flights: its own queries, and some more, through every client, against
/// DuckDB reading the same files.
@ExtendWith(ClusterExtension.class)
class TestFlights {
  /// Every type of key, many and few groups, joins, everything that groups can be filtered by.
  private static final List<String> MORE_QUERIES =
      List.of(
          "SELECT COUNT(*) AS n FROM flights",
          "SELECT COUNT(*) AS n, COUNT(delay) AS delays, SUM(delay) AS delay, MIN(delay) AS least,"
              + " MAX(delay) AS most, AVG(delay) AS average, SUM(distance) AS distance,"
              + " MIN(\"date\") AS first_date, MAX(\"date\") AS last_date FROM flights",
          "SELECT origin, COUNT(*) AS n FROM flights GROUP BY origin",
          "SELECT origin, destination, COUNT(*) AS n, AVG(delay) AS average FROM flights"
              + " GROUP BY origin, destination",
          "SELECT distance, COUNT(*) AS n, SUM(delay) AS delay FROM flights GROUP BY distance",
          "SELECT delay, COUNT(*) AS n FROM flights WHERE delay BETWEEN -20 AND 20 GROUP BY delay",
          "SELECT CAST(\"date\" AS DATE) AS d, COUNT(*) AS n, SUM(distance) AS distance"
              + " FROM flights GROUP BY CAST(\"date\" AS DATE)",
          "SELECT EXTRACT(MONTH FROM \"date\") AS m, EXTRACT(DAY FROM \"date\") AS d, COUNT(*) AS n,"
              + " COUNT(DISTINCT origin) AS origins FROM flights WHERE delay > 120"
              + " GROUP BY EXTRACT(MONTH FROM \"date\"), EXTRACT(DAY FROM \"date\")",
          "SELECT destination, COUNT(*) AS n FROM flights WHERE origin IN ('SFO', 'OAK', 'SJC')"
              + " AND \"date\" >= TIMESTAMP '2001-02-01 00:00:00' GROUP BY destination"
              + " HAVING COUNT(*) > 100 ORDER BY n DESC, destination LIMIT 20",
          "SELECT origin, STDDEV_POP(delay) AS deviation, VAR_SAMP(distance) AS variance"
              + " FROM flights GROUP BY origin ORDER BY origin",
          "SELECT origin, MEDIAN(delay) AS middle, QUANTILE_DISC(distance, 0.9) AS far,"
              + " BIT_XOR(distance) AS bits FROM flights GROUP BY origin",
          "SELECT MEDIAN(\"date\") AS middle, QUANTILE_CONT(delay, 0.99) AS late FROM flights",
          "SELECT origin, COUNT(*) FILTER (WHERE delay > 0) AS late,"
              + " SUM(distance) FILTER (WHERE delay <= 0) AS miles FROM flights"
              + " WHERE destination LIKE 'S%' GROUP BY origin",
          "SELECT MOD(distance, 10) AS d, MIN(origin) AS first_origin, MAX(destination) AS last"
              + " FROM flights GROUP BY MOD(distance, 10)",
          "SELECT a.city, a.state, COUNT(*) AS n, SUM(f.distance) AS miles FROM flights f"
              + " JOIN airports a ON f.destination = a.iata WHERE a.latitude > 45"
              + " GROUP BY a.city, a.state",
          "SELECT a.iata, COUNT(f.origin) AS n FROM airports a LEFT JOIN flights f"
              + " ON f.origin = a.iata AND f.delay > 300 WHERE a.state = 'CA' GROUP BY a.iata",
          "SELECT COUNT(*) AS n FROM flights WHERE origin NOT IN (SELECT iata FROM airports)",
          "SELECT COUNT(DISTINCT origin) AS origins, COUNT(DISTINCT distance) AS distances,"
              + " COUNT(DISTINCT \"date\") AS dates FROM flights",
          "SELECT \"date\", origin, destination, delay, distance FROM flights"
              + " WHERE delay > 500 ORDER BY delay DESC, \"date\", origin, destination LIMIT 50");

  private static DuckDb duckDb;

  @BeforeAll
  static void loadFlights(SharedCluster cluster) throws SQLException {
    cluster.loadFlights();
    Path files = SharedCluster.flights();
    duckDb = DuckDb.open();
    duckDb.execute(
        "CREATE VIEW flights AS SELECT * FROM '" + files.resolve("flights-3m.parquet") + "'");
    duckDb.execute(
        "CREATE TABLE airports AS SELECT * FROM read_csv('" + files.resolve("airports.csv") + "')");
  }

  @AfterAll
  static void close() throws SQLException {
    duckDb.close();
  }

  @TestFactory
  Stream<DynamicTest> allClientsAgreeWithDuckDb(SharedCluster cluster) throws IOException {
    Map<String, Client> clients = Clients.of(cluster);
    List<String> queries =
        new ArrayList<>(
            SqlScript.statements(Files.readString(SharedCluster.flights().resolve("queries.sql"))));
    queries.addAll(MORE_QUERIES);
    return queries.stream()
        .map(query ->
            DynamicTest.dynamicTest(
                query.strip().replaceAll("\\s+", " "), () -> check(clients, query)));
  }

  private static void check(Map<String, Client> clients, String query) throws Exception {
    Rows expected = duckDb.query(query);
    for (Map.Entry<String, Client> client : clients.entrySet()) {
      Rows actual = client.getValue().query(query);
      assertThat(SameRows.difference(expected, actual, query.contains("ORDER BY")))
          .as(client.getKey())
          .isEmpty();
      assertThat(actual.columns()).as(client.getKey()).isEqualTo(expected.columns());
    }
  }
}
