package io.cuvee.launcher.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.launcher.embedded.EmbeddedCluster;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows that minions move from the live half of a table to the uploaded one, under queries.
class TestMovedRows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_NANOS = 120_000_000_000L;
  private static final Instant FIRST = Instant.parse("2024-02-27T00:00:00Z");
  private static final int ROWS_A_DAY = 48;
  private static final int ROWS = 10 * ROWS_A_DAY;
  private static final int ROWS_PER_SEGMENT = 40;

  private final HttpClient client = HttpClient.newHttpClient();
  private final long end = System.nanoTime() + LIMIT_NANOS;
  @TempDir private Path directory;
  private String controller = "";
  private String broker = "";

  @Test
  void eachRowCountsOnceWhileRowsAreMoved() throws Exception {
    List<MemoryStream.Partition> stream = MemoryStream.create("moved", 2);
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(
            directory,
            new EmbeddedCluster.Size(1, 1, 1),
            Map.of("broker.warm-up-rounds", "0", "server.warm-up", "0ms"),
            (part, millis) -> {})) {
      controller = cluster.controllerUrls().getFirst();
      broker = cluster.brokerUrls().getFirst();
      post("/schemas", SCHEMA);
      post("/tables", TABLE.formatted("OFFLINE", ""));
      post("/tables", TABLE.formatted("REALTIME", STREAM));
      for (int n = 0; n < ROWS; n++) {
        stream.get(n % 2).add(row(n, FIRST.plusSeconds(1_800L * n)));
      }
      awaitCount(ROWS);
      try (Asking asking = new Asking(ROWS)) {
        int tasks = 0;
        while (move()) {
          tasks++;
          asking.hear();
        }
        // Seven days and more are sealed, two at a time are moved.
        assertThat(tasks).isGreaterThanOrEqualTo(3);
      }
      // What is consuming begins somewhere in the last two days.
      long moved = offlineRows();
      assertThat(moved).isBetween(7L * ROWS_A_DAY, 9L * ROWS_A_DAY);
      assertThat(moved % ROWS_A_DAY).isZero();
      assertThat(get("/tables/events/timeBoundary").path("timeValue").asLong())
          .isEqualTo(FIRST.plusSeconds(1_800L * (moved - 1 - ROWS_A_DAY)).toEpochMilli());
      lateRows(stream, moved);
    }
  }

  /// A row that comes when its day was moved counts from when it is moved, and one without a time
  /// at once.
  private void lateRows(List<MemoryStream.Partition> stream, long moved) throws Exception {
    stream.get(0).add("{\"n\": 5000}");
    awaitCount(ROWS + 1);
    stream.get(1).add(row(6_000, FIRST.plusSeconds(90_000)));
    stream.get(0).add(row(ROWS, FIRST.plusSeconds(1_800L * ROWS)));
    awaitCount(ROWS + 2);
    post("/tables/events/forceCommit", "");
    while (!move()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
    awaitCount(ROWS + 3);
    assertThat(
            query("SELECT COUNT(*), MAX(n) FROM events WHERE n BETWEEN 5500 AND 6500").toString())
        .isEqualTo("[[1,6000]]");
    assertThat(offlineRows()).isGreaterThan(moved);
    while (move()) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
    awaitCount(ROWS + 3);
    assertThat(query("SELECT COUNT(*) - COUNT(DISTINCT n) FROM events").toString())
        .isEqualTo("[[0]]");
  }

  private static String row(int n, Instant at) {
    return "{\"n\": " + n + ", \"at\": " + at.toEpochMilli() + "}";
  }

  /// Moves what there is to move now.
  ///
  /// @return whether there was anything
  private boolean move() throws Exception {
    JsonNode made =
        post("/tasks/schedule?taskType=RealtimeToOfflineSegmentsTask&tableName=events", "");
    if (made.isEmpty()) {
      return false;
    }
    String task = made.elements().next().asText();
    while (true) {
      String state = get("/tasks/task/" + task + "/state").asText();
      if (!state.equals("NOT_STARTED") && !state.equals("IN_PROGRESS")) {
        assertThat(state)
            .as(get("/tasks/task/" + task + "/debug").toString())
            .isEqualTo("COMPLETED");
        return true;
      }
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  /// Of the segments, whether queries see them or not.
  private long offlineRows() throws Exception {
    long rows = 0;
    for (JsonNode row :
        query("SELECT row_count FROM system.segments WHERE physical_table = 'events_OFFLINE'")) {
      rows += row.get(0).asLong();
    }
    return rows;
  }

  /// Checks the same answer again and again until it is closed.
  private final class Asking implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    Asking(long rows) {
      String expected = "[[" + rows + "," + rows * (rows - 1) / 2 + "," + rows + "]]";
      thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!over.get()) {
                    assertThat(
                            query("SELECT COUNT(*), SUM(n), COUNT(DISTINCT n) FROM events")
                                .toString())
                        .isEqualTo(expected);
                    asked.incrementAndGet();
                  }
                } catch (Exception | AssertionError e) {
                  failure.set(e);
                }
              });
    }

    /// Waits for some more answers.
    void hear() throws InterruptedException {
      int before = asked.get();
      while (asked.get() < before + 5 && failure.get() == null) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(2);
      }
      assertThat(failure.get()).isNull();
    }

    @Override
    public void close() throws InterruptedException {
      over.set(true);
      thread.join();
      assertThat(failure.get()).isNull();
    }
  }

  private void awaitCount(long expected) throws Exception {
    JsonNode answer;
    do {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
      answer = ask("SELECT COUNT(*) FROM events");
    } while (answer.at("/resultTable/rows/0/0").asLong() != expected);
  }

  private JsonNode query(String sql) throws Exception {
    JsonNode answer = ask(sql);
    assertThat(answer.path("exceptions")).as(answer.toString()).isEmpty();
    return answer.at("/resultTable/rows");
  }

  private JsonNode ask(String sql) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(broker + "/query/sql"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JSON.createObjectNode().put("sql", sql).toString())));
  }

  private JsonNode post(String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(controller + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode get(String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(controller + path)).GET());
  }

  private JsonNode send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static final String SCHEMA =
      """
      {"schemaName": "events", "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}],
       "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
         "granularity": "1:MILLISECONDS"}]}
      """;

  private static final String TABLE =
      """
      {"tableName": "events", "tableType": "%s",
       "segmentsConfig": {"schemaName": "events", "timeColumnName": "at"}%s}
      """;

  private static final String STREAM =
      """
      , "tableIndexConfig": {"streamConfigs": {
        "streamType": "memory", "stream.memory.topic.name": "moved",
        "stream.memory.decoder.class.name": "JSONMessageDecoder",
        "stream.memory.consumer.prop.auto.offset.reset": "smallest",
        "realtime.segment.flush.threshold.rows": "%d"}},
       "task": {"taskTypeConfigsMap": {"RealtimeToOfflineSegmentsTask": {
         "bucketTimePeriod": "1d", "bufferTimePeriod": "1d", "maxNumRecordsPerTask": "160"}}}
      """
          .formatted(ROWS_PER_SEGMENT);
}
