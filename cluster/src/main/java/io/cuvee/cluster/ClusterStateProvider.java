package io.cuvee.cluster;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;

/// Another way to keep the cluster's state. Found as a plug-in.
public interface ClusterStateProvider {
  /// For `cluster.state`, as `helix`.
  String kind();

  /// Connects and creates what every cluster has.
  ///
  /// @param config of this kind
  ClusterState connect(ZooKeeperConfig config);

  /// Connects to a cluster that is there, and creates nothing.
  ///
  /// @param config of this kind
  ClusterState attach(ZooKeeperConfig config);
}
