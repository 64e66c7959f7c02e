package io.cuvee.cluster.helix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ClusterStateContract;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.helix.HelixAdmin;
import org.apache.helix.PropertyPathBuilder;
import org.apache.helix.manager.zk.ZKHelixAdmin;
import org.apache.helix.model.ExternalView;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract, with Helix, against a real ZooKeeper; each test has a cluster name of its own.
class TestHelixClusterState extends ClusterStateContract {
  private static final AtomicInteger CLUSTERS = new AtomicInteger();

  @TempDir private static Path directory;
  private static EmbeddedZooKeeper zooKeeper;
  private static int port;

  private String cluster = "";

  @BeforeAll
  static void startZooKeeper() {
    zooKeeper = EmbeddedZooKeeper.start(directory, 0);
    port = zooKeeper.port();
  }

  @AfterAll
  static void stopZooKeeper() {
    zooKeeper.close();
  }

  @BeforeEach
  void nameCluster() {
    cluster = "test-" + CLUSTERS.incrementAndGet();
  }

  private ZooKeeperConfig config() {
    return new ZooKeeperConfig("127.0.0.1:" + port, cluster)
        .withKind(HelixProvider.KIND)
        .withSessionTimeout(LONG_SESSION)
        .withCallTimeout(Duration.ofSeconds(2));
  }

  @Override
  protected ClusterState open() {
    return HelixClusterState.connect(config());
  }

  /// It keeps the contract with 20,000 as well, but Helix takes 20 seconds of CPU time for them.
  @Override
  protected int manySegments() {
    return 4_000;
  }

  @Override
  protected void expire(ClusterState state) {
    ((HelixClusterState) state).sessionIds().forEach(zooKeeper::expireSession);
  }

  @Override
  protected void stopStore() {
    zooKeeper.close();
  }

  @Override
  protected void startStore() {
    zooKeeper = EmbeddedZooKeeper.start(directory, port);
  }

  private static long lead(ClusterState state) throws Exception {
    CompletableFuture<Long> term = new CompletableFuture<>();
    state.campaign("controller-1", epoch -> epoch.ifPresent(term::complete));
    return term.get(20, TimeUnit.SECONDS);
  }

  /// What Helix's own tools see.
  private Map<String, String> externalView(HelixAdmin helix, SegmentKey key) {
    ExternalView view = helix.getResourceExternalView(cluster, HelixPaths.resource(key));
    Map<String, String> states = view == null ? null : view.getStateMap(HelixPaths.partition(key));
    return states == null ? Map.of() : states;
  }

  @Test
  void helixShowsAReplicaOnceItIsLoaded() throws Exception {
    ClusterState controller = connect();
    long epoch = lead(controller);
    ClusterState server = connect();
    server.join(server("server-1", 1));
    SegmentKey key = new SegmentKey("trips_OFFLINE", "Köln 1");
    SegmentKey other = key("trips_OFFLINE", 2);
    HelixAdmin helix =
        new ZKHelixAdmin.Builder().setZkAddress("127.0.0.1:" + port + HelixPaths.ROOT).build();
    try {
      controller.assign(
          "server-1",
          Map.of(
              key, Optional.of(new Assignment(SegmentState.ONLINE, 7)),
              other, Optional.of(new Assignment(SegmentState.CONSUMING, 0))),
          epoch);
      // Its transition waits meanwhile, and that of the other segment does not wait for it.
      server.publish(Map.of(other, Optional.of(new Replica(SegmentState.CONSUMING, 0, ""))));
      eventually(
          () -> assertThat(externalView(helix, other)).isEqualTo(Map.of("server-1", "CONSUMING")));
      assertThat(externalView(helix, key)).doesNotContainValue("ONLINE");
      server.publish(Map.of(key, Optional.of(new Replica(SegmentState.ONLINE, 7, ""))));
      eventually(
          () -> assertThat(externalView(helix, key)).isEqualTo(Map.of("server-1", "ONLINE")));
      server.publish(Map.of(other, Optional.of(new Replica(SegmentState.ERROR, 0, "no topic"))));
      eventually(
          () -> assertThat(externalView(helix, other)).isEqualTo(Map.of("server-1", "ERROR")));
      controller.assign("server-1", Map.of(key, Optional.empty()), epoch);
      server.publish(Map.of(key, Optional.empty()));
      eventually(() -> assertThat(externalView(helix, key)).isEmpty());
    } finally {
      helix.close();
    }
  }

