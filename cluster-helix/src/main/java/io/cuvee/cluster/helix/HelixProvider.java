package io.cuvee.cluster.helix;

import io.cuvee.cluster.ClusterStateProvider;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;

/// Opens clusters with `cluster.state=helix`.
public final class HelixProvider implements ClusterStateProvider {
  static final String KIND = "helix";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public ClusterState connect(ZooKeeperConfig config) {
    return HelixClusterState.connect(config);
  }

  @Override
  public ClusterState attach(ZooKeeperConfig config) {
    return HelixClusterState.attach(config);
  }
}
