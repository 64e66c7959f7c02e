package io.cuvee.controller.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.controller.audit.Finding.Kind;
import io.cuvee.controller.backup.SegmentObjects;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster of two servers without a controller, so that nobody repairs what a test breaks. Each
/// test breaks one thing, sees that and nothing else, and repairs it.
class TestAudit {
  private static final String UPLOADED = "trips_OFFLINE";
  private static final String LIVE = "trips_REALTIME";
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "trips", "dimensionFieldSpecs": [{"name": "city", "dataType": "STRING"}],
           "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
          """);

  @TempDir private static Path directory;
  private static EmbeddedZooKeeper zooKeeper;
  private static ZooKeeperClusterState server1;
  private static ZooKeeperClusterState server2;
  private static MetadataStore metadata;
  private static DeepStore store;
  private static long epoch;
  private static Path root;

  @BeforeAll
  static void start() throws Exception {
    zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
    root = directory.resolve("store");
    store = DeepStores.open(root.toUri());
    server1 = server("server-1");
    server2 = server("server-2");
    metadata = server1.metadata();
    CompletableFuture<Long> elected = new CompletableFuture<>();
    var _ = server1.campaign("test", term -> term.ifPresent(elected::complete));
    epoch = elected.get();
    DeepStores.announce(metadata, root.toUri());
    metadata.create("schemas/trips", SCHEMA.toJson());
    metadata.create(
        "tables/" + UPLOADED,
        """
        {"tableName": "trips", "tableType": "OFFLINE", "segmentsConfig": {"replication": "2"}}
        """);
    metadata.create(
        "tables/" + LIVE,
        """
        {"tableName": "trips", "tableType": "REALTIME", "segmentsConfig": {"replication": "1"}}
        """);
    for (int i = 0; i < 3; i++) {
      SegmentRecord record = stored(UPLOADED, "trips_" + i, "Rom," + i + "\nZoë,\n");
      record(record);
      serve(server1, record, record.crc());
      serve(server2, record, record.crc());
    }
    for (int i = 0; i < 3; i++) {
      SegmentRecord record = live(i, 10L * i, 10L * i + 10);
      record(record);
      serve(server1, record, record.crc());
    }
    SegmentRecord open =
        SegmentRecord.consuming(LIVE, "trips__0__3", 1, StreamRange.from(0, 3, 30));
    record(open);
    publish(server1, open, Optional.of(new Replica(SegmentState.CONSUMING, 0, "")));
    assign("server-1", open.key(), Optional.of(new Assignment(SegmentState.CONSUMING, 0)));
  }

  private static ZooKeeperClusterState server(String id) {
    ZooKeeperClusterState state =
        ZooKeeperClusterState.connect(
            new ZooKeeperConfig(zooKeeper.connectString(), "audited")
                .withSessionTimeout(Duration.ofSeconds(60)));
    state.join(
        new Instance(
            id,
            Instance.Role.SERVER,
            "127.0.0.1",
            1,
            2,
            Set.of(Instance.DEFAULT_TENANT),
            1,
            Instance.Phase.READY));
    return state;
  }

  @AfterAll
  static void stop() {
    server1.close();
    server2.close();
    zooKeeper.close();
  }

  /// Whatever a test has broken, it has repaired.
  @AfterEach
  void allIsWell() throws Exception {
    AuditReport report = audit(Optional.empty(), true);
    assertThat(report.findings()).isEmpty();
    assertThat(report.counts())
        .isEqualTo(new AuditReport.Counts(2, 7, 6, 6, report.counts().bytesRead(), 10, 2, 1, 0));
  }

  private static AuditReport audit(Optional<String> table, boolean reads) throws Exception {
    // As a process of its own would: it must not write.
    try (ClusterState own =
        ZooKeeperClusterState.attach(new ZooKeeperConfig(zooKeeper.connectString(), "audited"))) {
      Path work = Files.createTempDirectory(directory, "work");
      AuditReport report =
          new Audit(own, store, work, Duration.ofMillis(1), text -> {}).run(table, reads);
      assertThat(work).isEmptyDirectory();
      return report;
    }
  }

  private static void sees(Kind kind, String table, String segment, String... words)
      throws Exception {
    AuditReport report = audit(Optional.empty(), true);
    assertThat(report.findings()).as(report.toNode().toPrettyString()).hasSize(1);
    Finding finding = report.findings().getFirst();
    assertThat(finding.kind()).as(finding.toString()).isEqualTo(kind);
    assertThat(finding.table()).isEqualTo(table);
    assertThat(finding.segment()).isEqualTo(segment);
    assertThat(finding.where() + " " + finding.detail()).contains(words);
  }

  // What there is.

  private static SegmentRecord stored(String table, String segment, String csv) throws IOException {
    return SegmentObjects.store(
        store, directory, SCHEMA, table, segment, UUID.randomUUID().toString(), "city,n\n" + csv);
  }

  private static SegmentRecord live(int sequence, long from, long to) throws IOException {
    SegmentRecord plain = stored(LIVE, "trips__0__" + sequence, "Bonn," + sequence + "\n");
    return new SegmentRecord(
        LIVE,
        plain.name(),
        plain.crc(),
        plain.downloadUrl(),
        plain.totalDocs(),
        plain.sizeBytes(),
        1,
        false,
        Map.of(),
        Optional.of(StreamRange.from(0, sequence, from).until(to)),
        SegmentScope.UNKNOWN);
  }

  private static String path(SegmentRecord record) {
    return SegmentRecord.path(record.table(), record.name());
  }

  private static void record(SegmentRecord record) {
    text(path(record), record.toJson());
  }

  private static void text(String path, String text) {
    metadata.delete(path);
    assertThat(metadata.create(path, text)).isTrue();
  }

  private static SegmentRecord record(String table, String segment) {
    return SegmentRecord.parse(
        metadata.get(SegmentRecord.path(table, segment)).orElseThrow().value());
  }

  private static Path file(SegmentRecord record) {
    return Path.of(URI.create(record.downloadUrl()));
  }

  private static void serve(ZooKeeperClusterState server, SegmentRecord record, long crc) {
    publish(server, record, Optional.of(new Replica(SegmentState.ONLINE, crc, "")));
    assign(
        server == server1 ? "server-1" : "server-2",
        record.key(),
        Optional.of(new Assignment(SegmentState.ONLINE, record.crc())));
  }

  private static void publish(
      ZooKeeperClusterState server, SegmentRecord record, Optional<Replica> replica) {
    server.publish(Map.of(record.key(), replica));
  }

  private static void assign(String server, SegmentKey key, Optional<Assignment> assignment) {
    server1.assign(server, Map.of(key, assignment), epoch);
  }

  // What can be wrong.

  @Test
  void tableWithoutSchema() throws Exception {
    metadata.delete("schemas/trips");
    List<Finding> findings = audit(Optional.of("trips_REALTIME"), false).findings();
    assertThat(findings).extracting(Finding::kind).containsExactly(Kind.TABLE_WITHOUT_SCHEMA);
    assertThat(findings.getFirst().detail()).contains("'trips'");
    assertThat(audit(Optional.empty(), false).findings())
        .extracting(Finding::table)
        .containsExactly(UPLOADED, LIVE);
    metadata.create("schemas/trips", SCHEMA.toJson());
  }

  @Test
  void unreadableTexts() throws Exception {
    String config = metadata.get("tables/" + LIVE).orElseThrow().value();
    text("tables/" + LIVE, "{\"tableName\": ");
    sees(Kind.UNREADABLE_METADATA, LIVE, "", "tables/" + LIVE);
    text("tables/" + LIVE, config);
    text("schemas/other", "{}");
    sees(Kind.UNREADABLE_METADATA, "", "", "schemas/other", "schemaName");
    metadata.delete("schemas/other");
    SegmentRecord record = record(UPLOADED, "trips_1");
    text(path(record), "[]");
    sees(Kind.UNREADABLE_METADATA, UPLOADED, "trips_1", "segments/");
    text(path(record), record(UPLOADED, "trips_2").toJson());
    sees(Kind.UNREADABLE_METADATA, UPLOADED, "trips_1", "trips_2");
    text(path(record), record.withDownloadUrl("").toJson());
    sees(Kind.UNREADABLE_METADATA, UPLOADED, "trips_1", "names no object");
    record(record);
    text(ConsumptionControl.path(LIVE), "x");
    sees(Kind.UNREADABLE_METADATA, LIVE, "", "consumption/");
    metadata.delete(ConsumptionControl.path(LIVE));
  }

  @Test
  void segmentsWithoutTable() throws Exception {
    String config = metadata.get("tables/" + UPLOADED).orElseThrow().value();
    metadata.delete("tables/" + UPLOADED);
    sees(Kind.SEGMENTS_WITHOUT_TABLE, UPLOADED, "", "3 segments");
    text("tables/" + UPLOADED, config);
  }

  @Test
  void gapsAndOverlapsOfOffsets() throws Exception {
    SegmentRecord record = record(LIVE, "trips__0__1");
    record(range(record, 12, 20));
    sees(Kind.OFFSET_GAP, LIVE, "trips__0__1", "partition 0", "10 to 11");
    record(range(record, 9, 20));
    sees(Kind.OFFSET_OVERLAP, LIVE, "trips__0__1", "begins at offset 9", "before 10");
    record(range(record, 10, 19));
    sees(Kind.OFFSET_GAP, LIVE, "trips__0__2", "19 to 19");
    record(record);
  }

  private static SegmentRecord range(SegmentRecord record, long from, long to) {
    return new SegmentRecord(
        record.table(),
        record.name(),
        record.crc(),
        record.downloadUrl(),
        record.totalDocs(),
        record.sizeBytes(),
        1,
        false,
        Map.of(),
        Optional.of(StreamRange.from(0, 1, from).until(to)),
        SegmentScope.UNKNOWN);
  }

  @Test
  void aPartitionThatNobodyConsumes() throws Exception {
    SegmentRecord open = record(LIVE, "trips__0__3");
    metadata.delete(path(open));
    publish(server1, open, Optional.empty());
    assign("server-1", open.key(), Optional.empty());
    sees(Kind.NOT_CONSUMED, LIVE, "trips__0__2", "before offset 30");
    text(ConsumptionControl.path(LIVE), new ConsumptionControl(true, "", Set.of()).toJson());
    assertThat(audit(Optional.of(LIVE), true).isSound()).isTrue();
    metadata.delete(ConsumptionControl.path(LIVE));
    record(open);
    publish(server1, open, Optional.of(new Replica(SegmentState.CONSUMING, 0, "")));
    assign("server-1", open.key(), Optional.of(new Assignment(SegmentState.CONSUMING, 0)));
  }

  @Test
  void objectsThatAreMissingOrDamaged() throws Exception {
    SegmentRecord record = record(UPLOADED, "trips_1");
    byte[] good = Files.readAllBytes(file(record));
    byte[] bad = good.clone();
    bad[good.length / 2] ^= 4;
    Files.write(file(record), bad);
    sees(Kind.OBJECT_DAMAGED, UPLOADED, "trips_1", record.downloadUrl());
    assertThat(audit(Optional.empty(), false).findings()).isEmpty();
    Files.write(file(record), Arrays.copyOf(good, good.length - 1));
    sees(Kind.OBJECT_SIZE, UPLOADED, "trips_1", good.length - 1 + " bytes");
    Files.delete(file(record));
    sees(Kind.OBJECT_MISSING, UPLOADED, "trips_1", record.downloadUrl());
    assertThat(audit(Optional.of("trips"), false).findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.OBJECT_MISSING);
    Files.write(file(record), good);
  }

  @Test
  void anObjectThatIsAnotherSegment() throws Exception {
    SegmentRecord record = record(UPLOADED, "trips_1");
    SegmentRecord other = record(UPLOADED, "trips_2");
    byte[] good = Files.readAllBytes(file(record));
    byte[] foreign = Files.readAllBytes(file(other));
    Files.write(file(record), foreign);
    SegmentRecord sized =
        new SegmentRecord(
            UPLOADED,
            record.name(),
            record.crc(),
            record.downloadUrl(),
            record.totalDocs(),
            foreign.length,
            1);
    record(sized);
    sees(Kind.OBJECT_DIFFERS, UPLOADED, "trips_1", UPLOADED + "/trips_2");
    Files.write(file(record), good);
    record(record);
  }

  @Test
  void objectsOfNoSegment() throws Exception {
    Path file = Files.writeString(directory.resolve("orphan"), "x");
    URI orphan = store.put(file, UPLOADED + "/trips_0/" + UUID.randomUUID());
    sees(Kind.ORPHAN_OBJECT, UPLOADED, "trips_0", UPLOADED + "/trips_0/");
    // What was deleted and is kept for a while is none.
    text("deleted/" + UPLOADED + "/one", "{\"deletedMillis\": 1, \"urls\": [\"" + orphan + "\"]}");
    assertThat(audit(Optional.empty(), true).isSound()).isTrue();
    metadata.delete("deleted/" + UPLOADED);
    store.delete(orphan);
    URI strange = store.put(file, "gone_OFFLINE/a/" + UUID.randomUUID());
    sees(Kind.ORPHAN_OBJECT, "gone_OFFLINE", "", "1 objects");
    store.delete(strange);
    store.delete(store.put(file, "metadata/audited/cluster/" + UUID.randomUUID()));
  }

  @Test
  void segmentsWithTooFewReplicas() throws Exception {
    SegmentRecord record = record(UPLOADED, "trips_2");
    publish(server2, record, Optional.empty());
    sees(Kind.UNDER_REPLICATED, UPLOADED, "trips_2", "1 of 2", "server-1, server-2");
    publish(server1, record, Optional.empty());
    sees(Kind.UNAVAILABLE, UPLOADED, "trips_2", "0 of 2");
    serve(server1, record, record.crc());
    publish(server2, record, Optional.of(new Replica(SegmentState.ERROR, 0, "the disk is full")));
    sees(Kind.REPLICA_ERROR, UPLOADED, "trips_2", "server-2", "the disk is full");
    serve(server2, record, 77);
    sees(Kind.REPLICA_DIFFERS, UPLOADED, "trips_2", "server-2", "serves CRC 4d");
    serve(server2, record, record.crc());
  }

  @Test
  void aReplicaOfNoSegment() throws Exception {
    SegmentKey key = new SegmentKey(UPLOADED, "unknown");
    server2.publish(Map.of(key, Optional.of(new Replica(SegmentState.ONLINE, 5, ""))));
    sees(Kind.REPLICA_WITHOUT_SEGMENT, UPLOADED, "unknown", "server-2");
    server2.publish(Map.of(key, Optional.empty()));
    assign("server-1", key, Optional.of(new Assignment(SegmentState.ONLINE, 5)));
    sees(Kind.REPLICA_WITHOUT_SEGMENT, UPLOADED, "unknown", "server-1");
    assign("server-1", key, Optional.empty());
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> audit(Optional.of("tripz"), true))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("no table 'tripz'");
    assertThatThrownBy(() ->
            ZooKeeperClusterState.attach(
                new ZooKeeperConfig(zooKeeper.connectString(), "elsewhere")))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("no cluster 'elsewhere'");
  }
}
