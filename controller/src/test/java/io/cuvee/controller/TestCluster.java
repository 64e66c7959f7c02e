package io.cuvee.controller;

import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.config.Settings;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooKeeper;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// ZooKeeper, controllers and loading servers in one process, and what tests need to talk to them.
final class TestCluster implements AutoCloseable {
  static final String SCHEMA =
      """
      {"schemaName": "trips",
       "dimensionFieldSpecs": [
         {"name": "city", "dataType": "STRING", "notNull": true},
         {"name": "tags", "dataType": "STRING", "singleValueField": false}],
       "metricFieldSpecs": [{"name": "distance", "dataType": "INT"}],
       "dateTimeFieldSpecs": [
         {"name": "day", "dataType": "TIMESTAMP", "format": "TIMESTAMP", "granularity": "1:DAYS"}]}
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final Path directory;
  private final EmbeddedZooKeeper zooKeeper;
  private final String name = "test-" + NAMES.incrementAndGet();
  private final List<AutoCloseable> parts = new ArrayList<>();

  TestCluster(Path directory, EmbeddedZooKeeper zooKeeper) {
    this.directory = directory;
    this.zooKeeper = zooKeeper;
  }

  ZooKeeperConfig zooKeeperConfig() {
    // A session longer than any test, so that nothing passes by waiting for its end.
    return new ZooKeeperConfig(zooKeeper.connectString(), name)
        .withSessionTimeout(Duration.ofSeconds(60));
  }

  Controller controller(String id, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("zookeeper.connect", zooKeeper.connectString());
    settings.put("cluster.name", name);
    settings.put("instance.id", id);
    settings.put("http.port", "0");
    settings.put("data.dir", directory.resolve(id).toString());
    settings.put("deep-store.uri", deepStore().toUri().toString());
    settings.put("controller.reconcile-interval", "500ms");
    settings.put("controller.deleted-segment-grace", "0s");
    settings.put("controller.metadata-copy-interval", "0s");
    settings.putAll(more);
    return keep(Controller.start(ControllerConfig.from(Settings.of(settings))));
  }

  Rest rest(Controller controller) {
    return keep(new Rest(controller.httpPort()));
  }

  LoadingServer server(String id) throws IOException {
    Path own = Files.createDirectories(directory.resolve(id + "-" + UUID.randomUUID()));
    return keep(new LoadingServer(zooKeeperConfig(), id, own));
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.addFirst(part);
    return part;
  }

  /// Takes the lead away behind the leader's back, as nobody should.
  void raiseEpoch() throws Exception {
    ZooKeeper raw = new ZooKeeper(zooKeeper.connectString(), 10_000, event -> {});
    try {
      String path = "/cuvee/" + name + "/epoch";
      raw.setData(path, raw.getData(path, false, null), -1);
    } finally {
      raw.close();
    }
  }

  Path deepStore() {
    return directory.resolve("deep-store");
  }

  /// How many objects the deep store has.
  long objects() {
    try (Stream<Path> files = Files.walk(deepStore())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("/.incoming/"))
          .count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// What lies about in the controllers' work directories.
  List<Path> workFiles(String controller) {
    try (Stream<Path> files = Files.walk(directory.resolve(controller).resolve("work"))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// The archive of a segment with the rows of a CSV text.
  Path archive(String schemaJson, String physicalTable, String segment, String csv)
      throws IOException {
    Path work = Files.createTempDirectory(directory, "build");
    Path file = Files.writeString(work.resolve("rows.csv"), csv);
    Schema schema = Schema.parse(schemaJson);
    try (PageSource rows =
        RecordFiles.open(file, ReadOptions.DEFAULTS.withFormat(FileFormat.CSV), schema)) {
      new SegmentBuilder(SegmentSpec.of(physicalTable, segment, schema))
          .build(rows, work.resolve("segment"));
    }
    Path archive = work.resolve(segment + ".tar.gz");
    SegmentArchive.pack(work.resolve("segment"), archive);
    return archive;
  }

  static String table(String name, int replication, String more) {
    return """
    {"tableName": "%s", "tableType": "OFFLINE",
     "segmentsConfig": {"replication": "%d", "schemaName": "trips"},
     "tableIndexConfig": {}, "tenants": {}, "metadata": {}%s}
    """
        .formatted(name, replication, more);
  }

  static void eventually(ThrowingCallable check) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        check.call();
        return;
      } catch (Throwable e) {
        if (System.nanoTime() > end) {
          throw new AssertionError("Still not so after " + PATIENCE.toSeconds() + " s", e);
        }
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
