package io.cuvee.benchmarks.differential;

import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.duckdb.DuckDb;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The tables `events` and `kinds` in DuckDB, in a cluster of one server and, if asked for, in a
/// cluster of several, all in this process.
final class TwinDatabases implements AutoCloseable {
  private static final int SEGMENTS = 7;
  private static final Duration LOADING = Duration.ofMinutes(1);

  private final DuckDb duckDb;
  private final List<EmbeddedCluster> clusters = new ArrayList<>();

  /// @param servers of the second cluster, if there are more than one
  TwinDatabases(Path directory, int servers)
      throws SQLException, IOException, InterruptedException {
    duckDb = DuckDb.open();
    try {
      duckDb.limitMemory();
      List<Fixture> tables = List.of(Fixture.events(), Fixture.kinds());
      for (Fixture table : tables) {
        duckDb.load(table);
      }
      for (int size : servers > 1 ? List.of(1, servers) : List.of(1)) {
        EmbeddedCluster cluster =
            EmbeddedCluster.start(
                directory.resolve("servers-" + size),
                new EmbeddedCluster.Size(1, size, 1),
                Map.of("broker.warm-up-rounds", "0", "server.warm-up", "0ms"),
                (part, millis) -> {});
        clusters.add(cluster);
        for (Fixture table : tables) {
          load(cluster, table);
        }
      }
    } catch (SQLException | IOException | InterruptedException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static void load(EmbeddedCluster cluster, Fixture table)
      throws IOException, InterruptedException {
    try (Rest controller = new Rest(cluster.controllerUrls().getFirst())) {
      controller.post("/schemas", table.schema()).expect(200);
      controller
          .post(
              "/tables",
              table.tableConfig().replace("\"replication\":\"2\"", "\"replication\":\"1\""))
          .expect(200);
      for (String file : table.parts(SEGMENTS)) {
        controller.ingest(table.name(), "json", "rows.jsonl", file).expect(200);
      }
    }
    RowCounts.await(cluster.jdbcUrl(), table.name(), table.rows().size(), LOADING);
  }

  DuckDb duckDb() throws SQLException {
    return duckDb.another();
  }

  /// One to each cluster, that of one server first.
  List<Connection> connections() throws SQLException {
    List<Connection> connections = new ArrayList<>();
    for (EmbeddedCluster cluster : clusters) {
      connections.add(DriverManager.getConnection(cluster.jdbcUrl()));
    }
    return connections;
  }

  @Override
  public void close() throws SQLException {
    clusters.forEach(EmbeddedCluster::close);
    duckDb.close();
  }
}
