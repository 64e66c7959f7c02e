package io.cuvee.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.AssignmentCopy;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ClusterStateContract;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract against a real ZooKeeper; each test has a cluster name of its own.
class TestZooKeeperClusterState extends ClusterStateContract {
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
        .withSessionTimeout(LONG_SESSION)
        .withCallTimeout(Duration.ofSeconds(2));
  }

  @Override
  protected ClusterState open() {
    return ZooKeeperClusterState.connect(config());
  }

  @Override
  protected void expire(ClusterState state) {
    zooKeeper.expireSession(((ZooKeeperClusterState) state).sessionId());
  }

  @Override
  protected void stopStore() {
    zooKeeper.close();
  }

  @Override
  protected void startStore() {
    zooKeeper = EmbeddedZooKeeper.start(directory, port);
  }

  @Test
  void damagedNodesAreNamed() {
    ClusterState state = connect();
    state.metadata().create("schemas/t", "text ".repeat(1000));
    String path = "/cuvee/" + cluster + "/metadata/schemas/t";
    try (ZooKeeperLink link = ZooKeeperLink.connect(config())) {
      byte[] good = link.read(path).orElseThrow().data();
      for (int position = 0; position < good.length; position++) {
        byte[] bad = good.clone();
        bad[position] ^= 0x10;
        link.transact("test", List.of(Op.setData(path, bad, -1)));
        assertThatThrownBy(() -> state.metadata().get("schemas/t"))
            .as("byte " + position)
            .isInstanceOf(CuveeException.class)
            .hasMessageContaining(path);
      }
      for (int length = 1; length < good.length; length++) {
        link.transact("test", List.of(Op.setData(path, Arrays.copyOf(good, length), -1)));
        assertThatThrownBy(() -> state.metadata().get("schemas/t"))
            .isInstanceOfSatisfying(
                CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
            .hasMessageContaining("is damaged");
      }
      String bucket = "/cuvee/" + cluster + "/assignment/server-1/3";
      link.ensure(ZooKeeperLink.parent(bucket));
      link.transact(
          "test",
          List.of(
              ZooKeeperLink.create(
                  bucket,
                  ZnodeFormat.encode(bucket, new byte[] {1, 1, 9, 'x'}),
                  CreateMode.PERSISTENT)));
      assertThatThrownBy(() -> state.assignment("server-1"))
          .hasMessageContaining(bucket)
          .hasMessageContaining("is damaged");
      try (AssignmentCopy copy = state.followAssignment()) {
        for (int i = 0; i < 2; i++) {
          assertThatThrownBy(copy::current)
              .hasMessageContaining(bucket)
              .hasMessageContaining("is damaged");
        }
        SegmentKey key = new SegmentKey("t", "s");
        byte[] mended =
            BucketFormat.ASSIGNMENT.encode(
                bucket, Map.of(key, new Assignment(SegmentState.ONLINE, 7)));
        link.transact("test", List.of(Op.setData(bucket, mended, -1)));
        assertThat(copy.current().of(key)).containsOnlyKeys("server-1");
        link.transact("test", List.of(Op.setData(bucket, new byte[] {1, 2}, -1)));
        assertThatThrownBy(copy::current).hasMessageContaining(bucket);
        link.transact("test", List.of(Op.delete(bucket, -1)));
        assertThat(copy.current().tables()).isEmpty();
      }
    }
  }

  @Test
  void unknownKindIsNamed() {
    assertThatThrownBy(() -> ClusterStates.connect(config().withKind("etcd")))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("cluster.state is 'etcd'")
        .hasMessageContaining("known are zookeeper");
    assertThatThrownBy(() -> ClusterStates.connect(config().withKind("helix")))
        .hasMessageContaining("Put the folder cluster-helix into plugins");
  }

  @Test
  void clusterFromBeforeThereWereKindsIsOfOurs() {
    connect().metadata().create("schemas/t", "text");
    try (ZooKeeperLink link = ZooKeeperLink.connect(config())) {
      link.deleteTree("/cuvee/" + cluster + "/kind");
    }
    assertThatThrownBy(() -> ZooKeeperClusterState.connect(config().withKind("helix")))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("keeps its state with cluster.state=zookeeper");
    try (ClusterState tool = ClusterStates.attach(config())) {
      assertThat(tool.metadata().list("schemas")).containsExactly("t");
    }
  }

  @Test
  void wrongAddressIsNamed() {
    ZooKeeperConfig nobody =
        new ZooKeeperConfig("127.0.0.1:1", "c").withConnectTimeout(Duration.ofMillis(300));
    assertThatThrownBy(() -> ZooKeeperClusterState.connect(nobody))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("zookeeper.connect");
  }

  @Test
  void wrongConnectStringIsNamed() {
    for (String address : List.of("127.0.0.1:port", "no.such.host.invalid:2181")) {
      ZooKeeperConfig config =
          new ZooKeeperConfig(address, "c").withConnectTimeout(Duration.ofMillis(100));
      assertThatThrownBy(() -> ZooKeeperClusterState.connect(config))
          .as(address)
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining(address)
          .hasMessageContaining("zookeeper.connect");
    }
  }

  @Test
  void portInUseIsNamed(@TempDir Path other) {
    assertThatThrownBy(() -> EmbeddedZooKeeper.start(other, port))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
        .hasMessageContaining("port " + port + " of 127.0.0.1 is in use")
        .hasMessageContaining("--port");
  }

  @Test
  void bucketsSpreadAndKeepTheirPlace() {
    // Changing these numbers would make every assigned segment look unassigned.
    assertThat(BucketFormat.bucket(new SegmentKey("flights_OFFLINE", "flights_0"))).isEqualTo(44);
    int[] sizes = new int[BucketFormat.BUCKET_COUNT];
    for (int i = 0; i < 64_000; i++) {
      sizes[BucketFormat.bucket(new SegmentKey("flights_OFFLINE", "flights_" + i))]++;
    }
    assertThat(Arrays.stream(sizes).boxed()).allMatch(size -> size > 500 && size < 2000);
    assertThat(BucketFormat.ASSIGNMENT.decode("p", BucketFormat.ASSIGNMENT.encode("p", Map.of())))
        .isEmpty();
  }
}
