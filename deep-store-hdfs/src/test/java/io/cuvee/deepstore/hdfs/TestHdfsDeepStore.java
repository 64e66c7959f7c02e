package io.cuvee.deepstore.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.deepstore.contract.FaultProxy;
import io.cuvee.deepstore.contract.FaultProxy.Fault;
import io.cuvee.deepstore.contract.RemoteStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestHdfsDeepStore extends RemoteStoreContract {
  private static final AtomicInteger ROOTS = new AtomicInteger();

  /// Another name of this machine.
  private static final String BESIDE = "127.0.0.2";

  @TempDir private static Path directory;
  private static MiniDFSCluster server;

  private final String folder = "/d%C3%A9p%C3%B4t%201/" + ROOTS.incrementAndGet();

  @BeforeAll
  static void startServer() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("dfs").toString());
    // Listings in several pages.
    configuration.setInt("dfs.ls.limit", 100);
    configuration.setBoolean("dfs.namenode.edits.noeditlogchannelflush", true);
    // Where the proxy stands, at the same ports.
    configuration.set("dfs.datanode.hostname", BESIDE);
    server =
        new MiniDFSCluster.Builder(configuration)
            .numDataNodes(2)
            .checkDataNodeHostConfig(true)
            .build();
    server.waitActive();
  }

  @AfterAll
  static void stopServer() {
    server.shutdown();
  }

  private String root() {
    return "hdfs://127.0.0.1:" + server.getNameNodePort() + folder;
  }

  private static DeepStoreConfig config(Map<String, String> own) {
    return new DeepStoreConfig(4, Duration.ofSeconds(2), Duration.ofSeconds(60), own);
  }

  @Override
  protected DeepStore open() {
    return DeepStores.open(root() + "/", config(Map.of()));
  }

  /// All connections, to the name node and the data nodes, go through it.
  @Override
  protected DeepStore open(FaultProxy proxy) {
    Configuration hadoop = new Configuration(false);
    hadoop.setBoolean("dfs.client.use.datanode.hostname", true);
    hadoop.setInt("dfs.client.retry.window.base", 10);
    hadoop.setInt("ipc.client.connect.retry.interval", 50);
    try {
      Path configuration = Files.createTempDirectory(work(), "hadoop");
      try (var out = Files.newOutputStream(configuration.resolve("core-site.xml"))) {
        hadoop.writeXml(out);
      }
      return DeepStores.open(
          "hdfs://127.0.0.1:" + proxy.port() + folder,
          config(Map.of("deep-store.hdfs.config-dir", configuration.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected FaultProxy proxy() {
    FaultProxy proxy = FaultProxy.before(server.getNameNodePort());
    for (DataNode node : server.getDataNodes()) {
      proxy.alsoAt(new InetSocketAddress(BESIDE, node.getXferPort()), node.getXferPort());
    }
    return proxy;
  }

  @Override
  protected List<Fault> passingFaults() {
    return List.of(new Fault.Delay(300), new Fault.Reset(0), new Fault.CutAnswer(20));
  }

  @Test
  void settingsThatCannotBeAreExplained() {
    for (String uri : List.of("hdfs:/x", "hdfs://me:secret@node/x", "hdfs://no_such.invalid/x")) {
      assertThatThrownBy(() -> DeepStores.open(uri, config(Map.of())))
          .as(uri)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
          .hasMessageContaining("deep-store.uri")
          .hasMessageNotContaining("secret");
    }
    Map<String, String> empty = Map.of("deep-store.hdfs.config-dir", directory.toString());
    assertThatThrownBy(() -> DeepStores.open(root(), config(empty)))
        .hasMessageContaining("deep-store.hdfs.config-dir");
  }

  @Test
  void folderOfAnotherUserIsRefused() throws IOException {
    FileSystem files = server.getFileSystem();
    org.apache.hadoop.fs.Path mine = new org.apache.hadoop.fs.Path("/mine");
    files.mkdirs(mine, new FsPermission((short) 0700));
    files.setPermission(mine, new FsPermission((short) 0700));
    Path in = file("1");
    String uri = "hdfs://127.0.0.1:" + server.getNameNodePort() + "/mine";
    try (DeepStore store =
        DeepStores.open(uri, config(Map.of("deep-store.hdfs.user", "stranger")))) {
      assertThatThrownBy(() -> store.put(in, "a"))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
          .hasMessageContaining("deep-store.hdfs.user")
          .hasMessageContaining("stranger");
    }
  }

  @Test
  void leftoversOfDeadProcessesGoAwayAfterADay() throws IOException {
    FileSystem files = server.getFileSystem();
    org.apache.hadoop.fs.Path incoming =
        new org.apache.hadoop.fs.Path(URI.create(folder).getPath(), ".incoming");
    org.apache.hadoop.fs.Path old = new org.apache.hadoop.fs.Path(incoming, "old");
    org.apache.hadoop.fs.Path young = new org.apache.hadoop.fs.Path(incoming, "young");
    files.create(old).close();
    files.create(young).close();
    files.setTimes(old, System.currentTimeMillis() - 100_000_000, -1);
    try (DeepStore store = open()) {
      assertThat(store.list("")).isEmpty();
      store.put(file("1"), "a");
    }
    assertThat(files.exists(old)).isFalse();
    assertThat(files.exists(young)).isTrue();
  }
}
