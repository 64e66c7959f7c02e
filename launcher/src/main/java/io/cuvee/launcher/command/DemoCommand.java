package io.cuvee.launcher.command;

import io.cuvee.launcher.demo.Chaos;
import io.cuvee.launcher.demo.DemoQueries;
import io.cuvee.launcher.demo.DemoTables;
import io.cuvee.launcher.demo.LiveFlights;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import io.cuvee.launcher.embedded.Logging;
import io.cuvee.launcher.embedded.ReadyLine;
import io.cuvee.launcher.embedded.ServerProcess;
import io.cuvee.launcher.embedded.Stop;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.shell.Shell;
import io.cuvee.launcher.shell.SqlScript;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The main job: a whole cluster in this JVM, three million real flights, a shell.
@Command(
    name = "demo",
    description =
        "Starts a cluster in this process, loads three million real flights and opens a shell.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples: cuvee demo",
      "          cuvee demo --chaos",
      "          cuvee demo --no-shell --json --dir /tmp/cuvee"
    })
final class DemoCommand implements Callable<Integer> {
  private static final int ROWS_SHOWN = 5;
  private static final int SERVERS = 2;

  @Option(names = "--no-shell", description = "Serve until SIGTERM instead of opening a shell.")
  private boolean noShell;

  @Option(
      names = "--json",
      description = "Print nothing but one line of JSON when everything can be queried.")
  private boolean json;

  @Option(names = "--no-live", description = "Without live events.")
  private boolean noLive;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "Send the live events through the topic flights_live of this broker.")
  private @Nullable String kafka;

  @Option(
      names = "--chaos",
      description =
          "Instead of opening a shell, kill one server after the other, each a process of its own,"
              + " while queries run, and say how many of them failed or were wrong.")
  private boolean chaos;

  @Option(
      names = "--dir",
      paramLabel = "D",
      defaultValue = "cuvee-demo",
      description = "Where all data is; the next start finds it again (default: ${DEFAULT-VALUE}).")
  private Path dir;

  @Override
  public Integer call() throws IOException, SQLException {
    Path folder = dir.toAbsolutePath().normalize();
    Path examples = DemoTables.examplesDirectory();
    Files.createDirectories(folder);
    Logging.toFile(folder.resolve("cuvee.log"));
    PrintStream out = json ? new PrintStream(PrintStream.nullOutputStream()) : System.out;
    out.println("Cuvée " + Version.text() + ": stored and live data behind one SQL");
    out.println("Data and log: " + folder);
    EmbeddedCluster cluster =
        EmbeddedCluster.start(
            folder,
            new EmbeddedCluster.Size(1, chaos ? 0 : SERVERS, 1),
            Map.of(),
            (part, millis) -> out.printf(Locale.ROOT, "  ✔ %-14s %,6d ms%n", part, millis));
    // What is to be closed before the cluster, the newest first.
    Deque<AutoCloseable> more = new ConcurrentLinkedDeque<>();
    Stop stop =
        Stop.onSignal(() -> {
          for (AutoCloseable part : more) {
            part.close();
          }
          cluster.close();
        });
    try {
      List<ServerProcess> servers = chaos ? servers(cluster, folder, more, out) : List.of();
      load(cluster, examples, folder, out);
      if (json) {
        ReadyLine ready = cluster.readyLine();
        if (kafka != null) {
          ready.with("kafka", kafka);
        }
        ready.print();
      } else {
        showQueries(cluster, examples, out);
      }
      if (!noLive) {
        // Last, so that the start takes no longer for it.
        more.addFirst(
            LiveFlights.start(
                examples,
                cluster.controllerUrls().getFirst(),
                Optional.ofNullable(kafka),
                chaos ? SERVERS : 1));
      }
      if (!json) {
        if (!noLive) {
          showFreshness(cluster, out);
        }
        explain(cluster, examples, out);
      }
      if (chaos) {
        more.addFirst(Chaos.start(servers, cluster.jdbcUrl(), json ? System.err : out));
      }
      if (noShell || json || chaos) {
        stop.await();
      }
      boolean well = Shell.run(cluster.jdbcUrl(), Optional.empty());
      stop.now();
      return well ? 0 : 1;
    } catch (RuntimeException | IOException | SQLException e) {
      stop.now();
      throw e;
    }
  }

  private static List<ServerProcess> servers(
      EmbeddedCluster cluster, Path folder, Deque<AutoCloseable> more, PrintStream out)
      throws IOException {
    long begun = System.nanoTime();
    List<ServerProcess> servers = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      ServerProcess server = ServerProcess.start(folder, i, cluster.zooKeeper());
      more.addFirst(server);
      servers.add(server);
    }
    for (ServerProcess server : servers) {
      server.awaitReady();
      out.printf(
          Locale.ROOT,
          "  ✔ %-14s %,6d ms, a process of its own%n",
          server.name(),
          (System.nanoTime() - begun) / 1_000_000);
    }
    return servers;
  }

  private static void load(EmbeddedCluster cluster, Path examples, Path folder, PrintStream out) {
    try (ControllerClient controller = new ControllerClient(cluster.controllerUrls().getFirst())) {
      DemoTables tables =
          new DemoTables(examples, folder.resolve("work"), controller, cluster.jdbcUrl());
      for (DemoTables.Table table : DemoTables.Table.values()) {
        long begun = System.nanoTime();
        Progress progress = new Progress("Loading " + table.tableName());
        long rows = tables.load(table, progress::rows);
        progress.end();
        out.printf(
            Locale.ROOT,
            "  ✔ %s: loaded %,d of %,d rows in %.1f s%n",
            table.tableName(),
            rows,
            table.rows(),
            (System.nanoTime() - begun) / 1e9);
      }
    }
  }

  private static void showQueries(EmbeddedCluster cluster, Path examples, PrintStream out)
      throws IOException {
    List<String> queries = SqlScript.statements(Files.readString(examples.resolve("queries.sql")));
    out.println();
    try (DemoQueries demo = new DemoQueries(cluster.brokerUrls().getFirst(), out)) {
      for (String query : queries.subList(0, 3)) {
        demo.show(query, ROWS_SHOWN);
      }
    }
  }

  private static void showFreshness(EmbeddedCluster cluster, PrintStream out) {
    try (DemoQueries demo = new DemoQueries(cluster.brokerUrls().getFirst(), out)) {
      demo.showFreshness(LiveFlights.TABLE, "date");
    }
  }

  private void explain(EmbeddedCluster cluster, Path examples, PrintStream out) {
    String broker = cluster.brokerUrls().getFirst();
    out.println("JDBC   " + cluster.jdbcUrl());
    out.println("Shell  ./cuvee sql -u " + cluster.jdbcUrl());
    out.println(
        "HTTP   curl " + broker + "/query/sql -d '{\"sql\":\"SELECT COUNT(*) FROM flights\"}'");
    out.println("Files  ./cuvee import FILE --controller " + cluster.controllerUrls().getFirst());
    if (!noLive) {
      out.println(
          "Live   SELECT COUNT(*), MAX(\"date\") FROM flights_live    (200 rows a second; ask twice)");
      out.println(
          "       curl "
              + cluster.controllerUrls().getFirst()
              + "/tables/flights_live/rows -d '{\"date\":"
              + System.currentTimeMillis()
              + ",\"origin\":\"SFO\",\"destination\":\"JFK\",\"delay\":5,\"distance\":2586}'");
    }
    out.println("More queries: " + examples.resolve("queries.sql"));
    out.println();
  }
}
