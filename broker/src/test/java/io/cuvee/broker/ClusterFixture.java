package io.cuvee.broker;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.Settings;
import io.cuvee.engine.EngineServer;
import io.cuvee.engine.ServerConfig;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A whole cluster without a controller: a real ZooKeeper, real servers, a broker; the test itself
/// stores and assigns segments.
public final class ClusterFixture implements AutoCloseable {
  private final Path directory;
  private final Map<String, String> settings;
  private final EmbeddedZooKeeper zooKeeper;
  private final ZooKeeperClusterState controller;
  private final DeepStore deepStore;
  private final long epoch;
  private final Map<String, EngineServer> servers = new LinkedHashMap<>();
  private final Broker broker;
  private int uploads;

  public ClusterFixture(Path directory, int serverCount) throws Exception {
    this(directory, serverCount, Map.of("server.memory", "512MB", "server.query-memory", "256MB"));
  }

  /// @param settings of the servers and the broker
  public ClusterFixture(Path directory, int serverCount, Map<String, String> settings)
      throws Exception {
    this.directory = directory;
    this.settings = settings;
    zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
    controller = ZooKeeperClusterState.connect(zooKeeperConfig());
    CompletableFuture<Long> leading = new CompletableFuture<>();
    controller.campaign("controller-1", term -> term.ifPresent(leading::complete));
    epoch = leading.get(20, TimeUnit.SECONDS);
    URI store = Files.createDirectories(directory.resolve("deep-store")).toUri();
    DeepStores.announce(controller.metadata(), store);
    deepStore = DeepStores.open(store);
    for (int i = 0; i < serverCount; i++) {
      startServer("server-" + i);
    }
    Map<String, String> ofBroker = new HashMap<>(settings);
    ofBroker.put("data.dir", directory.resolve("broker").toString());
    BrokerConfig config = BrokerConfig.from(Settings.of(ofBroker));
    broker = Broker.start(config.at(zooKeeperConfig(), "127.0.0.1", 0));
  }

  private ZooKeeperConfig zooKeeperConfig() {
    return new ZooKeeperConfig(zooKeeper.connectString(), "test");
  }

  public Broker broker() {
    return broker;
  }

  public EngineServer startServer(String name) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("zookeeper.connect", zooKeeper.connectString());
    all.put("cluster.name", "test");
    all.put("instance.id", name);
    all.put("data.port", "0");
    all.put("http.port", "0");
    all.put("data.dir", directory.resolve(name).toString());
    all.put("server.unload-grace", "50ms");
    all.put("server.warm-up", "0ms");
    EngineServer server = EngineServer.start(ServerConfig.from(Settings.of(all)));
    server.awaitReady(Duration.ofSeconds(30));
    servers.put(name, server);
    return server;
  }

  public void stopServer(String name) {
    EngineServer server = servers.remove(name);
    if (server != null) {
      server.close();
    }
  }

  public void createTable(Schema schema) {
    TableConfig config = TableConfig.offline(schema.name(), servers.size());
    controller.metadata().create("schemas/" + schema.name(), schema.toJson());
    controller.metadata().create("tables/" + config.physicalName(), config.toJson());
  }

  /// Builds a segment of the rows, stores it, lets all servers load it and waits until they have.
  public void addSegment(Schema schema, String name, List<Page> rows) throws Exception {
    String table = schema.name() + "_OFFLINE";
    Path built = directory.resolve("built-" + uploads);
    SegmentMetadata metadata =
        new SegmentBuilder(SegmentSpec.of(table, name, schema)).build(PageSource.of(rows), built);
    Path archive = directory.resolve("archive-" + uploads);
    SegmentArchive.pack(built, archive);
    URI stored = deepStore.put(archive, table + "/" + name + "-" + uploads++);
    long docs = rows.stream().mapToLong(Page::rowCount).sum();
    SegmentRecord record =
        new SegmentRecord(table, name, metadata.crc(), stored.toString(), docs, size(archive), 1)
            .withArriving(true);
    String path = SegmentRecord.path(table, name);
    controller.metadata().create(path, record.toJson());
    for (String server : servers.keySet()) {
      controller.assign(
          server,
          Map.of(
              new SegmentKey(table, name),
              Optional.of(new Assignment(SegmentState.ONLINE, metadata.crc()))),
          epoch);
    }
    for (String server : servers.keySet()) {
      awaitOnline(table, name, server);
    }
    int version = controller.metadata().get(path).orElseThrow().version();
    if (!controller.metadata().compareAndSet(path, record.withArriving(false).toJson(), version)) {
      throw new AssertionError("The record of " + name + " changed by itself.");
    }
  }

  private static long size(Path file) throws IOException {
    return Files.size(file);
  }

  private void awaitOnline(String table, String segment, String server)
      throws InterruptedException {
    for (int i = 0; i < 4000; i++) {
      var replica =
          controller.servingView().replicas(table).getOrDefault(segment, Map.of()).get(server);
      if (replica != null && replica.state() == SegmentState.ONLINE) {
        return;
      }
      if (replica != null && replica.state() == SegmentState.ERROR) {
        throw new AssertionError(replica.message());
      }
      Thread.sleep(5);
    }
    throw new AssertionError("Segment " + segment + " is not online on " + server + " after 20 s.");
  }

  @Override
  public void close() {
    broker.close();
    List.copyOf(servers.keySet()).forEach(this::stopServer);
    deepStore.close();
    controller.close();
    zooKeeper.close();
  }
}
