package io.cuvee.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.client.Client;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.common.catalog.Json;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// A cluster loses its ZooKeeper twice: once the deep store is all that is left, once a backup that
/// is older than the last rows.
class TestBackupCommand {
  private static final List<String> QUESTIONS =
      List.of(
          "SELECT COUNT(*), COUNT(DISTINCT n), MIN(n), MAX(n), SUM(n) FROM trips",
          "SELECT city, COUNT(*), SUM(n) FROM trips GROUP BY city ORDER BY city",
          "SELECT COUNT(*), COUNT(DISTINCT n), MIN(n), MAX(n), SUM(n) FROM clicks",
          "SELECT kind, COUNT(*), SUM(n) FROM clicks GROUP BY kind ORDER BY kind");

  private static final String TRIPS = "table trips { n: INT64, city: STRING }";

  private static final String CLICKS =
      """
      {"tableName": "clicks", "tableType": "REALTIME",
       "segmentsConfig": {"replication": "2", "schemaName": "clicks"},
       "tableIndexConfig": {"sortedColumn": ["kind"], "streamConfigs": {
         "streamType": "rows", "realtime.segment.flush.threshold.rows": "500"}}}
      """;

  private static final String CLICKS_SCHEMA =
      """
      {"schemaName": "clicks", "dimensionFieldSpecs": [{"name": "kind", "dataType": "STRING"}],
       "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
      """;

  private static final long LIMIT_NANOS = 150_000_000_000L;

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private final long end = System.nanoTime() + LIMIT_NANOS;
  private String controller = "";
  private String broker = "";

  @Test
  void nothingIsLostWithZooKeeper() throws Exception {
    Path backup = directory.resolve("backups").resolve("one.cuvee");
    List<String> atBackup;
    List<String> last;
    try (EmbeddedCluster cluster = start()) {
      Client client = Client.connect(controller);
      client.createTable(TRIPS);
      for (int i = 0; i < 3; i++) {
        client.insertData("trips", trips(i * 100, 100));
      }
      // What was deleted stays so.
      JsonNode names = Json.MAPPER.readTree(get("/segments/trips"));
      delete("/segments/trips/" + names.get(0).path("OFFLINE").get(1).asText());
      post("/schemas", CLICKS_SCHEMA);
      post("/tables", CLICKS);
      client.insertData("clicks", clicks(0, 1_300));
      awaitClicks(1_300);
      assertThat(answers().getFirst()).startsWith("[[200,200,0,");
      atBackup = answers();
      verify();
      assertThat(run("backup", "create", backup.toString(), "--controller", controller))
          .isEqualTo(0);
      assertThat(out).contains("2 tables, 2 schemas", "cluster 'cuvee'");
      assertThat(run("backup", "create", backup.toString(), "--controller", controller))
          .isEqualTo(1);
      assertThat(run("backup", "verify", backup.toString())).isZero();
      assertThat(out).startsWith("Sound: 2 tables");
      client.insertData("trips", trips(300, 50));
      client.insertData("clicks", clicks(1_300, 900));
      awaitClicks(2_200);
      last = answers();
      assertThat(last).isNotEqualTo(atBackup);
      assertThat(restore(cluster.zooKeeper(), backup.toString())).isEqualTo(1);
      assertThat(error).contains("processes of the cluster run", "controller-0", "server-1");
    }

    String store = directory.resolve("cluster").resolve("deep-store").toUri().toString();
    loseZooKeeper(zooKeeper -> {
      assertThat(run("verify", "-D", "zookeeper.connect=" + zooKeeper)).isEqualTo(1);
      assertThat(error).contains("no cluster 'cuvee'");
      assertThat(restore(zooKeeper, "--from-deep-store", store, "--dry-run")).isZero();
      assertThat(out).startsWith("Would restore 2 tables, 2 schemas");
      assertThat(restore(zooKeeper, "--from-deep-store", store)).isZero();
      assertThat(error).isEmpty();
      assertThat(restore(zooKeeper, backup.toString())).isEqualTo(1);
      assertThat(error).contains("--force");
    });
    try (EmbeddedCluster cluster = start()) {
      await(last);
      verify();
      Client.connect(controller).insertData("clicks", clicks(2_200, 400));
      awaitClicks(2_600);
      last = answers();
    }

    // The uploaded half is as it was; what was written to a stream is all there.
    List<String> expected = List.of(atBackup.get(0), atBackup.get(1), last.get(2), last.get(3));
    loseZooKeeper(zooKeeper -> {
      assertThat(restore(zooKeeper, backup.toString(), "--exactly")).isZero();
      assertThat(restore(zooKeeper, backup.toString(), "--force")).isZero();
      assertThat(error).contains("sealed after the backup");
    });
    try (EmbeddedCluster cluster = start()) {
      await(expected);
      assertThat(run("verify", "--controller", controller, "--settle-seconds", "1")).isEqualTo(1);
      assertThat(out).contains("ORPHAN_OBJECT", "trips_OFFLINE");
    }
  }

