package io.cuvee.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.InstanceSettings;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.engine.exchange.TestClient;
import io.cuvee.execution.page.LongValues;
import io.cuvee.http.HttpServer;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.SegmentInspection;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers in a real cluster's state, with a deep store in a directory.
class TestEngineServer {
  private static final int ROWS = 3000;

  @TempDir Path directory;

  private EmbeddedZooKeeper zooKeeper;
  private ZooKeeperClusterState controller;
  private DeepStore deepStore;
  private long epoch;
  private int uploads;

  @BeforeEach
  void start() throws Exception {
    zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
    controller =
        ZooKeeperClusterState.connect(new ZooKeeperConfig(zooKeeper.connectString(), "test"));
    CompletableFuture<Long> leading = new CompletableFuture<>();
    controller.campaign("controller-1", term -> term.ifPresent(leading::complete));
    epoch = leading.get(20, TimeUnit.SECONDS);
    URI store = Files.createDirectories(directory.resolve("deep-store")).toUri();
    DeepStores.announce(controller.metadata(), store);
    deepStore = DeepStores.open(store);
  }

  @AfterEach
  void stop() {
    deepStore.close();
    controller.close();
    zooKeeper.close();
  }

  private ServerConfig config(String name, String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("zookeeper.connect", zooKeeper.connectString());
    all.put("cluster.name", "test");
    all.put("instance.id", name);
    all.put("data.port", "0");
    all.put("http.port", "0");
    all.put("data.dir", directory.resolve(name).toString());
    all.put("server.unload-grace", "50ms");
    all.put("server.warm-up", "0ms");
    all.put("server.memory", "256MB");
    all.put("server.query-memory", "128MB");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    Settings read = Settings.of(all);
    ServerConfig config = ServerConfig.from(read);
    read.check();
    return config;
  }

  /// Builds a segment and stores it with a record.
  private long upload(String name, int rows, long firstId) throws IOException {
    Path built = directory.resolve("built-" + uploads);
    SegmentMetadata metadata = TestTables.build(built, name, rows, firstId);
    Path archive = directory.resolve("archive-" + uploads);
    SegmentArchive.pack(built, archive);
    URI stored = deepStore.put(archive, TestTables.TABLE + "/" + name + "-" + uploads++);
    SegmentRecord record =
        new SegmentRecord(
            TestTables.TABLE,
            name,
            metadata.crc(),
            stored.toString(),
            rows,
            Files.size(archive),
            1);
    String path = SegmentRecord.path(TestTables.TABLE, name);
    Optional<Versioned<String>> present = controller.metadata().get(path);
    if (present.isEmpty()) {
      controller.metadata().create(path, record.toJson());
    } else {
      controller.metadata().compareAndSet(path, record.toJson(), present.get().version());
    }
    return metadata.crc();
  }

  private void assign(String server, String segment, long crc) {
    controller.assign(
        server, Map.of(key(segment), Optional.of(new Assignment(SegmentState.ONLINE, crc))), epoch);
  }

  private static SegmentKey key(String segment) {
    return new SegmentKey(TestTables.TABLE, segment);
  }

  private Optional<Replica> replica(String server, String segment) {
    return Optional.ofNullable(
        controller
            .servingView()
            .replicas(TestTables.TABLE)
            .getOrDefault(segment, Map.of())
            .get(server));
  }

