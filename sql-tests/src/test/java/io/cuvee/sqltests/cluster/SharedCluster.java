package io.cuvee.sqltests.cluster;

import io.cuvee.launcher.demo.DemoTables;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One cluster for all tests of a JVM: two servers, every table with replication 2 and several
/// segments. Tests may add tables of their own, under names of their own, but change nothing of
/// these.
public final class SharedCluster implements AutoCloseable {
  /// So that every server has several segments of every table.
  public static final int SEGMENTS = 4;

  private final Path directory;
  private final EmbeddedCluster cluster;
  private final Rest controller;
  private final Rest broker;
  private boolean flightsLoaded;

  private SharedCluster(Path directory, EmbeddedCluster cluster) {
    this.directory = directory;
    this.cluster = cluster;
    this.controller = new Rest(cluster.controllerUrls().getFirst());
    this.broker = new Rest(cluster.brokerUrls().getFirst());
  }

  /// Starts it and loads the small tables.
  static SharedCluster start() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cuvee-sql-tests");
    SharedCluster shared;
    try {
      shared =
          new SharedCluster(
              directory,
              EmbeddedCluster.start(
                  directory.resolve("cluster"),
                  new EmbeddedCluster.Size(1, 2, 1),
                  // What is deleted leaves nothing that the next test would see.
                  Map.of("controller.deleted-segment-grace", "0s"),
                  (part, millis) -> {}));
    } catch (RuntimeException | Error e) {
      deleteTree(directory);
      throw e;
    }
    try {
      for (Fixture fixture : Fixture.all()) {
        shared.load(fixture);
      }
      return shared;
    } catch (RuntimeException | IOException | InterruptedException | Error e) {
      shared.close();
      throw e;
    }
  }

  /// Creates a table and loads its rows through the controller, in [#SEGMENTS] uploads.
  public void load(Fixture fixture) throws IOException, InterruptedException {
    controller.post("/schemas", fixture.schema()).expect(200);
    controller.post("/tables", fixture.tableConfig()).expect(200);
    for (String file : fixture.parts(SEGMENTS)) {
      controller.ingest(fixture.name(), "json", "rows.jsonl", file).expect(200);
    }
    awaitRows(fixture.name(), fixture.rows().size());
  }

  /// Loads the demo's three million flights and their airports, once.
  public synchronized void loadFlights() {
    if (flightsLoaded) {
      return;
    }
    try (ControllerClient client = new ControllerClient(controllerUrl())) {
      DemoTables tables = new DemoTables(flights(), directory.resolve("work"), client, jdbcUrl());
      for (DemoTables.Table table : DemoTables.Table.values()) {
        tables.load(table, rows -> {});
      }
    }
    flightsLoaded = true;
  }

  /// The folder of the demo's files.
  public static Path flights() {
    return Path.of(System.getProperty("cuvee.root"), "examples", "flights").normalize();
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl());
  }

  /// The rows of a query, as the driver's `getString` shows them.
  public List<List<@Nullable String>> query(String sql) throws SQLException {
    try (Connection connection = connect()) {
      return Rows.query(connection, sql).texts();
    }
  }

  public String jdbcUrl() {
    return cluster.jdbcUrl();
  }

  public String brokerUrl() {
    return cluster.brokerUrls().getFirst();
  }

  public String controllerUrl() {
    return cluster.controllerUrls().getFirst();
  }

  /// Requests to the controller.
  public Rest controller() {
    return controller;
  }

  /// Requests to the broker.
  public Rest broker() {
    return broker;
  }

  /// The folder of the deep store.
  public Path deepStore() {
    return directory.resolve("cluster").resolve("deep-store");
  }

  /// Waits until a table has so many rows.
  public void awaitRows(String table, long rows) {
    RowCounts.await(jdbcUrl(), table, rows, Duration.ofSeconds(30));
  }

  @Override
  public void close() {
    try {
      cluster.close();
    } finally {
      controller.close();
      broker.close();
      deleteTree(directory);
    }
  }

  private static void deleteTree(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // A temporary folder that stays behind is the system's to clear.
    }
  }
}
