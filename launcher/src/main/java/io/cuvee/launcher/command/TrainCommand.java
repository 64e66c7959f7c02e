package io.cuvee.launcher.command;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.file.FileTree;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.demo.DemoQueries;
import io.cuvee.launcher.demo.DemoTables;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.embedded.Logging;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.launcher.loading.TableLoader;
import io.cuvee.launcher.shell.ResultFormat;
import io.cuvee.launcher.shell.SqlRunner;
import io.cuvee.launcher.shell.SqlScript;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// What the build runs once to record an AOT cache: the ways through the program that every start
/// and the first queries take.
@Command(
    name = "train",
    hidden = true,
    description = "Exercises the program, for the AOT cache that the build records.")
final class TrainCommand implements Callable<Integer> {
  private static final int ROWS = 5_000;

  @Override
  public Integer call() throws IOException {
    Path dir = Files.createTempDirectory("cuvee-train");
    Logging.toFile(dir.resolve("cuvee.log"));
    try (EmbeddedCluster cluster =
            EmbeddedCluster.start(
                dir, new EmbeddedCluster.Size(1, 1, 1), Map.of(), (part, millis) -> {});
        ControllerClient controller = new ControllerClient(cluster.controllerUrls().getFirst())) {
      Path examples = DemoTables.examplesDirectory();
      load("flights", flights(dir), examples, dir, controller);
      load("airports", examples.resolve("airports.csv"), examples, dir, controller);
      RowCounts.await(cluster.jdbcUrl(), "flights", ROWS, Duration.ofSeconds(30));
      RowCounts.await(cluster.jdbcUrl(), "airports", 1, Duration.ofSeconds(30));
      List<String> queries =
          SqlScript.statements(Files.readString(examples.resolve("queries.sql")));
      PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
      try (SqlRunner runner =
          new SqlRunner(cluster.jdbcUrl(), nowhere, ResultFormat.TABLE, nowhere, () -> 0)) {
        runner.run(queries);
      }
      try (DemoQueries demo =
          new DemoQueries(
              cluster.brokerUrls().getFirst(), new PrintStream(PrintStream.nullOutputStream()))) {
        queries.forEach(query -> demo.show(query, 1));
      }
    } finally {
      FileTree.delete(dir);
    }
    return 0;
  }

  private static void load(
      String table, Path file, Path examples, Path dir, ControllerClient controller)
      throws IOException {
    Schema schema = Schema.parse(Files.readString(examples.resolve(table + ".schema.json")));
    TableConfig config =
        TableConfig.parse(Files.readString(examples.resolve(table + ".table.json")));
    try (TableLoader.Built built =
        new TableLoader(schema, config, dir.resolve("work"), ROWS / 2)
            .build(List.of(file), ReadOptions.DEFAULTS, table, rows -> {})) {
      controller.createSchema(schema);
      controller.createTable(config);
      TableLoader.upload(built, table, controller);
    }
  }

  private static Path flights(Path dir) throws IOException {
    Random random = new Random(1);
    String[] airports = {"ANC", "SFO", "JFK", "ORD", "LAX", "FAI"};
    StringBuilder csv = new StringBuilder("date,delay,distance,origin,destination\n");
    for (int i = 0; i < ROWS; i++) {
      csv.append("2001-01-")
          .append(String.format("%02d", 1 + i * 28 / ROWS))
          .append(" 10:00:00,")
          .append(random.nextInt(200) - 20)
          .append(',')
          .append(100 + random.nextInt(3000))
          .append(',')
          .append(airports[random.nextInt(airports.length)])
          .append(',')
          .append(airports[random.nextInt(airports.length)])
          .append('\n');
    }
    return Files.writeString(dir.resolve("flights.csv"), csv);
  }
}
