package io.cuvee.benchmarks.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.benchmarks.http.HttpConnection;
import io.cuvee.common.file.FileTree;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.process.RoleProcesses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `./cuvee bench fan-out`: the same rows in few and in many segments, on one server and on
/// several. Processor time is measured, since it hardly depends on what else the machine does.
@Command(
    name = "fan-out",
    description =
        "Asks the same queries of 20,000 rows in few and in many segments, on one server and on"
            + " several, each role a process: what a query costs a broker and the servers for each"
            + " segment and each server, in processor time. All answers must be the same.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee bench fan-out --segments 300 --servers 3",
      "Exit code: 0 if all answers are the same, else 1."
    })
public final class FanOutBench implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FEW = 6;
  private static final Duration LOADING = Duration.ofMinutes(5);

  /// By name; `%d` is another number in each of a hundred queries.
  private static final Map<String, String> QUERIES = new LinkedHashMap<>();

  static {
    QUERIES.put("count", "SELECT COUNT(*) FROM %s WHERE quantity > %d");
    QUERIES.put(
        "group",
        "SELECT kind, COUNT(*), SUM(quantity) FROM %s WHERE quantity > %d GROUP BY kind ORDER BY"
            + " kind");
  }

  private static final int LITERALS = 100;

  @Spec private CommandSpec spec;

  @Option(
      names = "--segments",
      paramLabel = "N",
      defaultValue = "300",
      description = "Of the table with many (default: 300).")
  private int segments;

  @Option(
      names = "--servers",
      paramLabel = "N",
      defaultValue = "3",
      description = "Of the larger cluster (default: 3).")
  private int servers;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Of each kind that count, and as many before (default: 2000).")
  private int queries;

  @Option(names = "--json", description = "Prints one object instead of lines.")
  private boolean isJson;

  /// What one query costs.
  ///
  /// @param millis the median that the client sees
  /// @param brokerMicros processor time
  /// @param serverMicros of all servers together
  public record Cost(
      String query,
      int servers,
      int segments,
      double millis,
      double brokerMicros,
      double serverMicros) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-6s %2d servers %5d segments: %7.2f ms, broker %7.0f us, servers %8.0f us",
          query,
          servers,
          segments,
          millis,
          brokerMicros,
          serverMicros);
    }
  }

  private final Map<String, String> answers = new HashMap<>();
  private final List<String> differences = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Cost> costs = new ArrayList<>();
    for (int count : servers > 1 ? List.of(1, servers) : List.of(1)) {
      Path directory = Files.createTempDirectory("cuvee-fan-out");
      costs.addAll(costs(directory, count, out));
      FileTree.delete(directory);
    }
    if (isJson) {
      out.println(JSON.writeValueAsString(Map.of("costs", costs, "differences", differences)));
    } else {
      differences.forEach(out::println);
      out.println(answers.size() + " queries, " + differences.size() + " different answers");
    }
    out.flush();
    return differences.isEmpty() ? 0 : 1;
  }

  private List<Cost> costs(Path directory, int count, PrintWriter out) throws Exception {
    List<String> names = new ArrayList<>(List.of("zookeeper", "controller"));
    for (int i = 1; i <= count; i++) {
      names.add("server-" + i);
    }
    names.add("broker");
    List<Cost> costs = new ArrayList<>();
    try (RoleProcesses processes = new RoleProcesses(directory, names)) {
      processes.startAll();
      for (int size : new int[] {FEW, segments}) {
        load(processes, size);
        for (Map.Entry<String, String> query : QUERIES.entrySet()) {
          Cost cost = cost(processes, query.getKey(), query.getValue(), count, size);
          costs.add(cost);
          if (!isJson) {
            out.println(cost);
            out.flush();
          }
        }
      }
    }
    return costs;
  }

  private static String table(int size) {
    return "events_" + size;
  }

  private static void load(RoleProcesses processes, int size) throws Exception {
    Fixture events = Fixture.events();
    Fixture table =
        Fixture.of(
            table(size),
            events.schema().replace("\"events\"", "\"" + table(size) + "\""),
            events.rows());
    try (Rest controller = new Rest(processes.controllerUrl())) {
      controller.post("/schemas", table.schema()).expect(200);
      controller
          .post(
              "/tables",
              table.tableConfig().replace("\"replication\":\"2\"", "\"replication\":\"1\""))
          .expect(200);
      for (String part : table.parts(size)) {
        controller.ingest(table.name(), "json", "rows.jsonl", part).expect(200);
      }
    }
    RowCounts.await(processes.jdbcUrl(), table.name(), table.rows().size(), LOADING);
  }

  private Cost cost(RoleProcesses processes, String name, String query, int count, int size)
      throws IOException {
    URI broker = URI.create("http://" + processes.addresses("broker").getFirst());
    double[] millis = new double[queries];
    try (HttpConnection http = new HttpConnection(broker)) {
      double brokerBefore = 0;
      double serversBefore = 0;
      for (int i = -queries; i < queries; i++) {
        if (i == 0) {
          brokerBefore = cpuMicros(processes, "broker");
          serversBefore = cpuMicros(processes, "server");
        }
        int literal = Math.floorMod(i, LITERALS);
        String sql = query.replace("%s", table(size)).replace("%d", Integer.toString(literal));
        long begun = System.nanoTime();
        byte[] answer = http.post("/query/sql", JSON.createObjectNode().put("sql", sql).toString());
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begun) / 1e6;
        }
        if (i < LITERALS - queries) {
          compare(name + " " + literal, sql, answer);
        }
      }
      Arrays.sort(millis);
      return new Cost(
          name,
          count,
          size,
          millis[queries / 2],
          (cpuMicros(processes, "broker") - brokerBefore) / queries,
          (cpuMicros(processes, "server") - serversBefore) / queries);
    }
  }

  private static double cpuMicros(RoleProcesses processes, String role) {
    return processes.names().stream()
        .filter(name -> RoleProcesses.roleOf(name).equals(role))
        .mapToDouble(name -> processes.process(name).cpu().toNanos() / 1e3)
        .sum();
  }

  /// With what the same query gave elsewhere.
  private void compare(String question, String sql, byte[] answer) throws IOException {
    JsonNode tree = JSON.readTree(answer);
    String rows = tree.path("resultTable").path("rows").toString();
    String before = answers.putIfAbsent(question, rows);
    if (!tree.path("exceptions").isEmpty() || before != null && !before.equals(rows)) {
      differences.add(sql + ": " + rows + tree.path("exceptions") + " instead of " + before);
    }
  }
}
