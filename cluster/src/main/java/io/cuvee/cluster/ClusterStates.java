package io.cuvee.cluster;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plugin.Plugins;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/// Opens the cluster's state, of the kind that `cluster.state` says.
public final class ClusterStates {
  private ClusterStates() {}

  /// Connects and creates what every cluster has.
  ///
  /// @throws CuveeException `INVALID_SETTING` if the kind is not known here, or is not that of the
  ///   cluster; `IO` if no ZooKeeper answers in time
  public static ClusterState connect(ZooKeeperConfig config) {
    return config.kind().equals(ZooKeeperConfig.OWN_KIND)
        ? ZooKeeperClusterState.connect(config)
        : provided(config.kind(), provider -> provider.connect(config));
  }

  /// Connects to a cluster that is there, whatever its kind, and creates nothing.
  ///
  /// @throws CuveeException `NOT_FOUND` if there is no cluster of this name, `INVALID_SETTING` if
  ///   its kind is not known here, `IO` if no ZooKeeper answers in time
  public static ClusterState attach(ZooKeeperConfig config) {
    ZooKeeperConfig actual = config.withKind(ZooKeeperClusterState.kindOf(config));
    return actual.kind().equals(ZooKeeperConfig.OWN_KIND)
        ? ZooKeeperClusterState.attach(actual)
        : provided(actual.kind(), provider -> provider.attach(actual));
  }

  /// Libraries look for their parts with the thread's class loader.
  private static ClusterState provided(
      String kind, Function<ClusterStateProvider, ClusterState> open) {
    TreeSet<String> known = new TreeSet<>(List.of(ZooKeeperConfig.OWN_KIND));
    for (ClusterStateProvider provider : Plugins.load(ClusterStateProvider.class)) {
      known.add(provider.kind());
      if (provider.kind().equals(kind)) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(provider.getClass().getClassLoader());
        try {
          return open.apply(provider);
        } finally {
          thread.setContextClassLoader(before);
        }
      }
    }
    throw new CuveeException(
        ErrorCode.INVALID_SETTING,
        "cluster.state is '"
            + kind
            + "', which is not known here; known are "
            + String.join(", ", known)
            + ". "
            + (kind.equals("helix")
                ? "Put the folder cluster-helix into plugins, as docs/operations.md says."
                : "Leave it out, or correct it."));
  }
}
