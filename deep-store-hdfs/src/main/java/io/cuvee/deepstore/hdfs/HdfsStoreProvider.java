package io.cuvee.deepstore.hdfs;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStoreProvider;
import io.cuvee.cluster.deepstore.ObjectDeepStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.security.UserGroupInformation;

/// Opens `hdfs://namenode:8020/path`, or `hdfs://nameservice/path` with the cluster's
/// `hdfs-site.xml`.
public final class HdfsStoreProvider implements DeepStoreProvider {
  private static final String CONFIG_DIR = "deep-store.hdfs.config-dir";
  private static final String USER = "deep-store.hdfs.user";

  @Override
  public Set<String> schemes() {
    return Set.of("hdfs");
  }

  @Override
  public Set<String> keys() {
    return Set.of(CONFIG_DIR, USER);
  }

  @Override
  public DeepStore open(URI root, DeepStoreConfig config) {
    if (root.getHost() == null || root.getUserInfo() != null) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "deep-store.uri must be hdfs://namenode:port/path, or hdfs://nameservice/path.");
    }
    try {
      Configuration hadoop = configuration(config);
      Optional<String> user = config.own(USER);
      FileSystem files =
          user.isPresent()
              ? FileSystem.newInstance(root, hadoop, user.get())
              : FileSystem.newInstance(root, hadoop);
      return new ObjectDeepStore(
          root,
          new HdfsFiles((DistributedFileSystem) files, root.getPath(), config.timeout()),
          config);
    } catch (IOException | IllegalArgumentException e) {
      throw cannotOpen(root, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cannotOpen(root, e);
    }
  }

  private static CuveeException cannotOpen(URI root, Exception cause) {
    return new CuveeException(
        ErrorCode.INVALID_SETTING,
        "The deep store at "
            + root
            + " cannot be opened: "
            + cause.getMessage()
            + ". Check deep-store.uri and "
            + CONFIG_DIR
            + ".",
        cause);
  }

  /// Hadoop's defaults, which would wait for a quarter of an hour, with our limits; the cluster's
  /// own files overrule both.
  private static Configuration configuration(DeepStoreConfig config) {
    Configuration hadoop = new Configuration();
    hadoop.setClassLoader(HdfsStoreProvider.class.getClassLoader());
    hadoop.setClass("fs.hdfs.impl", DistributedFileSystem.class, FileSystem.class);
    int millis = (int) Math.min(config.requestTimeout().toMillis(), Integer.MAX_VALUE);
    for (String key :
        List.of(
            "ipc.client.rpc-timeout.ms",
            "ipc.client.connect.timeout",
            "dfs.client.socket-timeout",
            "dfs.datanode.socket.write.timeout")) {
      hadoop.setInt(key, millis);
    }
    hadoop.setInt("ipc.client.connect.max.retries", config.attempts() - 1);
    hadoop.setInt("ipc.client.connect.max.retries.on.timeouts", config.attempts() - 1);
    config
        .own(CONFIG_DIR)
        .or(() -> Optional.ofNullable(System.getenv("HADOOP_CONF_DIR")))
        .ifPresent(directory -> addFiles(Path.of(directory), hadoop));
    return hadoop;
  }

  private static void addFiles(Path directory, Configuration hadoop) {
    Configuration files = new Configuration(false);
    for (String name : List.of("core-site.xml", "hdfs-site.xml")) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        files.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
      }
    }
    boolean any = false;
    for (Map.Entry<String, String> entry : files) {
      hadoop.set(entry.getKey(), entry.getValue());
      any = true;
    }
    if (!any) {
      throw new IllegalArgumentException(
          CONFIG_DIR + " has neither core-site.xml nor hdfs-site.xml with settings: " + directory);
    }
    UserGroupInformation.setConfiguration(hadoop);
  }
}
