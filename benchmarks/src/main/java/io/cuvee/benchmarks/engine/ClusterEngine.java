package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.file.FileTree;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A whole cluster in this process: ZooKeeper, a controller, a broker and a server, asked through
/// the JDBC driver over HTTP. Its clients' processor time counts as well.
public final class ClusterEngine implements Engine {
  private static final Duration LOADING = Duration.ofMinutes(5);

  private final CuveeEngine engine;
  private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Statement> statements = ThreadLocal.withInitial(this::statement);
  private @Nullable EmbeddedCluster cluster;
  private @Nullable Path directory;

  /// @param variant `http`
  public ClusterEngine(String variant) {
    engine = new CuveeEngine(variant);
  }

  @Override
  public String version() {
    return engine.version();
  }

  @Override
  public void build(SsbGenerator rows, Path store, int threads) throws IOException {
    engine.build(rows, store, threads);
  }

  @Override
  public void open(Path store, int threads) throws IOException {
    Path work = Files.createTempDirectory("cuvee-bench-cluster");
    directory = work;
    EmbeddedCluster started =
        EmbeddedCluster.start(
            work.resolve("cluster"),
            new EmbeddedCluster.Size(1, 1, 1),
            Map.of("server.query-threads", Integer.toString(threads)),
            (part, millis) -> {});
    cluster = started;
    try (ControllerClient controller = new ControllerClient(started.controllerUrls().getFirst())) {
      controller.createSchema(CuveeEngine.schema());
      controller.createTable(config());
      for (int i = 0; i < SEGMENTS; i++) {
        Path archive = work.resolve("s" + i + ".tar.gz");
        SegmentArchive.pack(store.resolve("s" + i), archive);
        controller.upload(SsbTable.NAME, archive);
        Files.delete(archive);
      }
    }
    RowCounts.await(started.jdbcUrl(), SsbTable.NAME, 1, LOADING);
  }

  /// With the indexes that the segments have: servers drop those that a config does not name.
  private static TableConfig config() {
    return TableConfig.parse(
        """
        {"tableName": "%s", "tableType": "OFFLINE",
         "segmentsConfig": {"schemaName": "%s", "replication": "1"},
         "tableIndexConfig": {"sortedColumn": ["%s"], "invertedIndexColumns": [%s]},
         "tenants": {}, "metadata": {}}
        """
            .formatted(
                SsbTable.NAME,
                SsbTable.NAME,
                SsbTable.SORTED_COLUMN,
                SsbTable.INDEXED_COLUMNS.stream()
                    .map(column -> '"' + column + '"')
                    .collect(Collectors.joining(", "))));
  }

  private Statement statement() {
    EmbeddedCluster started = cluster;
    if (started == null) {
      throw new IllegalStateException("The store is not open");
    }
    try {
      Connection connection = DriverManager.getConnection(started.jdbcUrl());
      connections.add(connection);
      return connection.createStatement();
    } catch (SQLException e) {
      throw new IllegalStateException("The broker gave no connection", e);
    }
  }

  @Override
  public List<@Nullable Object[]> query(String sql) throws SQLException {
    return JdbcAnswer.of(statements.get(), sql);
  }

  @Override
  public void close() throws IOException, SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
    if (cluster != null) {
      cluster.close();
    }
    if (directory != null) {
      FileTree.delete(directory);
    }
  }
}
