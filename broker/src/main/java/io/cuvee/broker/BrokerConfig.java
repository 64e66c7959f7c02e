package io.cuvee.broker;

import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.spill.SpillConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// The settings of a broker.
///
/// @param zooKeeper how to reach the cluster's state
/// @param host address that clients and the cluster reach it by, and that it listens at
/// @param httpPort 0 for a free one
/// @param queryTimeout of a query that states none
/// @param maxQueryTimeout the longest that a query may ask for
/// @param queryMemory that one query may hold here
/// @param memory that all queries together may hold here
/// @param spill what queries may put on disk here if it does not fit
/// @param maxConcurrentQueries that run at the same time
/// @param maxQueuedQueries that wait for their turn; more are refused
/// @param connectTimeout to a server
/// @param hedgePercent of the requests that may be sent to a second server because the first is
///   late
/// @param startTimeout for the cluster's state to become known
/// @param sessionTimeout after which idle JDBC connections and open results are forgotten
/// @param drainTimeout how long a stop waits for queries
/// @param maxSessions JDBC connections at the same time
/// @param warmUpRounds statements that are planned before the broker calls itself warm
/// @param queryLogSize queries that ended and that `system.query_log` still shows
/// @param ddlEnabled whether CREATE TABLE, ALTER TABLE and DROP TABLE are carried out
/// @param planner bounds of the planner
public record BrokerConfig(
    ZooKeeperConfig zooKeeper,
    String host,
    int httpPort,
    Duration queryTimeout,
    Duration maxQueryTimeout,
    DataSize queryMemory,
    DataSize memory,
    SpillConfig spill,
    int maxConcurrentQueries,
    int maxQueuedQueries,
    Duration connectTimeout,
    int hedgePercent,
    Duration startTimeout,
    Duration sessionTimeout,
    Duration drainTimeout,
    int maxSessions,
    int warmUpRounds,
    int queryLogSize,
    boolean ddlEnabled,
    PlannerConfig planner) {
  /// The defaults, at a free port of this machine alone.
  public static final BrokerConfig DEFAULT =
      new BrokerConfig(
          new ZooKeeperConfig("localhost:2181", "cuvee"),
          "127.0.0.1",
          0,
          Duration.ofSeconds(60),
          Duration.ofMinutes(30),
          DataSize.parse("256MB"),
          new DataSize(Runtime.getRuntime().maxMemory() / 2),
          SpillConfig.temporary("broker"),
          Math.max(16, 4 * Runtime.getRuntime().availableProcessors()),
          1000,
          Duration.ofSeconds(2),
          5,
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofMillis(500),
          10_000,
          300,
          1000,
          false,
          PlannerConfig.DEFAULT);

  public BrokerConfig {
    if (queryTimeout.isZero() || queryTimeout.compareTo(maxQueryTimeout) > 0) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "broker.query-timeout must be above 0 and at most broker.max-query-timeout ("
              + maxQueryTimeout.toSeconds()
              + "s).");
    }
    if (queryMemory.bytes() < 1 << 20) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING, "broker.query-memory must be at least 1MB.");
    }
  }

  /// Reads `host`, `http.port`, the `broker.…` and `planner.…` keys and those of [ZooKeeperConfig].
  public static BrokerConfig from(Settings settings) {
    return new BrokerConfig(
        ZooKeeperConfig.from(settings),
        settings.text("host", DEFAULT.host),
        settings.integer("http.port", 8099, 0, 65_535),
        settings.duration("broker.query-timeout", DEFAULT.queryTimeout),
        settings.duration("broker.max-query-timeout", DEFAULT.maxQueryTimeout),
        settings.size("broker.query-memory", DEFAULT.queryMemory),
        settings.size("broker.memory", DEFAULT.memory),
        SpillConfig.from(
            settings, "broker", Path.of(settings.text("data.dir", "data/broker")).resolve("spill")),
        settings.integer("broker.max-concurrent-queries", DEFAULT.maxConcurrentQueries, 1, 100_000),
        settings.integer("broker.max-queued-queries", DEFAULT.maxQueuedQueries, 0, 1_000_000),
        settings.duration("broker.connect-timeout", DEFAULT.connectTimeout),
        settings.integer("broker.hedge-percent", DEFAULT.hedgePercent, 0, 100),
        settings.duration("broker.start-timeout", DEFAULT.startTimeout),
        settings.duration("broker.session-timeout", DEFAULT.sessionTimeout),
        settings.duration("broker.drain-timeout", Duration.ofSeconds(20)),
        settings.integer("broker.max-sessions", DEFAULT.maxSessions, 1, 1_000_000),
        settings.integer("broker.warm-up-rounds", DEFAULT.warmUpRounds, 0, 100_000),
        settings.integer("broker.query-log-size", DEFAULT.queryLogSize, 0, 100_000),
        settings.bool("broker.ddl-enabled", DEFAULT.ddlEnabled),
        PlannerConfig.of(settings));
  }

  /// The same in another cluster, at another address.
  public BrokerConfig at(ZooKeeperConfig newZooKeeper, String newHost, int newPort) {
    return new BrokerConfig(
        newZooKeeper,
        newHost,
        newPort,
        queryTimeout,
        maxQueryTimeout,
        queryMemory,
        memory,
        spill,
        maxConcurrentQueries,
        maxQueuedQueries,
        connectTimeout,
        hedgePercent,
        startTimeout,
        sessionTimeout,
        drainTimeout,
        maxSessions,
        warmUpRounds,
        queryLogSize,
        ddlEnabled,
        planner);
  }

  /// The settings by their keys, as they hold.
  public Map<String, String> asText() {
    Map<String, String> all = new TreeMap<>();
    all.put("zookeeper.connect", zooKeeper.connectString());
    all.put("cluster.name", zooKeeper.clusterName());
    all.put("host", host);
    all.put("http.port", Integer.toString(httpPort));
    all.put("broker.query-timeout", text(queryTimeout));
    all.put("broker.max-query-timeout", text(maxQueryTimeout));
    all.put("broker.query-memory", queryMemory.toString());
    all.put("broker.memory", memory.toString());
    all.put("broker.max-concurrent-queries", Integer.toString(maxConcurrentQueries));
    all.put("broker.max-queued-queries", Integer.toString(maxQueuedQueries));
    all.put("broker.connect-timeout", text(connectTimeout));
    all.put("broker.hedge-percent", Integer.toString(hedgePercent));
    all.put("broker.start-timeout", text(startTimeout));
    all.put("broker.session-timeout", text(sessionTimeout));
    all.put("broker.drain-timeout", text(drainTimeout));
    all.put("broker.max-sessions", Integer.toString(maxSessions));
    all.put("broker.warm-up-rounds", Integer.toString(warmUpRounds));
    all.put("broker.query-log-size", Integer.toString(queryLogSize));
    all.put("broker.ddl-enabled", Boolean.toString(ddlEnabled));
    all.put("planner.cache-entries", Integer.toString(planner.cacheEntries()));
    all.put("planner.cache-size", planner.cacheSize().toString());
    all.put("planner.max-statement-length", Integer.toString(planner.maxStatementLength()));
    all.put("planner.max-nesting", Integer.toString(planner.maxNesting()));
    all.put("planner.max-list-length", Integer.toString(planner.maxListLength()));
    return all;
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
