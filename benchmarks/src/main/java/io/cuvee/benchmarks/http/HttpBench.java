package io.cuvee.benchmarks.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import io.cuvee.common.file.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/// `./cuvee bench http`: queries on the three million flights of the demo over one HTTP connection,
/// next to DuckDB in process over JDBC on the same rows. Each case runs with literals that change
/// from call to call.
public final class HttpBench {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What DuckDB needs for a steady median; its queries take up to a hundred times as long.
  private static final int MOST_DUCKDB_ROUNDS = 50;

  private static final int DUCKDB_WARM_UP = 5;
  private static final String COUNT = "count";
  private static final String GROUP_BY_ORIGIN = "group by origin";

  /// How many times as long as engines in process each case runs before any is measured: the
  /// broker's own code takes thousands of calls until it is compiled.
  private static final int WARM_UP_FACTOR = 4;

  private final Path root;
  private final int rounds;
  private final long warmUpMillis;
  private final int clients;
  private final long loadMillis;
  private final boolean withDuckDb;

  /// @param root of the checkout, whose `./cuvee` runs
  /// @param warmUpMillis before; 0 for no warm-up at all
  /// @param clients that ask at once, of the queries a second
  /// @param loadMillis how long they do
  public HttpBench(
      Path root, int rounds, long warmUpMillis, int clients, long loadMillis, boolean withDuckDb) {
    this.root = root;
    this.rounds = rounds;
    this.warmUpMillis = warmUpMillis;
    this.clients = clients;
    this.loadMillis = loadMillis;
    this.withDuckDb = withDuckDb;
  }

  /// Queries by case; `%d` takes a number that changes.
  private static Map<String, String> cases() {
    Map<String, String> cases = new LinkedHashMap<>();
    cases.put(COUNT, "SELECT COUNT(*) FROM flights");
    cases.put("filtered count", "SELECT COUNT(*) FROM flights WHERE origin = 'SFO' AND delay > %d");
    cases.put(
        "selective sums",
        "SELECT SUM(delay), AVG(distance), COUNT(*) FROM flights WHERE origin = 'SFO' AND"
            + " destination = 'LAX' AND delay > %d");
    cases.put(
        GROUP_BY_ORIGIN, "SELECT origin, COUNT(*) FROM flights GROUP BY origin ORDER BY origin");
    cases.put(
        "group by route, top 10",
        "SELECT origin, destination, COUNT(*) AS n FROM flights WHERE delay > %d GROUP BY origin,"
            + " destination ORDER BY n DESC, origin, destination LIMIT 10");
    cases.put("sum and max of all", "SELECT SUM(distance), MAX(delay) FROM flights");
    return cases;
  }

