package io.cuvee.controller;

import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.build.BuildLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of a controller.
///
/// @param zooKeeper where the cluster's state is
/// @param instanceId stable over restarts; absent: made from host and port
/// @param host address that others reach it by, and that it listens at
/// @param httpPort 0 for a free one
/// @param dataDirectory for uploads under way, and for the deep store if none is stated
/// @param deepStoreUri absent: the one that the cluster has, else a folder in the data directory
/// @param deepStore how it is reached
/// @param maxSegmentSize of an uploaded archive
/// @param maxFileSize of a file of rows
/// @param build what making a segment of a file may take
/// @param loadTimeout how long an upload that waits for its segment may wait at most by default
/// @param reconcileInterval between two full comparisons of records and assignment
/// @param replaceAfter how long a server may be out of service before others stand in for it
/// @param retentionInterval between two looks for what has had its time
/// @param deletedSegmentGrace how long objects of deleted segments stay in the deep store
/// @param orphanAge objects of the deep store that belong to no segment for so long are deleted;
///   zero: never
/// @param replaceTimeout after which a replacement of segments that was begun is taken back
/// @param replacedSegmentRetention how long replaced segments stay, so that it can be taken back
/// @param metadataCopyInterval between a change of the metadata and its copy in the deep store;
///   zero: no copies
/// @param taskRetention how long background tasks that ended are remembered
/// @param taskTimeout how long the minion of a background task may say nothing of it
/// @param maxTransfers replicas that servers load at once to replace or move others
public record ControllerConfig(
    ZooKeeperConfig zooKeeper,
    Optional<String> instanceId,
    String host,
    int httpPort,
    Path dataDirectory,
    Optional<String> deepStoreUri,
    DeepStoreConfig deepStore,
    DataSize maxSegmentSize,
    DataSize maxFileSize,
    BuildLimits build,
    Duration loadTimeout,
    Duration reconcileInterval,
    Duration replaceAfter,
    Duration retentionInterval,
    Duration deletedSegmentGrace,
    Duration orphanAge,
    Duration replaceTimeout,
    Duration replacedSegmentRetention,
    Duration metadataCopyInterval,
    Duration taskRetention,
    Duration taskTimeout,
    int maxTransfers) {
  private static final Duration LEAST_ORPHAN_AGE = Duration.ofHours(1);

  private static final List<String> OTHER_GROUPS =
      List.of("broker.", "planner.", "server.", "minion.");

  public ControllerConfig {
    if (host.isBlank()) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING, "host is empty. Set it to this machine's name or address.");
    }
    if (loadTimeout.isNegative()
        || replaceAfter.isNegative()
        || deletedSegmentGrace.isNegative()
        || replaceTimeout.isNegative()
        || replacedSegmentRetention.isNegative()
        || orphanAge.isNegative()
        || orphanAge.isPositive() && orphanAge.compareTo(LEAST_ORPHAN_AGE) < 0
        || retentionInterval.toMillis() < 100
        || reconcileInterval.toMillis() < 100) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "controller.load-timeout, replace-after, replace-timeout, replaced-segment-retention and"
              + " deleted-segment-grace must not be negative,"
              + " controller.reconcile-interval and retention-interval be at least 100ms, and"
              + " controller.orphan-age be 0s (never) or at least 1h, longer than any upload.");
    }
  }

  /// Reads and checks all keys.
  ///
  /// @throws CuveeException `INVALID_SETTING` that lists every problem
  public static ControllerConfig from(Settings settings) {
    ControllerConfig config =
        new ControllerConfig(
            ZooKeeperConfig.from(settings),
            settings.text("instance.id"),
            settings.text("host", "127.0.0.1"),
            settings.integer("http.port", 9000, 0, 65_535),
            Path.of(settings.text("data.dir", "data/controller")).toAbsolutePath().normalize(),
            settings.text("deep-store.uri"),
            DeepStoreConfig.from(settings),
            settings.size("controller.max-segment-size", DataSize.parse("20GB")),
            settings.size("controller.max-file-size", DataSize.parse("2GB")),
            new BuildLimits(
                settings.size("controller.build-memory", BuildLimits.DEFAULT.memory()),
                settings.integer(
                    "controller.build-threads", BuildLimits.DEFAULT.threads(), 1, 1024)),
            settings.duration("controller.load-timeout", Duration.ofSeconds(60)),
            settings.duration("controller.reconcile-interval", Duration.ofMinutes(1)),
            settings.duration("controller.replace-after", Duration.ofMinutes(5)),
            settings.duration("controller.retention-interval", Duration.ofHours(1)),
            settings.duration("controller.deleted-segment-grace", Duration.ofDays(7)),
            settings.duration("controller.orphan-age", Duration.ZERO),
            settings.duration("controller.replace-timeout", Duration.ofDays(1)),
            settings.duration("controller.replaced-segment-retention", Duration.ofDays(1)),
            settings.duration("controller.metadata-copy-interval", Duration.ofSeconds(5)),
            settings.duration("controller.task-retention", Duration.ofDays(1)),
            settings.duration("controller.task-timeout", Duration.ofHours(1)),
            settings.integer("controller.max-transfers", 64, 1, 100_000));
    settings.allow(List.of("data.port"));
    OTHER_GROUPS.forEach(settings::allowGroup);
    settings.check();
    return config;
  }
}
