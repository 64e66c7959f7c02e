package io.cuvee.benchmarks.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.benchmarks.report.Timings;
import io.cuvee.common.file.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import java.util.TreeMap;

/// `./cuvee bench http`: queries on the three million flights of the demo over one HTTP connection,
/// next to DuckDB in process over JDBC on the same rows. Each case runs with literals that change
/// from call to call.
public final class HttpBench {
  private static final int WARM_UP = 400;

  /// How many times as long as engines in process each case runs before any is measured: the
  /// broker's own code takes thousands of calls until it is compiled.
  private static final int WARM_UP_FACTOR = 4;

  private final Path root;
  private final int rounds;
  private final long warmUpMillis;
  private final boolean withDuckDb;

  /// @param root of the checkout, whose `./cuvee` runs
  /// @param warmUpMillis before; 0 for no warm-up at all
  public HttpBench(Path root, int rounds, long warmUpMillis, boolean withDuckDb) {
    this.root = root;
    this.rounds = rounds;
    this.warmUpMillis = warmUpMillis;
    this.withDuckDb = withDuckDb;
  }

  /// Queries by case; `%d` takes a number that changes.
  private static Map<String, String> cases() {
    Map<String, String> cases = new LinkedHashMap<>();
    cases.put("count", "SELECT COUNT(*) FROM flights");
    cases.put("filtered count", "SELECT COUNT(*) FROM flights WHERE origin = 'SFO' AND delay > %d");
    cases.put(
        "selective sums",
        "SELECT SUM(delay), AVG(distance), COUNT(*) FROM flights WHERE origin = 'SFO' AND"
            + " destination = 'LAX' AND delay > %d");
    cases.put(
        "group by origin", "SELECT origin, COUNT(*) FROM flights GROUP BY origin ORDER BY origin");
    cases.put(
        "group by route, top 10",
        "SELECT origin, destination, COUNT(*) AS n FROM flights WHERE delay > %d GROUP BY origin,"
            + " destination ORDER BY n DESC, origin, destination LIMIT 10");
    cases.put("sum and max of all", "SELECT SUM(distance), MAX(delay) FROM flights");
    return cases;
  }

  public Report run() throws IOException, SQLException {
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
        new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
      String ready = lines.readLine();
      if (ready == null) {
        throw new IOException("the demo did not start");
      }
      JsonNode node = new ObjectMapper().readTree(ready);
      URI broker = URI.create(node.get("brokerUrl").asText());
      for (String query : cases().values()) {
        warmUp(broker, query);
      }
      for (Map.Entry<String, String> one : cases().entrySet()) {
        overHttp(broker, one.getKey(), one.getValue()).forEach(report::add);
      }
    } finally {
      demo.destroy();
      try {
        demo.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
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
          report.add(inDuckDb(statement, one.getKey(), one.getValue()));
        }
      }
    }
    return report;
  }

  private void warmUp(URI broker, String query) throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (HttpConnection http = new HttpConnection(broker)) {
      long end = System.nanoTime() + WARM_UP_FACTOR * warmUpMillis * 1_000_000;
      for (int i = 0; System.nanoTime() < end; i++) {
        http.post(
            "/query/sql", json.createObjectNode().put("sql", withNumber(query, i)).toString());
      }
    }
  }

  /// The times that the client saw, and those until the broker's first byte left for a server, by
  /// the broker's clock.
  private List<Timings> overHttp(URI broker, String name, String query) throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (HttpConnection http = new HttpConnection(broker)) {
      double[] millis = new double[rounds];
      double[] dispatch = new double[rounds];
      JsonNode rows = json.createArrayNode();
      for (int i = warmUpMillis == 0 ? 0 : -WARM_UP; i < rounds; i++) {
        String body = json.createObjectNode().put("sql", withNumber(query, i)).toString();
        long begun = System.nanoTime();
        byte[] answer = http.post("/query/sql", body);
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begun) / 1e6;
          JsonNode tree = json.readTree(answer);
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
    double[] millis = new double[rounds];
    List<List<String>> texts = new ArrayList<>();
    for (int i = -20; i < rounds; i++) {
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
      if (i >= 0) {
        millis[i] = (System.nanoTime() - begun) / 1e6;
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
