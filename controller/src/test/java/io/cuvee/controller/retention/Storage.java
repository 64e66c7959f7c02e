package io.cuvee.controller.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.controller.placement.Arrivals;
import io.cuvee.controller.placement.Attendance;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.placement.Transfers;
import io.cuvee.controller.replace.Replacements;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.table.Trash;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.ZooKeeper;

/// The parts of a leading controller that delete, over a real ZooKeeper and a directory, without
/// servers.
final class Storage implements AutoCloseable {
  static final Duration GRACE = Duration.ofDays(7);
  static final String TABLE = "t_OFFLINE";

  private static final AtomicInteger NAMES = new AtomicInteger();

  final ClusterState cluster;
  final MetadataStore metadata;
  final DeepStore deepStore;
  final Leadership leadership;
  final Tables tables;
  final Records records;
  final Trash trash;
  final Reconciler reconciler;
  private final Replacements replacements;

  private final Path directory;
  private final String connectString;
  private final String name = "storage-" + NAMES.incrementAndGet();
  private final Attendance attendance;

  Storage(EmbeddedZooKeeper zooKeeper, Path directory) {
    this.directory = directory;
    this.connectString = zooKeeper.connectString();
    this.cluster =
        ZooKeeperClusterState.connect(
            new ZooKeeperConfig(connectString, name)
                .withSessionTimeout(Duration.ofSeconds(60))
                .withCallTimeout(Duration.ofSeconds(1)));
    this.metadata = cluster.metadata();
    URI root = directory.resolve("store").toUri();
    this.deepStore = DeepStores.open(root);
    DeepStores.announce(metadata, root);
    this.leadership = new Leadership(cluster);
    leadership.start("controller-1", () -> {});
    assertThat(leadership.awaitLeader(Duration.ofSeconds(20))).isTrue();
    this.tables = new Tables(metadata);
    this.records = new Records(metadata);
    this.trash = new Trash(metadata, records, deepStore, GRACE);
    this.attendance = new Attendance(cluster, Duration.ofMinutes(5), System::nanoTime);
    TableLocks locks = new TableLocks();
    ReplacementStore store = new ReplacementStore(metadata);
    Arrivals arrivals = new Arrivals(cluster, records, store, locks);
    this.reconciler =
        new Reconciler(
            cluster,
            tables,
            records,
            trash,
            locks,
            arrivals,
            leadership,
            attendance,
            new Transfers(1));
    this.replacements =
        new Replacements(
            tables,
            records,
            store,
            locks,
            leadership,
            arrivals,
            reconciler,
            Duration.ofDays(1),
            Duration.ofDays(1));
    metadata.create(
        "schemas/t",
        """
        {"schemaName": "t", "dateTimeFieldSpecs": [
          {"name": "day", "dataType": "TIMESTAMP", "format": "TIMESTAMP", "granularity": "1:DAYS"}]}
        """);
    createTable("t");
  }

  void createTable(String logicalName) {
    metadata.create(
        "tables/" + logicalName + "_OFFLINE",
        """
        {"tableName": "%s", "tableType": "OFFLINE",
         "segmentsConfig": {"schemaName": "t", "timeColumnName": "day",
           "retentionTimeUnit": "DAYS", "retentionTimeValue": "30"}}
        """
            .formatted(logicalName));
  }

  Retention retention(Clock clock, Duration orphanAge) {
    return new Retention(
        metadata,
        tables,
        records,
        leadership,
        reconciler,
        replacements,
        trash,
        orphans(orphanAge),
        clock);
  }

  Orphans orphans(Duration age) {
    return new Orphans(metadata, tables, records, trash, deepStore, leadership, age);
  }

  URI object(String table, String segment) throws IOException {
    Path file = Files.writeString(Files.createTempFile(directory, "o", ""), segment);
    return deepStore.put(file, table + "/" + segment + "/" + UUID.randomUUID());
  }

  static SegmentRecord record(String table, String segment, URI object, SegmentScope scope) {
    return new SegmentRecord(
        table, segment, object.hashCode(), object.toString(), 1, 1, 1, false, Map.of(), scope);
  }

  /// Stores a segment, or another version of it.
  URI segment(String table, String segment, SegmentScope scope) throws IOException {
    URI object = object(table, segment);
    assertThat(
            records.put(
                record(table, segment, object, scope),
                records.find(new SegmentKey(table, segment))))
        .isTrue();
    return object;
  }

  /// As if another controller had begun to lead, which nobody has told this one.
  void raiseEpoch() throws Exception {
    ZooKeeper raw = new ZooKeeper(connectString, 10_000, event -> {});
    try {
      String path = "/cuvee/" + name + "/epoch";
      raw.setData(path, raw.getData(path, false, null), -1);
    } finally {
      raw.close();
    }
  }

  @Override
  public void close() {
    reconciler.close();
    attendance.close();
    leadership.close();
    cluster.close();
  }
}