  @Test
  void batchThatEndsLateDoesNotBringBackAnOldState() throws Exception {
    ClusterState controller = connect();
    long epoch = lead(controller);
    ClusterState server = connect();
    server.join(server("server-1", 1));
    SegmentKey first = key("t_OFFLINE", 1);
    SegmentKey second =
        IntStream.iterate(2, i -> i + 1)
            .mapToObj(i -> key("t_OFFLINE", i))
            .filter(other -> HelixPaths.resource(other).equals(HelixPaths.resource(first)))
            .findFirst()
            .orElseThrow();
    Optional<Assignment> wanted = Optional.of(new Assignment(SegmentState.ONLINE, 1));
    HelixAdmin helix =
        new ZKHelixAdmin.Builder().setZkAddress("127.0.0.1:" + port + HelixPaths.ROOT).build();
    try (ZooKeeperClusterState stranger = ZooKeeperClusterState.attach(config())) {
      controller.assign("server-1", Map.of(first, wanted, second, wanted), epoch);
      String messages = HelixPaths.ROOT + PropertyPathBuilder.instanceMessage(cluster, "server-1");
      eventually(() -> assertThat(stranger.nodes().readChildren(messages)).isNotEmpty());
      server.publish(Map.of(first, Optional.of(new Replica(SegmentState.ONLINE, 1, ""))));
      eventually(() -> assertThat(externalView(helix, first)).containsValue("ONLINE"));
      server.publish(Map.of(first, Optional.of(new Replica(SegmentState.ERROR, 0, "damaged"))));
      eventually(() -> assertThat(externalView(helix, first)).containsValue("ERROR"));
      server.publish(Map.of(second, Optional.of(new Replica(SegmentState.ONLINE, 1, ""))));
      eventually(() -> assertThat(stranger.nodes().readChildren(messages)).isEmpty());
      eventually(() -> {
        assertThat(externalView(helix, first)).isEqualTo(Map.of("server-1", "ERROR"));
        assertThat(externalView(helix, second)).isEqualTo(Map.of("server-1", "ONLINE"));
      });
      assertThat(controller.servingView().replicas("t_OFFLINE").get(first.segment()))
          .isEqualTo(Map.of("server-1", new Replica(SegmentState.ERROR, 0, "damaged")));
    } finally {
      helix.close();
    }
  }

  @Test
  void serverThatHelixHasLostEntersAgain() {
    ClusterState broker = connect();
    ClusterState server = connect();
    server.join(server("server-1", 1));
    SegmentKey key = key("t_OFFLINE", 1);
    server.publish(Map.of(key, Optional.of(new Replica(SegmentState.ONLINE, 1, ""))));
    eventually(() -> assertThat(broker.servingView().tables()).containsExactly("t_OFFLINE"));
    String live = new HelixPaths(cluster).liveInstance("server-1");
    try (ZooKeeperClusterState stranger = ZooKeeperClusterState.attach(config())) {
      stranger.nodes().delete(live);
      eventually(() -> assertThat(broker.servingView().tables()).isEmpty());
    }
    eventually(() -> assertThat(broker.servingView().tables()).containsExactly("t_OFFLINE"));
    server.publish(Map.of(key, Optional.of(new Replica(SegmentState.ONLINE, 2, ""))));
    eventually(() ->
        assertThat(broker.servingView().replicas("t_OFFLINE").get("segment_1"))
            .isEqualTo(Map.of("server-1", new Replica(SegmentState.ONLINE, 2, ""))));
  }

  @Test
  void clusterOfOneKindRefusesProcessesOfTheOther() {
    connect();
    assertThatThrownBy(() -> ClusterStates.connect(config().withKind("zookeeper")))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("cluster '" + cluster + "' keeps its state with cluster.state=helix");
    nameCluster();
    ClusterStates.connect(config().withKind("zookeeper")).close();
    assertThatThrownBy(() -> ClusterStates.connect(config()))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("cluster.state=zookeeper, and this process has cluster.state=helix");
  }

  @Test
  void toolsFindOutTheKind() {
    connect().metadata().create("schemas/t", "text");
    try (ClusterState tool = ClusterStates.attach(config().withKind("zookeeper"))) {
      assertThat(tool.metadata().list("schemas")).containsExactly("t");
      assertThat(tool.servingView().tables()).isEmpty();
    }
  }

  @Test
  void recordsThatWouldBeTooLargeAreRefused() {
    Random random = new Random(1);
    Map<SegmentKey, Replica> held = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      held.put(key("t_OFFLINE", i), new Replica(SegmentState.ONLINE, random.nextLong(), ""));
    }
    assertThat(Records.currentState("p", "t_OFFLINE_0", "1", held).length)
        .isLessThan(Records.MAX_BYTES);
    assertThat(Records.currentState("p", Records.currentState("p", "t_OFFLINE_0", "1", held)))
        .isEqualTo(held);
    for (int i = 20_000; i < 100_000; i++) {
      held.put(key("t_OFFLINE", i), new Replica(SegmentState.ONLINE, random.nextLong(), ""));
    }
    assertThatThrownBy(() -> Records.currentState("p", "t_OFFLINE_0", "1", held))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("node p would have more than 524288 bytes")
        .hasMessageContaining("cluster.state=zookeeper");
  }
}