  private void awaitState(String server, String segment, SegmentState state, long crc) {
    await(() ->
        replica(server, segment)
            .filter(replica -> replica.state() == state && replica.crc() == crc)
            .isPresent());
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("Not reached in 20 s.");
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static TestClient.Result ask(EngineServer server, SegmentQuery query, String... segments)
      throws IOException {
    try (TestClient client = TestClient.agreed(server.dataPort())) {
      client.query(
          1,
          new QueryRequest(
              "q", TestTables.TABLE, List.of(segments), 10_000, true, false, false, query));
      return client.result(query);
    }
  }

  private static long count(EngineServer server, String... segments) throws IOException {
    return ((LongValues) ask(server, TestTables.count(), segments).pages().getFirst().column(0))
        .values()[0];
  }

  @Test
  void drainedServerAnswersUntilNoBrokerNeedsIt() throws Exception {
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    AtomicReference<String> duties =
        new AtomicReference<>("{\"departed\": true, \"segments\": 1, \"olderQueries\": 0}");
    try (HttpServer broker =
            HttpServer.builder()
                .route(
                    "GET",
                    "/debug/servers/{server}",
                    request -> io.cuvee.http.HttpResponse.text(200, duties.get()))
                .start();
        EngineServer server = EngineServer.start(config("server-a"))) {
      controller.join(
          new Instance(
              "broker-1",
              Instance.Role.BROKER,
              "127.0.0.1",
              broker.port(),
              0,
              Set.of(),
              1,
              Phase.READY));
      awaitState("server-a", "s0", SegmentState.ONLINE, crc);
      await(() -> server.phase() == Phase.WARM);
      CountDownLatch stopped = new CountDownLatch(1);
      server.onDrain(stopped::countDown);
      String path = InstanceSettings.path("server-a");
      drain(path, Long.MAX_VALUE);
      await(() -> server.phase() == Phase.DRAINING);
      // The broker needs it for one segment still.
      assertThat(stopped.await(200, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      drain(path, 0);
      await(() -> server.phase() == Phase.WARM);
      drain(path, Long.MAX_VALUE);
      await(() -> server.phase() == Phase.DRAINING);
      duties.set("{\"departed\": true, \"segments\": 0, \"olderQueries\": 0}");
      assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void drain(String path, long incarnation) {
    String text = new InstanceSettings(true, incarnation).toJson();
    Optional<Versioned<String>> before = controller.metadata().get(path);
    assertThat(
            before.isEmpty()
                ? controller.metadata().create(path, text)
                : controller.metadata().compareAndSet(path, text, before.get().version()))
        .isTrue();
  }

  @Test
  void assignedSegmentsAreFetchedServedAndDropped() throws Exception {
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      awaitState("server-a", "s0", SegmentState.ONLINE, crc);
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assertThat(ask(server, TestTables.delaysByOrigin(), "s0").rowCount())
          .isEqualTo(TestTables.ORIGINS);

      long second = upload("s1", 500, ROWS);
      assign("server-a", "s1", second);
      awaitState("server-a", "s1", SegmentState.ONLINE, second);
      assertThat(count(server, "s0", "s1")).isEqualTo(ROWS + 500);

      controller.assign("server-a", Map.of(key("s0"), Optional.empty()), epoch);
      await(() -> replica("server-a", "s0").isEmpty());
      await(() ->
          files(directory.resolve("server-a/segments/" + TestTables.TABLE))
              .noneMatch(f -> f.startsWith("s0.")));
      assertThat(ask(server, TestTables.count(), "s0", "s1").missing()).containsExactly("s0");
    }
  }

  private static Stream<String> files(Path parent) {
    try (Stream<Path> list = Files.list(parent)) {
      return list.map(path -> path.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean succeeds(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  @Tag("slow")
  @Tag("mount")
  void aFullDiskIsToldAndLoadsGoOnWhenThereIsRoom() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assertThat(succeeds("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()))
        .isTrue();
    try {
      long first = upload("s0", ROWS, 0);
      assign("server-a", "s0", first);
      ServerConfig small = config("server-a", "data.dir", disk.resolve("server-a").toString());
      try (EngineServer server = EngineServer.start(small)) {
        assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
        Path filler = disk.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
          byte[] block = new byte[1024];
          assertThatThrownBy(
                  () -> {
                    while (true) {
                      out.write(block);
                    }
                  })
              .isInstanceOf(IOException.class);
        }
        long second = upload("s1", ROWS, ROWS);
        assign("server-a", "s1", second);
        awaitState("server-a", "s1", SegmentState.ERROR, 0);
        assertThat(replica("server-a", "s1").orElseThrow().message())
            .contains("The disk of data.dir", "is full", "Make room");
        assertThat(count(server, "s0")).isEqualTo(ROWS);
        assertThat(files(disk.resolve("server-a/incoming"))).isEmpty();
        Files.delete(filler);
        awaitState("server-a", "s1", SegmentState.ONLINE, second);
        assertThat(count(server, "s0", "s1")).isEqualTo(2L * ROWS);
      }
    } finally {
      // Also if a mapped file is still open.
      assertThat(succeeds("umount", "-l", disk.toString())).isTrue();
    }
  }

  private void configure(String loadMode) {
    controller
        .metadata()
        .create(
            "tables/" + TestTables.TABLE,
            """
            {"tableName": "%s", "tableType": "OFFLINE", "tableIndexConfig": {"loadMode": "%s"}}
            """
                .formatted(TestTables.TABLE, loadMode));
  }

  /// Asks as a broker does: again for what the server loads because it was asked.
  private static long countAll(EngineServer server, String... segments) throws IOException {
    long count = 0;
    List<String> left = List.of(segments);
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!left.isEmpty()) {
      assertThat(System.nanoTime()).as("still missing: " + left).isLessThan(deadline);
      TestClient.Result result = ask(server, TestTables.count(), left.toArray(new String[0]));
      if (result.rowCount() > 0) {
        count += ((LongValues) result.pages().getFirst().column(0)).values()[0];
      }
      assertThat(result.cold()).containsExactlyElementsOf(result.missing());
      left = result.missing();
    }
    return count;
  }

  private long diskBytes() {
    try (Stream<Path> all = Files.walk(directory.resolve("server-a/segments"))) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  @Test
  void whatDoesNotFitOnTheDiskIsLoadedWhenQueriesAsk() throws Exception {
    configure("MMAP");
    Map<String, Long> crcs = new HashMap<>();
    for (int i = 0; i < 6; i++) {
      String name = "s" + i;
      crcs.put(name, upload(name, ROWS, (long) i * ROWS));
      assign("server-a", name, crcs.get(name));
    }
    String[] all = crcs.keySet().toArray(new String[0]);
    long size =
        files(directory.resolve("built-0"))
            .mapToLong(name -> directory.resolve("built-0").resolve(name).toFile().length())
            .sum();
    long budget = size * 5 / 2;
    ServerConfig limited = config("server-a", "server.cache-size", Long.toString(budget));
    try (EngineServer server = EngineServer.start(limited)) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      crcs.forEach((name, crc) -> awaitState("server-a", name, SegmentState.ONLINE, crc));
      assertThat(diskBytes()).isPositive().isLessThanOrEqualTo(budget);
      for (int i = 0; i < 3; i++) {
        assertThat(countAll(server, all)).isEqualTo(6L * ROWS);
        assertThat(countAll(server, "s4")).isEqualTo(ROWS);
      }
      await(() -> diskBytes() <= budget);
      // What was unassigned is gone wherever it was.
      controller.assign(
          "server-a", Map.of(key("s4"), Optional.empty(), key("s5"), Optional.empty()), epoch);
      await(() -> replica("server-a", "s4").isEmpty() && replica("server-a", "s5").isEmpty());
      await(() -> {
        try {
          var result = ask(server, TestTables.count(), "s4", "s5");
          return result.missing().size() == 2 && result.cold().isEmpty();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
    }
  }

  @Test
  void anOnDemandTableIsLoadedWhenQueriesAsk() throws Exception {
    configure("ON_DEMAND");
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    ServerConfig limited = config("server-a", "server.cache-size", "1GB");
    try (EngineServer server = EngineServer.start(limited)) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      awaitState("server-a", "s0", SegmentState.ONLINE, crc);
      assertThat(diskBytes()).isZero();
      assertThat(countAll(server, "s0")).isEqualTo(ROWS);
      assertThat(diskBytes()).isPositive();
      // A new version is not fetched before somebody asks, nor is the old one shown any more.
      long second = upload("s0", ROWS + 7, 0);
      assign("server-a", "s0", second);
      awaitState("server-a", "s0", SegmentState.ONLINE, second);
      assertThat(countAll(server, "s0")).isEqualTo(ROWS + 7);
    }
  }

  @Test
  void aNewVersionReplacesTheOldOne() throws Exception {
    long first = upload("s0", ROWS, 0);
    assign("server-a", "s0", first);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      long second = upload("s0", ROWS + 7, 0);
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assign("server-a", "s0", second);
      awaitState("server-a", "s0", SegmentState.ONLINE, second);
      assertThat(count(server, "s0")).isEqualTo(ROWS + 7);
    }
  }

  private static final String RANGE_ON_ID =
      """
      {"tableName": "%s", "tableType": "OFFLINE",
       "tableIndexConfig": {"rangeIndexColumns": ["id"], "bloomFilterColumns": ["origin"]}}\
      """
          .formatted(TestTables.TABLE);

  private void configureIndexes() {
    controller.metadata().create("schemas/flights", TestTables.SCHEMA.toJson());
    controller.metadata().create("tables/" + TestTables.TABLE, RANGE_ON_ID);
  }

  private List<Path> copies() {
    Path parent = directory.resolve("server-a/segments/" + TestTables.TABLE);
    return files(parent).filter(name -> !name.endsWith(".verified")).map(parent::resolve).toList();
  }

  private static List<String> indexes(Path copy) {
    return SegmentInspection.of(copy).columns().stream()
        .flatMap(column -> column.indexes().stream())
        .toList();
  }

  @Test
  void aSegmentGetsTheIndexesOfTheConfigWhenItIsLoaded() throws Exception {
    configureIndexes();
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assertThat(copies()).hasSize(1);
      assertThat(indexes(copies().getFirst())).containsExactly("bloom", "range");
    }
  }

  @Test
  void whatAReloadLeavesWhenItIsKilledIsCleared() throws Exception {
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
    }
    // Both copies are there, the new one without its mark and damaged; one more is half written.
    Path good = copies().getFirst();
    Path other = good.resolveSibling(good.getFileName() + "~");
    Files.createDirectory(other);
    Files.writeString(other.resolve("columns.bin"), "half");
    Files.createDirectories(directory.resolve("server-a/incoming/x"));
    configureIndexes();
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assertThat(copies()).containsExactly(other);
      assertThat(indexes(other)).containsExactly("bloom", "range");
    }
    // The old one was deleted in part, and the deep store is empty.
    Files.createDirectory(good);
    Files.writeString(good.resolve("metadata.json"), "{}");
    deepStore
        .list("")
        .forEach(name -> deepStore.delete(directory.resolve("deep-store").resolve(name).toUri()));
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assertThat(copies()).containsExactly(other);
    }
    // The old one was not deleted at all.
    SegmentArchive.unpack(directory.resolve("archive-0"), good, SegmentArchive.Limits.DEFAULT);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      await(() -> copies().size() == 1);
      assertThat(indexes(copies().getFirst())).containsExactly("bloom", "range");
    }
  }

  @Test
  void localCopiesAreUsedAfterARestartWithoutTheDeepStore() throws Exception {
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
    }
    deepStore
        .list("")
        .forEach(name -> deepStore.delete(directory.resolve("deep-store").resolve(name).toUri()));
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
    }
  }

  @Test
  void aDamagedLocalCopyIsSetAsideAndFetchedAgain() throws Exception {
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
    }
    Path copy =
        directory.resolve("server-a/segments/" + TestTables.TABLE + "/s0." + Long.toHexString(crc));
    Path data = copy.resolve("columns.bin");
    Files.write(
        data,
        java.util.Arrays.copyOf(Files.readAllBytes(data), 1000),
        StandardOpenOption.TRUNCATE_EXISTING);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assertThat(files(directory.resolve("server-a/quarantine"))).hasSize(1);
    }
  }

  @Test
  void damageBetweenTwoStartsIsFoundAtTheFirstUse() throws Exception {
    long crc = upload("s0", ROWS, 0);
    assign("server-a", "s0", crc);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
    }
    Path data =
        directory.resolve(
            "server-a/segments/"
                + TestTables.TABLE
                + "/s0."
                + Long.toHexString(crc)
                + "/columns.bin");
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length / 2] ^= 4;
    Files.write(data, bytes);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      awaitState("server-a", "s0", SegmentState.ONLINE, crc);
      // Another replica is to answer, while this one fetches the segment.
      assertThatThrownBy(() -> ask(server, TestTables.count(), "s0"))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
      await(() -> server.phase() == Phase.WARM);
      awaitState("server-a", "s0", SegmentState.ONLINE, crc);
      await(() -> {
        try {
          TestClient.Result result = ask(server, TestTables.count(), "s0");
          assertThat(result.coming()).isEqualTo(result.missing());
          return result.missing().isEmpty();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      assertThat(count(server, "s0")).isEqualTo(ROWS);
      assertThat(files(directory.resolve("server-a/quarantine"))).hasSize(1);
    }
  }

  @Test
  void aDamagedArchiveIsAnErrorInTheServingViewAndMendedByANewOne() throws Exception {
    long crc = upload("s0", ROWS, 0);
    Path stored =
        Path.of(
            URI.create(
                SegmentRecord.parse(
                        controller
                            .metadata()
                            .get(SegmentRecord.path(TestTables.TABLE, "s0"))
                            .orElseThrow()
                            .value())
                    .downloadUrl()));
    byte[] bytes = Files.readAllBytes(stored);
    stored.toFile().setWritable(true);
    Files.write(stored, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    long good = upload("s1", 10, 0);
    assign("server-a", "s0", crc);
    assign("server-a", "s1", good);
    try (EngineServer server = EngineServer.start(config("server-a"))) {
      // One bad segment does not keep the server from being ready.
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      awaitState("server-a", "s0", SegmentState.ERROR, 0);
      assertThat(replica("server-a", "s0").orElseThrow().message()).isNotEmpty();
      assertThat(count(server, "s1")).isEqualTo(10);
      assign("server-a", "bad", 77);
      awaitState("server-a", "bad", SegmentState.ERROR, 0);
      controller.assign("server-a", Map.of(key("bad"), Optional.empty()), epoch);
      await(() -> replica("server-a", "bad").isEmpty());
      Files.write(stored, bytes);
      awaitState("server-a", "s0", SegmentState.ONLINE, crc);
      assertThat(count(server, "s0")).isEqualTo(ROWS);
    }
  }

  @Test
  void aServerWithoutSegmentsIsReadyAndSaysSoOverHttp() throws Exception {
    try (EngineServer server = EngineServer.start(config("server-a"));
        HttpClient http = HttpClient.newHttpClient()) {
      assertThat(server.awaitReady(Duration.ofSeconds(20))).isTrue();
      await(() -> server.phase() == Phase.WARM);
      assertThat(get(http, server, "/health")).isEqualTo(200);
      assertThat(get(http, server, "/health/warm")).isEqualTo(200);
      assertThat(get(http, server, "/metrics")).isEqualTo(200);
      assertThat(get(http, server, "/tables/flights_OFFLINE/segments")).isEqualTo(200);
      assertThat(controller.instances(io.cuvee.cluster.state.Instance.Role.SERVER))
          .singleElement()
          .satisfies(instance -> {
            assertThat(instance.id()).isEqualTo("server-a");
            assertThat(instance.dataPort()).isEqualTo(server.dataPort());
          });
    }
    await(() -> controller.instances(io.cuvee.cluster.state.Instance.Role.SERVER).isEmpty());
  }

  private static int get(HttpClient http, EngineServer server, String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + path))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aPortInUseStopsTheStartAndLeavesNothingBehind() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThatThrownBy(() -> EngineServer.start(config("server-a", "data.port", port)))
          .isInstanceOfSatisfying(
              CuveeException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
          .hasMessageContaining(port);
    }
    assertThat(controller.instances(io.cuvee.cluster.state.Instance.Role.SERVER)).isEmpty();
    EngineServer.start(config("server-a")).close();
  }

  @Test
  void twoServersCannotShareADirectory() {
    EngineServer first = EngineServer.start(config("server-a"));
    try {
      assertThatThrownBy(() ->
              EngineServer.start(
                  config("server-b", "data.dir", directory.resolve("server-a").toString())))
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining("in use");
    } finally {
      first.close();
    }
  }

  @Test
  void withoutAnIdTheDirectoryRemembersOne() throws Exception {
    Map<String, String> settings =
        Map.of(
            "zookeeper.connect", zooKeeper.connectString(),
            "cluster.name", "test",
            "data.port", "0",
            "http.port", "0",
            "data.dir", directory.resolve("unnamed").toString());
    String id;
    try (EngineServer server = EngineServer.start(ServerConfig.from(Settings.of(settings)))) {
      id = server.id();
    }
    try (EngineServer server = EngineServer.start(ServerConfig.from(Settings.of(settings)))) {
      assertThat(server.id()).isEqualTo(id);
    }
  }
}
