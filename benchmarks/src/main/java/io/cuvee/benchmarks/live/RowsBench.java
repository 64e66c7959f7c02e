package io.cuvee.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.benchmarks.http.HttpBench;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.common.file.FileTree;
import io.cuvee.sqltests.process.RoleProcesses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `./cuvee bench rows`: how fast rows are taken over HTTP, and that each one that was acknowledged
/// is there, once, whichever server dies after that.
@Command(
    name = "rows",
    description =
        "Posts rows of 200 bytes to a table with two replicas on three servers: first for a while"
            + " as fast as they are taken, then on and on while a server after the other is killed"
            + " (-9) right after an acknowledgement; at once a query asks for all acknowledged"
            + " rows. Every role is a process.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee bench rows --seconds 30 --rounds 12 --json",
      "Exit code: 0 if each acknowledged row was there once and no count went down; else 1."
    })
public final class RowsBench implements Callable<Integer> {
  private static final List<String> SERVERS = List.of("server-1", "server-2", "server-3");
  private static final List<String> NAMES =
      List.of("zookeeper", "controller", "server-1", "server-2", "server-3", "broker");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int MOST_TOLD = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "30",
      description = "Seconds for which rows come before the measurement (default: 30).")
  private int warmUp;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "How long rows come before the first kill (default: 20).")
  private int seconds;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many post at once (default: 2).")
  private int clients;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "500",
      description = "Rows of a request (default: 500).")
  private int batch;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "12",
      description = "Servers to kill, each in its turn (default: 12).")
  private int rounds;

  @Option(names = "--seed", paramLabel = "N", description = "Of the pauses (default: a new one).")
  private long seed = System.nanoTime();

  @Option(names = "--json", description = "Prints one object instead of lines.")
  private boolean isJson;

  @Option(names = "--out", paramLabel = "FILE", description = "Where to write the figures as JSON.")
  private @Nullable Path out;

  private final List<PostedEvents> posting = new ArrayList<>();
  private final List<Long> visible = new ArrayList<>();
  private final Report report = new Report("rows");
  private long[] counts = {};
  private long answers;
  private long failed;

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("cuvee-rows");
    System.err.println("Seed " + seed + "; the processes' folders and logs are in " + directory);
    counts = new long[clients];
    try (HttpClient http = HttpClient.newHttpClient();
        RoleProcesses processes = new RoleProcesses(directory, NAMES)) {
      processes.startAll();
      createTable(http, processes);
      for (int i = 0; i < clients; i++) {
        posting.add(new PostedEvents(processes.controllerUrl(), i, batch));
      }
      try {
        load(http, processes);
        kill(http, processes);
      } finally {
        for (PostedEvents client : posting) {
          client.close();
        }
      }
      posting.forEach(client -> client.problem().ifPresent(report::fail));
      awaitAcknowledged(http, processes);
      for (int i = 0; i < clients; i++) {
        if (counts[i] != posting.get(i).acknowledged()) {
          report.fail(
              "Client %d has %d rows acknowledged, and there are %d"
                  .formatted(i, posting.get(i).acknowledged(), counts[i]));
        }
      }
    }
    add("rows", (double) acknowledged());
    add("requests sent again", (double) posting.stream().mapToLong(PostedEvents::again).sum());
    add("answers", (double) answers);
    add("queries that failed", (double) failed);
    add("all rows there after a kill, median ms", quantile(visible, 0.5) / 1e6);
    add("all rows there after a kill, worst ms", quantile(visible, 1) / 1e6);
    if (isJson) {
      Path file = directory.resolve("report.json");
      report.write(file, HttpBench.versions());
      System.out.println(JSON.readTree(file.toFile()));
    } else {
      report.print(System.out);
    }
    if (out != null) {
      report.write(out, HttpBench.versions());
    }
    if (report.agree()) {
      FileTree.delete(directory);
    }
    return report.agree() ? 0 : 1;
  }

  private void add(String name, double value) {
    report.add(new Figure(name, "cuvee", clients, value));
  }

  private long acknowledged() {
    return posting.stream().mapToLong(PostedEvents::acknowledged).sum();
  }

  private static double quantile(List<Long> values, double part) {
    long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * part))];
  }

  private static String post(HttpClient http, String url, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(url + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  private static void createTable(HttpClient http, RoleProcesses processes) throws Exception {
    post(
        http,
        processes.controllerUrl() + "/schemas",
        """
        {"schemaName": "posted", "dimensionFieldSpecs": [
          {"name": "client", "dataType": "INT"}, {"name": "country", "dataType": "STRING"},
          {"name": "device", "dataType": "STRING"}, {"name": "page", "dataType": "STRING"}],
         "metricFieldSpecs": [{"name": "n", "dataType": "LONG"},
          {"name": "amount", "dataType": "DOUBLE"}],
         "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
          "granularity": "1:MILLISECONDS"}]}
        """);
    post(
        http,
        processes.controllerUrl() + "/tables",
        """
        {"tableName": "posted", "tableType": "REALTIME",
         "segmentsConfig": {"replication": "2", "schemaName": "posted", "timeColumnName": "at"},
         "tableIndexConfig": {"noDictionaryColumns": ["n"], "streamConfigs": {
          "streamType": "rows", "realtime.segment.flush.threshold.rows": "250000"}}}
        """);
  }

  private void load(HttpClient http, RoleProcesses processes) throws Exception {
    Thread.sleep(Duration.ofSeconds(warmUp));
    int[] before = posting.stream().mapToInt(client -> client.waits().size()).toArray();
    long rows = acknowledged();
    double cpu = processes.cpuSeconds();
    long begun = System.nanoTime();
    for (int second = 0; second < seconds; second++) {
      Thread.sleep(1000);
      ask(http, processes);
      if (second % 5 == 4) {
        progress(
            String.format(
                Locale.ROOT, "%,d rows, %,.0f a second", acknowledged(), rate(rows, begun)));
      }
    }
    double taken = rate(rows, begun);
    double work = processes.cpuSeconds() - cpu;
    long more = acknowledged() - rows;
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      List<Long> all = posting.get(i).waits();
      waits.addAll(all.subList(before[i], all.size()));
    }
    add("rows a second", taken);
    add("rows a CPU second of all processes", more / work);
    add("acknowledged, p50 ms", quantile(waits, 0.5) / 1e6);
    add("acknowledged, p99 ms", quantile(waits, 0.99) / 1e6);
  }

  private double rate(long before, long begun) {
    return (acknowledged() - before) / ((System.nanoTime() - begun) / 1e9);
  }

  private void kill(HttpClient http, RoleProcesses processes) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      String server = SERVERS.get(round % SERVERS.size());
      Thread.sleep(random.nextInt(1000));
      long seen = acknowledged();
      long end = System.nanoTime() + LIMIT.toNanos();
      while (acknowledged() == seen && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      processes.kill(server);
      long killed = System.nanoTime();
      awaitAcknowledged(http, processes);
      visible.add(System.nanoTime() - killed);
      Thread.sleep(random.nextInt(2000));
      processes.start(server);
      awaitReplicas(http, processes);
      awaitAcknowledged(http, processes);
      progress(
          String.format(
              Locale.ROOT,
              "%2d of %d  %s  all rows there after %.0f ms, %,d rows, %d queries failed",
              round + 1,
              rounds,
              server,
              visible.getLast() / 1e6,
              acknowledged(),
              failed));
    }
  }

  private static void progress(String line) {
    System.err.println(line);
  }

  /// Waits until all rows that are acknowledged now are there.
  private void awaitAcknowledged(HttpClient http, RoleProcesses processes) throws Exception {
    long[] wanted = posting.stream().mapToLong(PostedEvents::acknowledged).toArray();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      ask(http, processes);
      boolean isThere = true;
      for (int i = 0; i < wanted.length; i++) {
        isThere &= counts[i] >= wanted[i];
      }
      if (isThere) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IOException("Acknowledged rows are missing after " + LIMIT);
      }
      Thread.sleep(5);
    }
  }

  /// Each client's rows must be there up to some number, each once, and no fewer than before.
  private void ask(HttpClient http, RoleProcesses processes) throws Exception {
    JsonNode rows;
    try {
      rows =
          rows(
              http,
              processes,
              "SELECT client, COUNT(*), MAX(n), SUM(n) FROM posted GROUP BY client");
    } catch (IOException e) {
      if (failed++ >= MOST_TOLD) {
        return;
      }
      progress(String.format(Locale.ROOT, "FAILED: %s", e.getMessage()));
      return;
    }
    answers++;
    for (JsonNode row : rows) {
      int client = row.get(0).asInt();
      long count = row.get(1).asLong();
      if (row.get(2).asLong() != count - 1 || row.get(3).asLong() != count * (count - 1) / 2) {
        report.fail("Not each number once: " + row);
      }
      if (count < counts[client]) {
        report.fail("Client " + client + " went from " + counts[client] + " rows to " + count);
      }
      counts[client] = Math.max(counts[client], count);
    }
  }

  private static JsonNode rows(HttpClient http, RoleProcesses processes, String sql)
      throws Exception {
    JsonNode answer =
        JSON.readTree(
            post(
                http,
                "http://" + processes.address("broker") + "/query/sql",
                JSON.writeValueAsString(Map.of("sql", sql))));
    if (!answer.path("exceptions").isEmpty()) {
      throw new IOException(answer.path("exceptions").toString());
    }
    return answer.path("resultTable").path("rows");
  }

  /// Waits until two servers have all rows that one has now, so that either may die next.
  private static void awaitReplicas(HttpClient http, RoleProcesses processes) throws Exception {
    String ingestion = " FROM system.ingestion WHERE table_name = 'posted'";
    long end = System.nanoTime() + LIMIT.toNanos();
    long wanted = -1;
    while (System.nanoTime() < end) {
      JsonNode row =
          rows(
                  http,
                  processes,
                  "SELECT COUNT(*), MIN(current_offset), MAX(current_offset), COUNT(problem)"
                      + ingestion)
              .path(0);
      wanted = wanted < 0 ? row.path(2).asLong() : wanted;
      if (row.path(0).asLong() == 2
          && row.path(3).asLong() == 0
          && row.path(1).asLong() >= wanted) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IOException("Not all replicas are there again after " + LIMIT);
  }
}
