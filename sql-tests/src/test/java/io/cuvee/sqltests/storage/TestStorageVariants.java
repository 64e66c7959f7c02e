package io.cuvee.sqltests.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.duckdb.SameRows;
import io.cuvee.sqltests.process.CuveeProcess;
import io.cuvee.sqltests.storage.Statements.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Every query of the SQL scripts, and random ones, give the rows that the shared cluster gives
/// however the tables are stored: with and without dictionaries and indexes, sorted, with
/// star-trees, in one segment and in many; and with the scalar kernels instead of the vectorised
/// ones, in another process.
///
/// A query is asked of two or three of these, others each time the seed changes.
/// `-Dcuvee.storage.all=true` asks every query of all, `-Dcuvee.storage.variants=N` adds N random
/// ways of storing, `-Dcuvee.random.shapes=N` sets the number of random queries.
@ExtendWith(ClusterExtension.class)
@Tag("slow")
class TestStorageVariants {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122);
  private static final boolean ALL = Boolean.getBoolean("cuvee.storage.all");

  /// One of so many queries is asked of a table, unless all are.
  private static final int SAMPLE = 4;

  private static final int SHAPES = Integer.getInteger("cuvee.random.shapes", 60);
  private static final int RANDOM_VARIANTS = Integer.getInteger("cuvee.storage.variants", 1);
  private static final int FAILURES_SHOWN = 20;

  private static final Path SCRIPTS =
      Path.of(System.getProperty("cuvee.root"), "sql-tests", "src", "test", "resources", "sql");
  private static final Set<String> TABLES =
      Fixture.all().stream().map(Fixture::name).collect(Collectors.toSet());

  private static final Map<String, Answer> EXPECTED = new HashMap<>();

  @TempDir private static Path directory;

  @TestFactory
  Stream<DynamicTest> tablesGiveTheSameRowsHoweverTheyAreStored(SharedCluster cluster)
      throws IOException {
    List<StorageVariant> variants = new ArrayList<>(StorageVariant.all());
    for (int i = 0; i < RANDOM_VARIANTS; i++) {
      variants.add(StorageVariant.random(SEED + i));
    }
    return IntStream.range(0, variants.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                variants.get(i).name(),
                () ->
                    check(
                        variants.get(i),
                        statements(i),
                        cluster,
                        cluster.controller(),
                        cluster.jdbcUrl())));
  }

  @Test
  void scalarKernelsGiveTheSameRows(SharedCluster cluster) throws Exception {
    Path log = directory.resolve("err.log");
    Map<String, String> scalar = Map.of("CUVEE_JAVA_OPTS", "-Dcuvee.kernels=scalar");
    Path dir = directory.resolve("cluster");
    try (CuveeProcess process =
            CuveeProcess.start(
                    log, scalar, "start", "all", "--empty", "--json", "--dir", dir.toString())
                .ready();
        Rest controller = new Rest(process.readyLine().path("controllerUrl").asText())) {
      String jdbcUrl = process.readyLine().path("jdbcUrl").asText();
      check(StorageVariant.random(SEED), statements(SAMPLE - 1), cluster, controller, jdbcUrl);
      process.terminate();
    }
    try (Stream<Path> files = Files.walk(dir)) {
      List<Path> logs = files.filter(file -> file.toString().endsWith(".log")).toList();
      assertThat(logs).anySatisfy(file -> assertThat(file).content().contains("Kernels: scalar"));
    }
  }

  /// @param part which ones of all, the same again after [#SAMPLE]
  private static List<Statement> statements(int part) throws IOException {
    List<Statement> statements = Statements.ofScripts(SCRIPTS);
    statements.addAll(Statements.random(SEED, SHAPES));
    Random random = new Random(SEED);
    statements.removeIf(
        statement -> Math.floorMod(random.nextInt(SAMPLE) + part, SAMPLE) != 0 && !ALL);
    return statements;
  }

  private static void check(
      StorageVariant variant,
      List<Statement> statements,
      SharedCluster reference,
      Rest controller,
      String jdbcUrl)
      throws Exception {
    List<Fixture> tables = Fixture.all().stream().map(variant::of).toList();
    List<String> failures = new ArrayList<>();
    try {
      load(tables, variant.segments(), controller, jdbcUrl);
      try (Connection expecting = reference.connect();
          Connection connection = DriverManager.getConnection(jdbcUrl)) {
        for (Statement statement : statements) {
          Answer expected =
              EXPECTED.computeIfAbsent(
                  statement.sql(), sql -> Answer.of(expecting, sql, statement.ordered()));
          String sql = statement.of(variant, TABLES);
          String difference = expected.difference(Answer.of(connection, sql, statement.ordered()));
          if (!difference.isEmpty()) {
            failures.add(statement.origin() + ": " + sql + "\n" + difference);
          }
        }
      }
    } finally {
      for (Fixture table : tables) {
        controller.delete("/tables/" + table.name());
      }
    }
    assertThat(failures.stream().limit(FAILURES_SHOWN))
        .as("%d of %d queries, -Dcuvee.random.seed=%d", failures.size(), statements.size(), SEED)
        .isEmpty();
  }

  private static void load(List<Fixture> tables, int segments, Rest controller, String jdbcUrl)
      throws IOException, InterruptedException {
    for (Fixture table : tables) {
      controller.post("/schemas", table.schema()).expect(200);
      controller.post("/tables", table.tableConfig()).expect(200);
      for (String file : table.parts(segments)) {
        controller.ingest(table.name(), "json", "rows.jsonl", file).expect(200);
      }
    }
    for (Fixture table : tables) {
      RowCounts.await(jdbcUrl, table.name(), table.rows().size(), Duration.ofSeconds(30));
    }
  }

  /// Rows, or the SQLState of an error.
  private record Answer(@Nullable Rows rows, String error, boolean ordered) {
    static Answer of(Connection connection, String sql, boolean ordered) {
      try {
        return new Answer(Rows.query(connection, sql), "", ordered);
      } catch (SQLException e) {
        return new Answer(null, e.getSQLState() + ": " + e.getMessage(), ordered);
      }
    }

    String difference(Answer actual) {
      if (rows != null && actual.rows != null) {
        return SameRows.difference(rows, actual.rows, ordered);
      }
      return state().equals(actual.state()) ? "" : "gave " + actual + " instead of " + this;
    }

    private String state() {
      return error.isEmpty() ? "" : error.substring(0, 5);
    }

    @Override
    public String toString() {
      return rows == null ? error : rows.cells().size() + " rows";
    }
  }
}