  @Test
  void damagedBackupsAreRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("none"), "not a backup");
    assertThat(run("backup", "verify", file.toString())).isEqualTo(1);
    assertThat(error).contains("is damaged");
    assertThat(run("backup", "verify", directory.resolve("missing").toString())).isEqualTo(1);
    assertThat(error).contains("There is no backup");
    assertThat(run("backup", "restore")).isEqualTo(2);
    assertThat(run("backup")).isEqualTo(2);
  }

  private interface WithZooKeeper {
    void run(String connectString) throws Exception;
  }

  private void loseZooKeeper(WithZooKeeper work) throws Exception {
    Path data = directory.resolve("cluster").resolve("zookeeper");
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(data, 0)) {
      work.run(zooKeeper.connectString());
    }
  }

  private EmbeddedCluster start() {
    EmbeddedCluster cluster =
        EmbeddedCluster.start(
            directory.resolve("cluster"),
            new EmbeddedCluster.Size(1, 2, 1),
            Map.of(
                "broker.warm-up-rounds", "0",
                "server.warm-up", "0ms",
                "controller.metadata-copy-interval", "100ms"),
            (part, millis) -> {});
    controller = cluster.controllerUrls().getFirst();
    broker = cluster.brokerUrls().getFirst();
    return cluster;
  }

  private String out = "";
  private String error = "";

  private int run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter told = new StringWriter();
    CommandLine command = new CommandLine(new CuveeCommand());
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setOut(new PrintWriter(printed, true));
    command.setErr(new PrintWriter(told, true));
    command.setExecutionExceptionHandler((failure, failed, parsed) -> {
      failed.getErr().println(failure.getMessage());
      return 1;
    });
    int code = command.execute(arguments);
    out = printed.toString();
    error = told.toString();
    return code;
  }

  private int restore(String zooKeeper, String... arguments) {
    List<String> all = new ArrayList<>(List.of("backup", "restore"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("-D", "zookeeper.connect=" + zooKeeper));
    return run(all.toArray(String[]::new));
  }

  private void verify() throws IOException {
    int code = run("verify", "--controller", controller, "--format", "json");
    JsonNode report = Json.MAPPER.readTree(out);
    assertThat(report.path("findings")).as(report.toPrettyString()).isEmpty();
    assertThat(code).isZero();
    assertThat(report.at("/summary/objectsRead").asInt())
        .isEqualTo(report.at("/summary/objects").asInt())
        .isGreaterThan(3);
  }

  private static List<Map<String, Object>> trips(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(n -> Map.<String, Object>of("n", (long) n, "city", "Zoë " + n % 5))
        .toList();
  }

  private static List<Map<String, Object>> clicks(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(n -> Map.<String, Object>of("n", (long) n, "kind", "k" + n % 3))
        .toList();
  }

  private List<String> answers() throws Exception {
    List<String> answers = new ArrayList<>();
    for (String sql : QUESTIONS) {
      String body = Json.MAPPER.createObjectNode().put("sql", sql).toString();
      JsonNode answer =
          Json.MAPPER.readTree(
              send(
                  HttpRequest.newBuilder(URI.create(broker + "/query/sql"))
                      .POST(BodyPublishers.ofString(body))));
      answers.add(
          answer.path("exceptions").isEmpty()
              ? answer.at("/resultTable/rows").toString()
              : answer.path("exceptions").toString());
    }
    return answers;
  }

  private void await(List<String> expected) throws Exception {
    List<String> seen = answers();
    while (!seen.equals(expected) && System.nanoTime() < end) {
      Thread.sleep(50);
      seen = answers();
    }
    assertThat(seen).isEqualTo(expected);
  }

  private void awaitClicks(int count) throws Exception {
    String start = "[[" + count + "," + count + ",0," + (count - 1) + ",";
    String seen = answers().get(2);
    while (!seen.startsWith(start) && System.nanoTime() < end) {
      Thread.sleep(20);
      seen = answers().get(2);
    }
    assertThat(seen).startsWith(start);
  }

  private String get(String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(controller + path)).GET());
  }

  private void delete(String path) throws Exception {
    var _ = send(HttpRequest.newBuilder(URI.create(controller + path)).DELETE());
  }

  private void post(String path, String body) throws Exception {
    var _ =
        send(
            HttpRequest.newBuilder(URI.create(controller + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
  }

  private String send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }
}
