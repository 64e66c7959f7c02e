package io.cuvee.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.table.Trash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the segments of a table go whose rows replace each other: all of a partition to the same
/// servers, since only who has all of it can answer.
class TestKeyedPlacement {
  private static final String TABLE = "stock_REALTIME";
  private static final TableConfig CONFIG =
      TableConfig.parse(
          """
          {"tableName": "stock", "tableType": "REALTIME",
           "segmentsConfig": {"schemaName": "stock", "timeColumnName": "at", "replication": "2"},
           "tableIndexConfig": {}, "tenants": {}, "metadata": {},
           "upsertConfig": {"mode": "FULL"}}
          """);

  @TempDir private static Path directory;
  private static EmbeddedZooKeeper zooKeeper;
  private static int clusters;

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final Map<String, ZooKeeperClusterState> servers = new HashMap<>();
  private ZooKeeperConfig config;
  private ZooKeeperClusterState cluster;
  private Records records;
  private ServerChoice choice;
  private Reconciler reconciler;
  private Placement placement;

  @BeforeAll
  static void startZooKeeper() {
    zooKeeper = EmbeddedZooKeeper.start(directory, 0);
  }

  @AfterAll
  static void stopZooKeeper() {
    zooKeeper.close();
  }

  @BeforeEach
  void makeController() throws Exception {
    config =
        new ZooKeeperConfig(zooKeeper.connectString(), "keyed-" + ++clusters)
            .withSessionTimeout(Duration.ofMinutes(1));
    cluster = keep(ZooKeeperClusterState.connect(config));
    records = new Records(cluster.metadata());
    TableLocks locks = new TableLocks();
    Attendance attendance = keep(new Attendance(cluster, Duration.ofHours(1), () -> 0));
    choice = new ServerChoice(attendance, new GroupStore(cluster.metadata()));
    reconciler =
        keep(
            new Reconciler(
                cluster,
                new Tables(cluster.metadata()),
                records,
                new Trash(
                    cluster.metadata(),
                    records,
                    keep(DeepStores.open(directory.resolve("store").toUri())),
                    Duration.ZERO),
                locks,
                new Arrivals(cluster, records, new ReplacementStore(cluster.metadata()), locks),
                new Leadership(cluster),
                attendance,
                new Transfers(100)));
    cluster.metadata().create("tables/" + TABLE, CONFIG.toJson());
    CompletableFuture<Long> epoch = new CompletableFuture<>();
    parts.add(cluster.campaign("controller", elected -> elected.ifPresent(epoch::complete)));
    placement = Placement.read(cluster, epoch.get(10, TimeUnit.SECONDS));
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.add(part);
    return part;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : parts.reversed()) {
      part.close();
    }
  }

  private void server(String id) throws Exception {
    ZooKeeperClusterState state = keep(ZooKeeperClusterState.connect(config));
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
    servers.put(id, state);
    CompletableFuture<Void> seen = new CompletableFuture<>();
    try (AutoCloseable _ =
        cluster.watchInstances(
            Instance.Role.SERVER,
            all -> {
              if (all.stream().anyMatch(server -> server.id().equals(id))) {
                seen.complete(null);
              }
            })) {
      seen.get(10, TimeUnit.SECONDS);
    }
  }

  private static SegmentKey segment(int partition, int sequence) {
    return new SegmentKey(TABLE, "stock__" + partition + "__" + sequence + "__1");
  }

  private void sealed(int partition, int sequence) {
    SegmentRecord record =
        new SegmentRecord(
            TABLE,
            segment(partition, sequence).segment(),
            7,
            "file:/nowhere",
            10,
            10,
            1,
            false,
            Map.of(),
            Optional.of(
                StreamRange.from(partition, sequence, 10L * sequence).until(10L * (sequence + 1))),
            SegmentScope.UNKNOWN);
    assertThat(records.put(record, Optional.empty())).isTrue();
  }

  private void consuming(int partition, int sequence) {
    SegmentRecord record =
        SegmentRecord.consuming(
            TABLE,
            segment(partition, sequence).segment(),
            1,
            StreamRange.from(partition, sequence, 10L * sequence));
    assertThat(records.put(record, Optional.empty())).isTrue();
  }

  private Set<String> holders(int partition, int sequence) {
    return placement.of(segment(partition, sequence)).keySet();
  }

  @Test
  void allOfAPartitionGoesWhereItsNewestSegmentIs() throws Exception {
    for (String id : List.of("a", "b", "c", "d", "e")) {
      server(id);
    }
    for (int partition = 0; partition < 4; partition++) {
      sealed(partition, 0);
      sealed(partition, 1);
      consuming(partition, 2);
    }
    reconciler.reconcile(TABLE, placement);
    for (int partition = 0; partition < 4; partition++) {
      assertThat(holders(partition, 2)).hasSize(2);
      assertThat(holders(partition, 0)).isEqualTo(holders(partition, 2));
      assertThat(holders(partition, 1)).isEqualTo(holders(partition, 2));
    }
    assertThat(placement.of(segment(0, 2)).values())
        .containsOnly(new Assignment(SegmentState.CONSUMING, 0));
    assertThat(placement.of(segment(0, 1)).values())
        .containsOnly(new Assignment(SegmentState.ONLINE, 7));
  }

  @Test
  void olderSegmentsFollowTheNewestToOtherServersBeforeTheyLeaveTheirs() throws Exception {
    for (String id : List.of("a", "b", "c")) {
      server(id);
    }
    sealed(0, 0);
    placement.assign(segment(0, 0), Set.of("a", "b"), 7);
    consuming(0, 1);
    for (String id : List.of("b", "c")) {
      placement.write(
          Map.of(
              id, Map.of(segment(0, 1), Optional.of(new Assignment(SegmentState.CONSUMING, 0)))));
    }
    reconciler.reconcile(TABLE, placement);
    assertThat(holders(0, 0)).containsExactlyInAnyOrder("a", "b", "c");

    // The third has to have loaded it before the first may let go of it.
    serve("a", 7);
    serve("b", 7);
    reconciler.reconcile(TABLE, placement);
    assertThat(holders(0, 0)).containsExactlyInAnyOrder("a", "b", "c");
    serve("c", 7);
    reconciler.reconcile(TABLE, placement);
    assertThat(holders(0, 0)).containsExactlyInAnyOrder("b", "c");
  }

  private void serve(String id, long crc) throws Exception {
    servers
        .get(id)
        .publish(Map.of(segment(0, 0), Optional.of(new Replica(SegmentState.ONLINE, crc, ""))));
    CompletableFuture<Void> seen = new CompletableFuture<>();
    try (AutoCloseable _ =
        cluster.watchServingView(view -> {
          if (view.replicas(TABLE)
              .getOrDefault(segment(0, 0).segment(), Map.of())
              .containsKey(id)) {
            seen.complete(null);
          }
        })) {
      seen.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoIsToKeepAPartitionGoesLast() throws Exception {
    for (String id : List.of("a", "b", "c")) {
      server(id);
    }
    SegmentKey key = segment(0, 0);
    placement.assign(key, Set.of("a", "b", "c"), 7);
    // By their numbers of segments, c would go first.
    placement.assign(segment(1, 0), Set.of("c"), 7);
    Map<String, Replica> loaded = Map.of("a", online(7), "b", online(7), "c", online(7));
    assertThat(surplus(key, loaded, Set.of())).containsExactly("c");
    assertThat(surplus(key, loaded, Set.of("b", "c"))).containsExactly("a");
  }

  @Test
  void whoCannotLoadASegmentGoesBeforeAllOthers() throws Exception {
    for (String id : List.of("a", "b", "c")) {
      server(id);
    }
    SegmentKey key = segment(0, 0);
    placement.assign(key, Set.of("a", "b", "c"), 7);
    Replica failed = new Replica(SegmentState.ERROR, 0, "the disk is full");
    assertThat(surplus(key, Map.of("a", online(7), "b", online(7), "c", failed), Set.of("a", "c")))
        .containsExactly("c");
    // An older version is none, and too few have the new one.
    assertThat(surplus(key, Map.of("a", online(7), "b", online(6), "c", failed), Set.of()))
        .isEmpty();
  }

  private static Replica online(long crc) {
    return new Replica(SegmentState.ONLINE, crc, "");
  }

  private Set<String> surplus(SegmentKey key, Map<String, Replica> replicas, Set<String> keep) {
    return choice.surplus(
        placement, key, 7, CONFIG, choice.roll(placement), replicas, Map.of(), keep);
  }
}
