package io.cuvee.cluster.helix;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.TableLoader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole cluster with Helix, one of whose servers is a process of its own.
@Tag("slow")
class TestClusterWithHelix {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "cluster.state",
          "helix",
          "zookeeper.session-timeout",
          "2s",
          "broker.warm-up-rounds",
          "0",
          "server.warm-up",
          "0s");
  private static final String SCHEMA =
      """
      {"schemaName": "trips", "dimensionFieldSpecs": [{"name": "city", "dataType": "STRING"}],
        "metricFieldSpecs": [{"name": "fare", "dataType": "LONG"}]}
      """;
  private static final String TABLE =
      """
      {"tableName": "trips", "tableType": "OFFLINE",
        "segmentsConfig": {"schemaName": "trips", "replication": "2"}, "tableIndexConfig": {},
        "tenants": {}, "metadata": {}}
      """;
  private static final int ROWS = 1_000;
  private static final int SEGMENTS = 6;

  @TempDir private Path directory;

  /// Returns when it is ready.
  private Process startServer(String zooKeeper) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    String plugins = System.getProperty("cuvee.plugins");
    if (plugins != null) {
      command.add("-Dcuvee.plugins=" + plugins);
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "io.cuvee.launcher.Main",
            "start",
            "server",
            "--json",
            "--with-parent"));
    Map<String, String> settings =
        Map.of(
            "zookeeper.connect",
            zooKeeper,
            "host",
            "127.0.0.1",
            "instance.id",
            "server-9",
            "http.port",
            "0",
            "data.port",
            "0",
            "data.dir",
            directory.resolve("server-9").toString());
    SETTINGS.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    settings.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    Path log = directory.resolve("server-9.log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    if (out.readLine() == null) {
      throw new AssertionError("The server has ended: " + Files.readString(log));
    }
    return process;
  }

  private void upload(EmbeddedCluster cluster) throws Exception {
    StringBuilder csv = new StringBuilder("city,fare\n");
    for (int i = 0; i < ROWS; i++) {
      csv.append(i % 2 == 0 ? "Köln," : "Bonn,").append(i).append('\n');
    }
    Path file = Files.writeString(directory.resolve("trips.csv"), csv);
    Schema schema = Schema.parse(SCHEMA);
    TableConfig config = TableConfig.parse(TABLE);
    TableLoader loader =
        new TableLoader(schema, config, directory.resolve("work"), ROWS / SEGMENTS + 1);
    try (ControllerClient controller = new ControllerClient(cluster.controllerUrls().getFirst());
        TableLoader.Built built =
            loader.build(List.of(file), ReadOptions.DEFAULTS, "trips", rows -> {})) {
      controller.createSchema(schema);
      controller.createTable(config);
      assertThat(built.archives()).hasSize(SEGMENTS);
      TableLoader.upload(built, "trips", controller);
    }
  }

  private static long one(EmbeddedCluster cluster, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  private static void await(EmbeddedCluster cluster, String query, long expected) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        assertThat(one(cluster, query)).isEqualTo(expected);
        return;
      } catch (SQLException | AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  @Test
  void killedServerFailsNoQuery() throws Exception {
    String onKilled =
        "SELECT COUNT(*) FROM system.replicas"
            + " WHERE server_id = 'server-9' AND state = 'ONLINE'";
    long sum = (long) ROWS * (ROWS - 1) / 2;
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(
            directory.resolve("cluster"),
            new EmbeddedCluster.Size(1, 1, 1),
            SETTINGS,
            (part, millis) -> {})) {
      Process server = startServer(cluster.zooKeeper());
      try {
        upload(cluster);
        await(cluster, onKilled, SEGMENTS);
        await(cluster, "SELECT SUM(fare) FROM trips", sum);
      } finally {
        server.destroyForcibly();
      }
      for (int i = 0; i < 50; i++) {
        assertThat(one(cluster, "SELECT SUM(fare) FROM trips WHERE fare > " + -i)).isEqualTo(sum);
      }
      await(cluster, onKilled, 0);
    }
  }
}
