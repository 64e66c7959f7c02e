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
/// @param kind of the cluster's state: `zookeeper`, or that of a plug-in
/// @param sessionTimeout how long a dead process stays visible
/// @param connectTimeout how long the first connection may take
/// @param callTimeout how long a call waits for a lost connection
public record ZooKeeperConfig(
    String connectString,
    String clusterName,
    String kind,
    Duration sessionTimeout,
    Duration connectTimeout,
    Duration callTimeout) {
  /// The kind that needs no plug-in.
  public static final String OWN_KIND = "zookeeper";

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
        OWN_KIND,
        Duration.ofSeconds(6),
        Duration.ofSeconds(15),
        Duration.ofSeconds(8));
  }

  /// Reads `zookeeper.connect`, `cluster.name`, `cluster.state`, `zookeeper.session-timeout`,
  /// `zookeeper.connect-timeout` and `zookeeper.call-timeout`.
  public static ZooKeeperConfig from(Settings settings) {
    ZooKeeperConfig defaults = new ZooKeeperConfig("localhost:2181", "cuvee");
    return new ZooKeeperConfig(
        settings.text("zookeeper.connect", defaults.connectString),
        settings.text("cluster.name", defaults.clusterName),
        settings.text("cluster.state", defaults.kind),
        settings.duration("zookeeper.session-timeout", defaults.sessionTimeout),
        settings.duration("zookeeper.connect-timeout", defaults.connectTimeout),
        settings.duration("zookeeper.call-timeout", defaults.callTimeout));
  }

  public ZooKeeperConfig withKind(String newKind) {
    return new ZooKeeperConfig(
        connectString, clusterName, newKind, sessionTimeout, connectTimeout, callTimeout);
  }

  public ZooKeeperConfig withSessionTimeout(Duration timeout) {
    return new ZooKeeperConfig(
        connectString, clusterName, kind, timeout, connectTimeout, callTimeout);
  }

  public ZooKeeperConfig withCallTimeout(Duration timeout) {
    return new ZooKeeperConfig(
        connectString, clusterName, kind, sessionTimeout, connectTimeout, timeout);
  }

  public ZooKeeperConfig withConnectTimeout(Duration timeout) {
    return new ZooKeeperConfig(
        connectString, clusterName, kind, sessionTimeout, timeout, callTimeout);
  }
}
