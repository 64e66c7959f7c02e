package io.cuvee.launcher.command;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.file.FileTree;
import io.cuvee.launcher.loading.ControllerClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command reaches ZooKeeper and the deep store of a cluster: as its processes do, by the
/// same settings.
final class ClusterOptions {
  private static final List<String> OTHER_GROUPS =
      List.of("broker.", "controller.", "minion.", "planner.", "server.");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Settings, as the controllers have them: zookeeper.connect, cluster.name, deep-store.…"
              + " CUVEE_… variables overrule it.")
  private @Nullable Path file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "A setting, overruling file and environment; may be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  private Settings settings(Map<String, String> fromController) {
    Map<String, String> all = new LinkedHashMap<>(fromController);
    all.putAll(overrides);
    Settings settings = Settings.load(Optional.ofNullable(file), System.getenv(), all);
    settings.allow(
        List.of("host", "http.port", "data.port", "data.dir", "instance.id", "deep-store.uri"));
    OTHER_GROUPS.forEach(settings::allowGroup);
    return settings;
  }

  /// Where the cluster's ZooKeeper is, by the settings.
  ZooKeeperConfig zooKeeper() {
    return zooKeeper(Map.of());
  }

  private ZooKeeperConfig zooKeeper(Map<String, String> fromController) {
    Settings settings = settings(fromController);
    ZooKeeperConfig config = ZooKeeperConfig.from(settings);
    settings.allowGroup("deep-store.");
    settings.check();
    return config;
  }

  /// Where the cluster's ZooKeeper is: by the settings, or as a controller says.
  ZooKeeperConfig zooKeeper(String controllerUrl) {
    if (settings(Map.of()).text("zookeeper.connect").isPresent()) {
      return zooKeeper();
    }
    try (ControllerClient controller = new ControllerClient(controllerUrl)) {
      return zooKeeper(controller.cluster());
    } catch (CuveeException e) {
      if (e.code() != ErrorCode.NO_CONTROLLER) {
        throw e;
      }
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER,
          e.getMessage() + " Or name the cluster's ZooKeeper with -D zookeeper.connect=HOST:PORT.",
          e);
    }
  }

  /// How deep stores are reached, by the settings.
  DeepStoreConfig deepStores() {
    Settings settings = settings(Map.of());
    DeepStoreConfig config = DeepStoreConfig.from(settings);
    var _ = ZooKeeperConfig.from(settings);
    settings.check();
    return config;
  }

  /// Opens the cluster's deep store.
  DeepStore deepStore(MetadataStore metadata) {
    return deepStore(
        DeepStores.announced(metadata)
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.NOT_FOUND,
                    "The cluster's metadata do not say where its deep store is; no controller has"
                        + " started yet."))
            .toString());
  }

  /// Opens a deep store that is there.
  DeepStore deepStore(String uri) {
    if (uri.regionMatches(true, 0, "file:", 0, 5) && !Files.isDirectory(directory(uri))) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "The deep store's directory " + uri + " is not there. Is it mounted on this machine?");
    }
    return DeepStores.open(uri, deepStores());
  }

  private static Path directory(String uri) {
    try {
      return Path.of(URI.create(uri));
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER, "'" + uri + "' is not a URI: " + e.getMessage(), e);
    }
  }

  /// A directory that is gone when closed, with all that is in it.
  record WorkDirectory(Path path) implements AutoCloseable {
    static WorkDirectory create() {
      try {
        return new WorkDirectory(Files.createTempDirectory("cuvee"));
      } catch (IOException e) {
        throw new CuveeException(
            ErrorCode.IO,
            "There is no room for temporary files: "
                + e.getMessage()
                + ". Set java.io.tmpdir in CUVEE_JAVA_OPTS.",
            e);
      }
    }

    @Override
    public void close() {
      try {
        FileTree.delete(path);
      } catch (IOException e) {
        throw new CuveeException(ErrorCode.IO, "Could not delete " + path + ": " + e, e);
      }
    }
  }
}
