package io.cuvee.cluster.zookeeper;

import io.cuvee.common.catalog.Names;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;

/// How to reach the cluster's state.
///
/// @param connectString `host:port[,host:port]…`
/// @param clusterName several clusters may share one ZooKeeper
/// @param sessionTimeout how long a dead process stays visible
/// @param connectTimeout how long the first connection may take
/// @param callTimeout how long a call waits for a lost connection
public record ZooKeeperConfig(
    String connectString,
    String clusterName,
    Duration sessionTimeout,
    Duration connectTimeout,
    Duration callTimeout) {
  public ZooKeeperConfig {
    Names.check("Cluster name", clusterName, ErrorCode.INVALID_SETTING);
    if (connectString.isBlank()) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "zookeeper.connect is empty. Set it to host:port[,host:port].");
    }
    if (sessionTimeout.toMillis() < 500 || sessionTimeout.toMinutes() > 10) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "zookeeper.session-timeout is " + sessionTimeout.toMillis() + " ms; use 500ms to 10m.");
    }
  }

  /// With the defaults: sessions of 6 s, 15 s to connect, 8 s a call.
  public ZooKeeperConfig(String connectString, String clusterName) {
    this(
        connectString,
        clusterName,
        Duration.ofSeconds(6),
        Duration.ofSeconds(15),
        Duration.ofSeconds(8));
  }

  /// Reads `zookeeper.connect`, `cluster.name`, `zookeeper.session-timeout`,
  /// `zookeeper.connect-timeout` and `zookeeper.call-timeout`.
  public static ZooKeeperConfig from(Settings settings) {
    ZooKeeperConfig defaults = new ZooKeeperConfig("localhost:2181", "cuvee");
    return new ZooKeeperConfig(
        settings.text("zookeeper.connect", defaults.connectString),
        settings.text("cluster.name", defaults.clusterName),
        settings.duration("zookeeper.session-timeout", defaults.sessionTimeout),
        settings.duration("zookeeper.connect-timeout", defaults.connectTimeout),
        settings.duration("zookeeper.call-timeout", defaults.callTimeout));
  }

  public ZooKeeperConfig withSessionTimeout(Duration timeout) {
    return new ZooKeeperConfig(connectString, clusterName, timeout, connectTimeout, callTimeout);
  }

  public ZooKeeperConfig withCallTimeout(Duration timeout) {
    return new ZooKeeperConfig(connectString, clusterName, sessionTimeout, connectTimeout, timeout);
  }

  public ZooKeeperConfig withConnectTimeout(Duration timeout) {
    return new ZooKeeperConfig(connectString, clusterName, sessionTimeout, timeout, callTimeout);
  }
}
