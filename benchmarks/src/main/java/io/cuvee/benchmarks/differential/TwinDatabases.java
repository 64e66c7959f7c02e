package io.cuvee.benchmarks.differential;

import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.duckdb.DuckDb;
import io.cuvee.sqltests.process.RoleProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The tables `events` and `kinds` in DuckDB, in a cluster of one server and, if asked for, in a
/// cluster of several: each in this process, or each role in a process of its own.
final class TwinDatabases implements AutoCloseable {
  private static final int SEGMENTS = 7;
  private static final Duration LOADING = Duration.ofMinutes(1);

  private final DuckDb duckDb;
  private final List<Runnable> endings = new ArrayList<>();
  private final List<String> jdbcUrls = new ArrayList<>();

  /// @param servers of the second cluster, if there are more than one
  /// @param isApart whether each role is a process of its own
  TwinDatabases(Path directory, int servers, boolean isApart)
      throws SQLException, IOException, InterruptedException {
    duckDb = DuckDb.open();
    try {
      duckDb.limitMemory();
      List<Fixture> tables = List.of(Fixture.events(), Fixture.kinds());
      for (Fixture table : tables) {
        duckDb.load(table);
      }
      for (int size : servers > 1 ? List.of(1, servers) : List.of(1)) {
        Path folder = Files.createDirectories(directory.resolve("servers-" + size));
        String controllerUrl = isApart ? startApart(folder, size) : startHere(folder, size);
        for (Fixture table : tables) {
          load(controllerUrl, jdbcUrls.getLast(), table);
        }
      }
    } catch (SQLException | IOException | InterruptedException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /// @return the controller's URL
  private String startHere(Path folder, int servers) {
    EmbeddedCluster cluster =
        EmbeddedCluster.start(
            folder,
            new EmbeddedCluster.Size(1, servers, 1),
            Map.of("broker.warm-up-rounds", "0", "server.warm-up", "0ms"),
            (part, millis) -> {});
    endings.add(cluster::close);
    jdbcUrls.add(cluster.jdbcUrl());
    return cluster.controllerUrls().getFirst();
  }

  /// @return the controller's URL
  private String startApart(Path folder, int servers) throws IOException, InterruptedException {
    List<String> names = new ArrayList<>(List.of("zookeeper", "controller"));
    for (int i = 1; i <= servers; i++) {
      names.add("server-" + i);
    }
    names.add("broker");
    RoleProcesses processes = new RoleProcesses(folder, names);
    endings.add(processes::close);
    processes.startAll();
    jdbcUrls.add(processes.jdbcUrl());
    return processes.controllerUrl();
  }

  private static void load(String controllerUrl, String jdbcUrl, Fixture table)
      throws IOException, InterruptedException {
    try (Rest controller = new Rest(controllerUrl)) {
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
    RowCounts.await(jdbcUrl, table.name(), table.rows().size(), LOADING);
  }

  DuckDb duckDb() throws SQLException {
    return duckDb.another();
  }

  /// One to each cluster, that of one server first.
  List<Connection> connections() throws SQLException {
    List<Connection> connections = new ArrayList<>();
    for (String url : jdbcUrls) {
      connections.add(DriverManager.getConnection(url));
    }
    return connections;
  }

  @Override
  public void close() throws SQLException {
    endings.forEach(Runnable::run);
    duckDb.close();
  }
}