  public Report run() throws IOException, SQLException, InterruptedException {
    Report report = new Report("http");
    Path dir = Files.createTempDirectory("cuvee-bench");
    Process demo =
        new ProcessBuilder(
                root.resolve("cuvee").toString(),
                "demo",
                "--no-shell",
                "--json",
                "--dir",
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(demo.getInputStream(), UTF_8))) {
      String ready = lines.readLine();
      if (ready == null) {
        throw new IOException("the demo did not start");
      }
      JsonNode node = JSON.readTree(ready);
      URI broker = URI.create(node.get("brokerUrl").asText());
      for (Map.Entry<String, String> one : cases().entrySet()) {
        System.err.println("Warming up: " + one.getKey());
        warmUp(broker, one.getValue());
      }
      for (Map.Entry<String, String> one : cases().entrySet()) {
        System.err.println("Cuvée: " + one.getKey());
        overHttp(broker, one.getKey(), one.getValue()).forEach(report::add);
      }
      for (String name : List.of(COUNT, GROUP_BY_ORIGIN)) {
        System.err.println(clients + " clients: " + name);
        report.add(
            new Figure(
                name + ", queries/s",
                "cuvee",
                clients,
                queriesPerSecond(broker, cases().get(name))));
      }
    } finally {
      demo.destroy();
      demo.waitFor();
      FileTree.delete(dir);
    }
    if (withDuckDb) {
      try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE flights AS SELECT date, delay::INTEGER AS delay, distance::INTEGER AS"
                + " distance, origin, destination FROM '"
                + root.resolve("examples/flights/flights-3m.parquet")
                + "'");
        for (Map.Entry<String, String> one : cases().entrySet()) {
          System.err.println("DuckDB: " + one.getKey());
          report.add(inDuckDb(statement, one.getKey(), one.getValue()));
        }
      }
    }
    return report;
  }

  private void warmUp(URI broker, String query) throws IOException {
    try (HttpConnection http = new HttpConnection(broker)) {
      long end = System.nanoTime() + WARM_UP_FACTOR * warmUpMillis * 1_000_000;
      for (int i = 0; System.nanoTime() < end; i++) {
        http.post(
            "/query/sql", JSON.createObjectNode().put("sql", withNumber(query, i)).toString());
      }
    }
  }

  /// Clients that ask as fast as they are answered, each on its own connection.
  private double queriesPerSecond(URI broker, String query)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long end = begun + loadMillis * 1_000_000;
    byte[] body = JSON.createObjectNode().put("sql", query).toString().getBytes(UTF_8);
    LongAdder answered = new LongAdder();
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try (HttpConnection http = new HttpConnection(broker)) {
                  while (System.nanoTime() < end) {
                    String answer = new String(http.post("/query/sql", body), UTF_8);
                    if (!answer.contains("\"exceptions\":[]")) {
                      failures.add(answer);
                      return;
                    }
                    answered.increment();
                  }
                } catch (IOException e) {
                  failures.add(e.toString());
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new IOException(failures.peek());
    }
    return answered.sum() / ((System.nanoTime() - begun) / 1e9);
  }

  /// The times that the client saw, and those until the broker's first byte left for a server, by
  /// the broker's clock.
  private List<Timings> overHttp(URI broker, String name, String query) throws IOException {
    try (HttpConnection http = new HttpConnection(broker)) {
      double[] millis = new double[rounds];
      double[] dispatch = new double[rounds];
      JsonNode rows = JSON.createArrayNode();
      for (int i = warmUpMillis == 0 ? 0 : -rounds; i < rounds; i++) {
        String body = JSON.createObjectNode().put("sql", withNumber(query, i)).toString();
        long begun = System.nanoTime();
        byte[] answer = http.post("/query/sql", body);
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begun) / 1e6;
          JsonNode tree = JSON.readTree(answer);
          dispatch[i] = tree.path("brokerDispatchTimeNs").asLong() / 1e6;
          if (!tree.path("exceptions").isEmpty()) {
            throw new IOException(tree.path("exceptions").toString());
          }
          rows = tree.path("resultTable").path("rows");
        }
      }
      List<List<String>> texts = new ArrayList<>();
      rows.forEach(row -> {
        List<String> cells = new ArrayList<>();
        row.forEach(
            cell -> cells.add(digest(cell.isNumber() ? (Object) cell.asDouble() : cell.asText())));
        texts.add(cells);
      });
      int threads = Runtime.getRuntime().availableProcessors();
      String digest = Integer.toHexString(texts.hashCode());
      return List.of(
          new Timings(name, "cuvee", threads, millis, texts.size(), digest),
          new Timings(name + ", dispatch", "cuvee", threads, dispatch, 0, ""));
    }
  }

  private Timings inDuckDb(Statement statement, String name, String query) throws SQLException {
    double[] millis = new double[Math.min(rounds, MOST_DUCKDB_ROUNDS)];
    List<List<String>> texts = new ArrayList<>();
    int first = rounds - millis.length;
    for (int i = first - DUCKDB_WARM_UP; i < rounds; i++) {
      texts.clear();
      long begun = System.nanoTime();
      try (ResultSet result = statement.executeQuery(withNumber(query, i))) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          List<String> cells = new ArrayList<>();
          for (int column = 1; column <= columns; column++) {
            Object cell = result.getObject(column);
            cells.add(digest(cell instanceof Number number ? (Object) number.doubleValue() : cell));
          }
          texts.add(cells);
        }
      }
      if (i >= first) {
        millis[i - first] = (System.nanoTime() - begun) / 1e6;
      }
    }
    return new Timings(
        name,
        "duckdb",
        Runtime.getRuntime().availableProcessors(),
        millis,
        texts.size(),
        Integer.toHexString(texts.hashCode()));
  }

  /// The last call of every engine has the same number.
  private String withNumber(String query, int call) {
    return query.replace("%d", Integer.toString(60 + Math.floorMod(call - rounds + 1, 40)));
  }

  private static String digest(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.9g", number)
        : String.valueOf(value);
  }

  /// Versions of what ran.
  public static Map<String, String> versions() {
    return new TreeMap<>(Map.of("java", Runtime.version().toString(), "duckdb_jdbc", "2.0.0.1"));
  }
}
