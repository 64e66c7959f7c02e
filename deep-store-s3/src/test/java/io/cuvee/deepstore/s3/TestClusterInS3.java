package io.cuvee.deepstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.TableLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole cluster whose deep store is in S3.
class TestClusterInS3 {
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

  @TempDir private Path directory;

  private EmbeddedCluster start(Map<String, String> settings) {
    return EmbeddedCluster.start(
        directory.resolve("cluster"),
        new EmbeddedCluster.Size(1, 2, 1),
        settings,
        (part, millis) -> {});
  }

  private void upload(EmbeddedCluster cluster) throws Exception {
    StringBuilder csv = new StringBuilder("city,fare\n");
    for (int i = 0; i < ROWS; i++) {
      csv.append(i % 2 == 0 ? "Köln," : "Bonn,").append(i).append('\n');
    }
    Path file = Files.writeString(directory.resolve("trips.csv"), csv);
    Schema schema = Schema.parse(SCHEMA);
    TableConfig config = TableConfig.parse(TABLE);
    TableLoader loader = new TableLoader(schema, config, directory.resolve("work"), ROWS / 4);
    try (ControllerClient controller = new ControllerClient(cluster.controllerUrls().getFirst());
        TableLoader.Built built =
            loader.build(List.of(file), ReadOptions.DEFAULTS, "trips", rows -> {})) {
      controller.createSchema(schema);
      controller.createTable(config);
      assertThat(built.archives()).hasSize(4);
      TableLoader.upload(built, "trips", controller);
    }
  }

  /// Answers miss no segment: what is not loaded yet is an error, which is asked again.
  private static long sumOfFares(EmbeddedCluster cluster) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
          Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT SUM(fare) FROM trips WHERE city = 'Köln'")) {
        assertThat(rows.next()).isTrue();
        return rows.getLong(1);
      } catch (SQLException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList().reversed()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void freshServersLoadFromS3() throws Exception {
    long sum = 0;
    for (int i = 0; i < ROWS; i += 2) {
      sum += i;
    }
    try (S3Server server = S3Server.start(directory.resolve("s3"))) {
      Map<String, String> settings = new HashMap<>(S3Server.settings(server.port()));
      String root = "s3://" + S3Server.BUCKET + "/segments";
      settings.put("deep-store.uri", root);
      try (EmbeddedCluster cluster = start(settings)) {
        upload(cluster);
        assertThat(sumOfFares(cluster)).isEqualTo(sum);
      }
      try (DeepStore store =
          DeepStores.open(
              root,
              new DeepStoreConfig(
                  4,
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(60),
                  S3Server.settings(server.port())))) {
        assertThat(store.list("trips_OFFLINE/")).hasSize(4);
      }
      for (String name : List.of("server-1", "server-2")) {
        deleteTree(directory.resolve("cluster").resolve(name));
      }
      try (EmbeddedCluster cluster = start(settings)) {
        assertThat(sumOfFares(cluster)).isEqualTo(sum);
      }
      assertThat(directory.resolve("cluster/deep-store")).doesNotExist();
    }
  }
}
