package io.cuvee.launcher.command;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.file.FileTree;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.demo.DemoQueries;
import io.cuvee.launcher.demo.DemoTables;
import io.cuvee.launcher.demo.FlightEvents;
import io.cuvee.launcher.demo.LiveFlights;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// What the build runs once to record an AOT cache: the ways through the program that every start
/// and the first queries take, and those of uploads, of live rows, and of their sealing, often
/// enough that Java knows which methods are hot.
@Command(
    name = "train",
    hidden = true,
    description = "Exercises the program, for the AOT cache that the build records.")
final class TrainCommand implements Callable<Integer> {
  private static final int ROWS = 5_000;
  private static final int SMALL_SEGMENTS = 40;
  private static final int LIVE_BATCHES = 40;
  private static final int LIVE_BATCH = 500;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Override
  public Integer call() throws IOException {
    Path dir = Files.createTempDirectory("cuvee-train");
    Logging.toFile(dir.resolve("cuvee.log"));
    try (EmbeddedCluster cluster =
            EmbeddedCluster.start(
                dir, new EmbeddedCluster.Size(1, 3, 1), Map.of(), (part, millis) -> {});
        ControllerClient controller = new ControllerClient(cluster.controllerUrls().getFirst())) {
      Path examples = DemoTables.examplesDirectory();
      Table flights = Table.of("flights", examples);
      Table airports = Table.of("airports", examples);
      flights.create(controller);
      airports.create(controller);
      upload(flights, "flights", flights(dir), 2, dir, controller);
      upload(airports, "airports", examples.resolve("airports.csv"), 1, dir, controller);
      RowCounts.await(cluster.jdbcUrl(), "flights", ROWS, LIMIT);
      RowCounts.await(cluster.jdbcUrl(), "airports", 1, LIMIT);
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
      // On a machine that has no time for these the cache is of use all the same.
      try {
        upload(flights, "small", flights(dir), SMALL_SEGMENTS, dir, controller);
        RowCounts.await(cluster.jdbcUrl(), "flights", 2 * ROWS, LIMIT);
        insert(Table.of(LiveFlights.TABLE, examples), controller);
        RowCounts.await(cluster.jdbcUrl(), LiveFlights.TABLE, LIVE_BATCHES * LIVE_BATCH, LIMIT);
      } catch (CuveeException e) {
        System.err.println("Not learned to the end: " + e.getMessage());
      }
    } finally {
      FileTree.delete(dir);
    }
    return 0;
  }

  private record Table(String name, Schema schema, ObjectNode config) {
    static Table of(String name, Path examples) throws IOException {
      String config = Files.readString(examples.resolve(name + ".table.json"));
      return new Table(
          name,
          Schema.parse(Files.readString(examples.resolve(name + ".schema.json"))),
          (ObjectNode) Json.object(config, "table config", ErrorCode.INVALID_TABLE));
    }

    TableConfig parsed() {
      return TableConfig.parse(config.toString());
    }

    void create(ControllerClient controller) {
      controller.createSchema(schema);
      controller.createTable(parsed());
    }
  }

  private static void upload(
      Table table, String prefix, Path file, int segments, Path dir, ControllerClient controller) {
    try (TableLoader.Built built =
        new TableLoader(table.schema(), table.parsed(), dir.resolve("work"), ROWS / segments)
            .build(List.of(file), ReadOptions.DEFAULTS, prefix, rows -> {})) {
      TableLoader.upload(built, table.name(), controller);
    }
  }

  /// Rows of two replicas, which are sealed on the way.
  private static void insert(Table table, ControllerClient controller) {
    ((ObjectNode) table.config().path("segmentsConfig")).put("replication", "2");
    ((ObjectNode) table.config().path("tableIndexConfig").path("streamConfigs"))
        .put(
            "realtime.segment.flush.threshold.rows",
            Integer.toString(LIVE_BATCHES * LIVE_BATCH / 3));
    table.create(controller);
    FlightEvents events = new FlightEvents(1);
    Instant now = Instant.now();
    for (int i = 0; i < LIVE_BATCHES; i++) {
      controller.insertRows(
          table.name(),
          Stream.generate(() -> events.next(now)).limit(LIVE_BATCH).collect(joining("\n")));
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
