package io.cuvee.launcher.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.client.Client;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows over HTTP, which three servers keep and two of them consume.
class TestLiveRows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REQUESTS = 120;
  private static final int ROWS = 25;
  private static final int ROWS_PER_SEGMENT = 500;
  private static final long LIMIT_NANOS = 150_000_000_000L;

  private final HttpClient client = HttpClient.newHttpClient();
  private final long end = System.nanoTime() + LIMIT_NANOS;
  @TempDir private Path directory;
  private String controller = "";
  private String broker = "";

  @Test
  void rowsCountOnceAcrossSegmentsRetriesAndARestart() throws Exception {
    try (EmbeddedCluster cluster = start()) {
      post("/schemas", SCHEMA, 200);
      post("/tables", TABLE, 200);
      JsonNode first = post("/tables/numbers/rows", "[{\"n\": 0, \"text\": \"Zoë\"}]", 200);
      assertThat(first.path("rows").asInt()).isEqualTo(1);
      awaitCount(1);
      refusals();
      for (int i = 0; i < REQUESTS; i++) {
        String body = lines(1 + i * ROWS, ROWS);
        assertThat(post("/tables/numbers_REALTIME/rows", body, 200, "key " + i).toString())
            .isEqualTo("{\"table\":\"numbers_REALTIME\",\"rows\":25,\"again\":false}");
        if (i % 10 == 3) {
          assertThat(post("/tables/numbers/rows", body, 200, "key " + i).path("again").asBoolean())
              .isTrue();
        }
      }
      post("/tables/numbers/rows", "{\"n\": -7}", 409, "key 3");
      Client java = Client.connect(controller);
      long total = 1 + REQUESTS * ROWS;
      assertThat(java.insertData("numbers", List.of(Map.of("n", total, "text", "last"))))
          .isEqualTo(1);
      awaitCount(total + 1);
      bothHalvesAreOneTable(java);
      // As many replicas of each segment as the table has, committed and consuming.
      assertThat(get("/tables/numbers/externalview").path("REALTIME").size())
          .isGreaterThanOrEqualTo((int) (total / ROWS_PER_SEGMENT));
    }
    try (EmbeddedCluster cluster = start()) {
      long total = 2 + REQUESTS * ROWS;
      awaitCount(total);
      assertThat(
              post("/tables/numbers/rows", lines(1 + 7 * ROWS, ROWS), 200, "key 7")
                  .path("again")
                  .asBoolean())
          .isTrue();
      post("/tables/numbers/rows", lines(total, 1), 200);
      awaitCount(total + 1);
      aNewColumnIsTakenAtOnce(total + 1);
      assertThat(logs()).isEqualTo(6);
      delete("/tables/numbers");
      while (logs() > 3) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(20);
      }
    }
  }

  /// Logs on the disks of all servers.
  private long logs() throws IOException {
    long logs = 0;
    for (int i = 1; i <= 3; i++) {
      try (Stream<Path> groups =
          Files.list(directory.resolve("server-" + i).resolve("row-log").resolve("groups"))) {
        logs += groups.count();
      }
    }
    return logs;
  }

  private static final String EXPECTED_GROUPS =
      "[[\"k0\",135,135,402,804],[\"k1\",136,136,400,805],[\"k2\",135,135,401,803]]";
  private static final long HALF_HOUR = 1_800_000;

  /// Rows of ten days are uploaded, the last five of them and more came live: each counts once,
  /// while more are uploaded and live ones are sealed.
  private void bothHalvesAreOneTable(Client java) throws Exception {
    post("/schemas", HYBRID_SCHEMA, 200);
    post("/tables", HYBRID_TABLE.replace("TYPE", "OFFLINE"), 200);
    assertThat(
            post(
                    "/tables",
                    HYBRID_TABLE.replace("TYPE", "REALTIME").replace("\"at\"", "\"n\""),
                    400)
                .path("error")
                .asText())
        .contains("timeColumnName", "both need the same one");
    post("/tables", HYBRID_TABLE.replace("TYPE", "REALTIME"), 200);
    java.insertData("split_OFFLINE", dated(0, 480));
    assertThat(java.insertData("split", dated(240, 560))).isEqualTo(320);
    awaitCount("split", 560);
    assertThat(get("/tables/split/timeBoundary").toString())
        .isEqualTo("{\"timeColumn\":\"at\",\"timeValue\":\"" + 431 * HALF_HOUR + "\"}");
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread uploads =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int day = 0; day < 4; day++) {
                  java.insertData("split_OFFLINE", dated(480 + 40 * day, 520 + 40 * day));
                  java.insertData("split", dated(560 + 200 * day, 760 + 200 * day));
                }
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    awaitCount("split", 1_360);
    uploads.join();
    assertThat(failure.get()).isNull();
    assertThat(get("/tables/split/timeBoundary").path("timeValue").asLong())
        .isEqualTo((640 - 1 - 48) * HALF_HOUR);
    assertThat(java.insertData("split", List.of(Map.of("n", 1_360, "kind", "none")))).isEqualTo(1);
    awaitCount("split", 1_361);
    assertThat(
            rows(
                "SELECT kind, COUNT(*), COUNT(DISTINCT n), MIN(n), MAX(n) FROM split WHERE n BETWEEN 400 AND 805 GROUP BY kind ORDER BY kind"))
        .isEqualTo(EXPECTED_GROUPS);
    assertThat(rows("SELECT n FROM split ORDER BY n DESC LIMIT 3 OFFSET 1"))
        .isEqualTo("[[1359],[1358],[1357]]");
    assertThat(rows("SELECT DISTINCT n FROM split WHERE n > 588 ORDER BY n LIMIT 5"))
        .isEqualTo("[[589],[590],[591],[592],[593]]");
    assertThat(rows("SELECT COUNT(*) FROM split a JOIN split b ON a.n = b.n"))
        .isEqualTo("[[1361]]");
  }

  private static List<Map<String, Object>> dated(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(n -> Map.<String, Object>of("n", n, "kind", "k" + n % 3, "at", n * HALF_HOUR))
        .toList();
  }

  private static final String HYBRID_SCHEMA =
      """
      {"schemaName": "split", "dimensionFieldSpecs": [{"name": "kind", "dataType": "STRING"}],
       "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}],
       "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
         "granularity": "1:MILLISECONDS"}]}
      """;

  private static final String HYBRID_TABLE =
      """
      {"tableName": "split", "tableType": "TYPE",
       "segmentsConfig": {"replication": "2", "schemaName": "split", "timeColumnName": "at"},
       "tableIndexConfig": {"streamConfigs": {"streamType": "rows",
         "realtime.segment.flush.threshold.rows": "150"}}}
      """;

  private String rows(String sql) throws Exception {
    return query(sql).path("resultTable").path("rows").toString();
  }

  private JsonNode query(String sql) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(broker + "/query/sql"))
            .POST(HttpRequest.BodyPublishers.ofString("{\"sql\": \"" + sql + "\"}")),
        200);
  }

  private EmbeddedCluster start() {
    EmbeddedCluster cluster =
        EmbeddedCluster.start(
            directory, new EmbeddedCluster.Size(1, 3, 1), Map.of(), (part, millis) -> {});
    controller = cluster.controllerUrls().getFirst();
    broker = cluster.brokerUrls().getFirst();
    return cluster;
  }

  private void refusals() throws Exception {
    assertThat(
            post("/tables/numbers/rows", "{\"n\": 1}\n{\"n\": \"x\"}", 400).path("error").asText())
        .contains("Row 2", "No row was written");
    assertThat(post("/tables/numbers/rows", "{\"nn\": 1}", 400).path("error").asText())
        .contains("no column 'nn'", "Did you mean 'n'?");
    assertThat(post("/tables/nombers/rows", "{\"n\": 1}", 404).path("error").asText())
        .contains("numbers");
    post("/tables/numbers/rows", "{\"n\": 1}", 400, "k".repeat(300));
    assertThat(post("/tables/numbers/rows", "[]", 200).path("rows").asInt()).isZero();
  }

  private void aNewColumnIsTakenAtOnce(long n) throws Exception {
    String row = "{\"n\": %d, \"more\": \"x\"}".formatted(n);
    post("/tables/numbers/rows", row, 400);
    post(
        "/schemas",
        SCHEMA.replace("}],", "}, {\"name\": \"more\", \"dataType\": \"STRING\"}],"),
        200);
    post("/tables/numbers/rows", row, 200);
    awaitCount(n + 1);
  }

  private static final String SCHEMA =
      """
      {"schemaName": "numbers", "dimensionFieldSpecs": [{"name": "text", "dataType": "STRING"}],
       "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
      """;

  private static final String TABLE =
      """
      {"tableName": "numbers", "tableType": "REALTIME",
       "segmentsConfig": {"replication": "2", "schemaName": "numbers"},
       "tableIndexConfig": {"sortedColumn": ["text"], "streamConfigs": {
         "streamType": "rows", "realtime.segment.flush.threshold.rows": "%d"}}}
      """
          .formatted(ROWS_PER_SEGMENT);

  private static String lines(long first, int count) {
    StringBuilder lines = new StringBuilder();
    for (long n = first; n < first + count; n++) {
      lines.append("{\"n\": ").append(n).append(", \"text\": \"t").append(n % 7).append("\"}\n");
    }
    return lines.toString();
  }

  private void awaitCount(long count) throws Exception {
    awaitCount("numbers", count);
  }

  /// Every answer has the numbers from 0 to its largest, each once.
  private void awaitCount(String table, long count) throws Exception {
    long seen = -1;
    while (seen < count) {
      assertThat(System.nanoTime()).as("saw %s of %s", seen, count).isLessThan(end);
      JsonNode answer = query("SELECT COUNT(*), MAX(n), SUM(n) FROM " + table);
      JsonNode row = answer.path("resultTable").path("rows").path(0);
      if (row.isMissingNode()) {
        // The table may not be known to the broker yet.
        Thread.sleep(20);
        continue;
      }
      seen = row.get(0).asLong();
      if (seen > 0) {
        assertThat(row.get(1).asLong()).as(answer.toString()).isEqualTo(seen - 1);
        assertThat(row.get(2).asLong()).isEqualTo(seen * (seen - 1) / 2);
      }
    }
    assertThat(seen).isEqualTo(count);
  }

  private JsonNode post(String path, String body, int status, String... key) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(controller + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (key.length > 0) {
      request.header("Idempotency-Key", key[0]);
    }
    return send(request, status);
  }

  private JsonNode get(String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(controller + path)).GET(), 200);
  }

  private void delete(String path) throws Exception {
    var _ = send(HttpRequest.newBuilder(URI.create(controller + path)).DELETE(), 200);
  }

  private JsonNode send(HttpRequest.Builder request, int status) throws Exception {
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }
}
