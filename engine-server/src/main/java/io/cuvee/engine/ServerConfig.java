package io.cuvee.engine;

import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.engine.exchange.ExchangeLimits;
import io.cuvee.execution.spill.SpillConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// The settings of a server.
///
/// @param zooKeeper how to reach the cluster's state
/// @param instanceId stable over restarts and unique in the cluster; absent takes the one that the
///   data directory remembers, or makes one
/// @param host address that brokers reach it by, and that it listens at
/// @param dataPort of the data plane, 0 for a free one
/// @param httpPort of health, metrics and inspection, 0 for a free one
/// @param rowLogPort of the logs of rows, for the other servers; 0 for one that is chosen at the
///   first start
/// @param dataDirectory for copies of segments
/// @param deepStore how deep stores are reached
/// @param queryThreads that scan
/// @param loadThreads segments that are fetched and opened at once
/// @param memory that all queries together may hold
/// @param queryMemory that one query may hold
/// @param spill what queries may put on disk if it does not fit
/// @param limits of the data plane
/// @param unloadGrace how long a segment that moves away is still served
/// @param drainTimeout how long a stop waits for brokers and queries
/// @param loadTimeout how long a start waits for segments before the server calls itself ready
/// @param warmUp how long kernels are exercised after the start
/// @param cacheSize what segments may take of the disk; 0: no limit
/// @param tenants whose servers it is one of
/// @param pool what it shares with other servers and may lose together with them, such as a rack
public record ServerConfig(
    ZooKeeperConfig zooKeeper,
    Optional<String> instanceId,
    String host,
    int dataPort,
    int httpPort,
    int rowLogPort,
    Path dataDirectory,
    DeepStoreConfig deepStore,
    int queryThreads,
    int loadThreads,
    DataSize memory,
    DataSize queryMemory,
    SpillConfig spill,
    ExchangeLimits limits,
    Duration unloadGrace,
    Duration drainTimeout,
    Duration loadTimeout,
    Duration warmUp,
    DataSize cacheSize,
    Set<String> tenants,
    int pool) {
  public ServerConfig {
    if (queryMemory.bytes() < 1 << 20) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING, "server.query-memory must be at least 1MB.");
    }
    if (memory.bytes() < queryMemory.bytes()) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "server.memory ("
              + memory
              + ") must not be below server.query-memory ("
              + queryMemory
              + ").");
    }
  }

  /// Reads `host`, `data.port`, `http.port`, `data.dir`, `instance.id`, the `server.…` keys and
  /// those of [ZooKeeperConfig] and [DeepStoreConfig].
  public static ServerConfig from(Settings settings) {
    int processors = Runtime.getRuntime().availableProcessors();
    long heap = Runtime.getRuntime().maxMemory();
    Path data = Path.of(settings.text("data.dir", "data/server"));
    return new ServerConfig(
        ZooKeeperConfig.from(settings),
        settings.text("instance.id"),
        settings.text("host", "127.0.0.1"),
        settings.integer("data.port", 8098, 0, 65_535),
        settings.integer("http.port", 8097, 0, 65_535),
        settings.integer("server.row-log-port", 0, 0, 65_535),
        data,
        DeepStoreConfig.from(settings),
        settings.integer("server.query-threads", processors, 1, 1024),
        settings.integer("server.load-threads", Math.clamp(processors, 2, 8), 1, 256),
        settings.size("server.memory", new DataSize(heap / 2)),
        settings.size("server.query-memory", new DataSize(heap / 4)),
        SpillConfig.from(settings, "server", data.resolve("spill")),
        new ExchangeLimits(
            settings.integer("server.max-queries", ExchangeLimits.DEFAULT.queries(), 1, 1_000_000),
            settings.integer(
                "server.max-queries-per-broker",
                ExchangeLimits.DEFAULT.queriesPerConnection(),
                1,
                1_000_000),
            ExchangeLimits.DEFAULT.frameBytes()),
        settings.duration("server.unload-grace", Duration.ofSeconds(2)),
        settings.duration("server.drain-timeout", Duration.ofSeconds(20)),
        settings.duration("server.load-timeout", Duration.ofMinutes(10)),
        settings.duration("server.warm-up", Duration.ofSeconds(2)),
        settings.size("server.cache-size", new DataSize(0)),
        Set.of(settings.text("server.tenants", Instance.DEFAULT_TENANT).split("\\s*,\\s*")),
        settings.integer("server.pool", 0, 0, 1_000_000));
  }
}
