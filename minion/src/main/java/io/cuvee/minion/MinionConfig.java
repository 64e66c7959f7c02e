package io.cuvee.minion;

import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.Settings;
import io.cuvee.segment.build.BuildLimits;
import java.nio.file.Path;
import java.util.Optional;

/// The settings of a minion.
///
/// @param zooKeeper where the cluster's state is
/// @param instanceId unique in the cluster; absent: made from host and port
/// @param host address that it listens at
/// @param httpPort of health and metrics, 0 for a free one
/// @param dataDirectory for files of tasks under way
/// @param deepStore how deep stores are reached
/// @param tasks that run at once
/// @param build what making one segment may take
public record MinionConfig(
    ZooKeeperConfig zooKeeper,
    Optional<String> instanceId,
    String host,
    int httpPort,
    Path dataDirectory,
    DeepStoreConfig deepStore,
    int tasks,
    BuildLimits build) {
  /// Reads `host`, `http.port`, `data.dir`, `instance.id`, the `minion.…` keys and those of
  /// [ZooKeeperConfig] and [DeepStoreConfig].
  public static MinionConfig from(Settings settings) {
    return new MinionConfig(
        ZooKeeperConfig.from(settings),
        settings.text("instance.id"),
        settings.text("host", "127.0.0.1"),
        settings.integer("http.port", 9514, 0, 65_535),
        Path.of(settings.text("data.dir", "data/minion")).toAbsolutePath().normalize(),
        DeepStoreConfig.from(settings),
        settings.integer("minion.tasks", 1, 1, 64),
        new BuildLimits(
            settings.size("minion.build-memory", BuildLimits.DEFAULT.memory()),
            settings.integer("minion.build-threads", BuildLimits.DEFAULT.threads(), 1, 1024)));
  }
}
