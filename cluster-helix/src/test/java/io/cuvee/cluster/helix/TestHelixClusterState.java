package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ClusterStateContract;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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
}
