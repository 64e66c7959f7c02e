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
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows that minions move from the live half of a table to the uploaded one, while more of them
/// come and segments are sealed, and that are removed there. Each answer is compared with the rows
/// themselves.
class TestMovedRows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_NANOS = 240_000_000_000L;
  private static final Instant FIRST = Instant.parse("2024-02-27T00:00:00Z");
  private static final int ROWS_A_DAY = 48;
  private static final int DAYS_BEFORE = 3;
  private static final int DAYS = 14;
  private static final int ROWS = DAYS * ROWS_A_DAY;
  private static final int ROWS_PER_SEGMENT = 40;

  /// Of so many rows one is removed when it has been uploaded.
  private static final int PURGED = 7;

  private final HttpClient client = HttpClient.newHttpClient();
  private final long end = System.nanoTime() + LIMIT_NANOS;
  @TempDir private Path directory;
  private String controller = "";
  private String broker = "";

  @Test
  void eachRowCountsOnceWhileSegmentsAreSealedMovedAndPurged() throws Exception {
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
      post("/tables", TABLE.formatted("OFFLINE", PURGE));
      post("/tables", TABLE.formatted("REALTIME", STREAM));
      for (int day = 0; day < DAYS_BEFORE; day++) {
        produce(stream, day);
      }
      awaitCount(DAYS_BEFORE * ROWS_A_DAY);
      long segmentsBefore = liveSegments();
      int moves = 0;
      long purged = 0;
      try (Asking asking = new Asking()) {
        for (int day = DAYS_BEFORE; day < DAYS; day++) {
          produce(stream, day);
          asking.hear();
          if (day % 3 == 0 && move()) {
            moves++;
            asking.hear();
          }
          if (day == DAYS - 2) {
            long uploaded = offlineRows();
            assertThat(run("PurgeTask", "events_OFFLINE")).isTrue();
            purged = uploaded - offlineRows();
            assertThat(purged).isEqualTo((uploaded + PURGED - 1) / PURGED);
            asking.hear();
          }
        }
        while (asking.rows < ROWS) {
          asking.hear();
        }
        while (move()) {
          moves++;
          asking.hear();
        }
        // Those of the last day count from the other half until the boundary has moved on.
        awaitCount(ROWS - purged);
      }
      assertThat(moves).isGreaterThanOrEqualTo(3);
      assertThat(liveSegments() - segmentsBefore).isGreaterThanOrEqualTo(10);
      // What is consuming begins somewhere in the last two days.
      long moved = offlineRows() + purged;
      assertThat(moved).isBetween((DAYS - 3L) * ROWS_A_DAY, (DAYS - 1L) * ROWS_A_DAY);
      assertThat(moved % ROWS_A_DAY).isZero();
      assertThat(get("/tables/events/timeBoundary").path("timeValue").asLong())
          .isEqualTo(FIRST.plusSeconds(1_800L * (moved - 1 - ROWS_A_DAY)).toEpochMilli());
      lateRows(stream, ROWS - purged);
    }
  }

  private static void produce(List<MemoryStream.Partition> stream, int day) {
    for (int n = day * ROWS_A_DAY; n < (day + 1) * ROWS_A_DAY; n++) {
      stream.get(n % 2).add(row(n, time(n)));
    }
  }

  private static Instant time(long n) {
    return FIRST.plusSeconds(1_800L * n);
  }

  private long liveSegments() throws Exception {
    return query("SELECT COUNT(*) FROM system.segments WHERE physical_table = 'events_REALTIME'")
        .at("/0/0")
        .asLong();
  }

  /// A row that comes when its day was moved counts from when it is moved, and one without a time
  /// at once.
  ///
  /// @param rows that count
  private void lateRows(List<MemoryStream.Partition> stream, long rows) throws Exception {
    long moved = offlineRows();
    stream.get(0).add("{\"n\": 5000}");
    awaitCount(rows + 1);
    stream.get(1).add(row(6_000, FIRST.plusSeconds(90_000)));
    stream.get(0).add(row(ROWS, time(ROWS)));
    awaitCount(rows + 2);
    post("/tables/events/forceCommit", "");
    while (!move()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
    awaitCount(rows + 3);
    assertThat(
            query("SELECT COUNT(*), MAX(n) FROM events WHERE n BETWEEN 5500 AND 6500").toString())
        .isEqualTo("[[1,6000]]");
    assertThat(offlineRows()).isGreaterThan(moved);
    while (move()) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
    awaitCount(rows + 3);
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
    return run("RealtimeToOfflineSegmentsTask", "events");
  }

  private boolean run(String type, String table) throws Exception {
    JsonNode made = post("/tasks/schedule?taskType=" + type + "&tableName=" + table, "");
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

  /// Asks again and again until it is closed: the answer must be that of the rows that came before
  /// some row of each partition, none of which may be an earlier one than before. Rows that may be
  /// removed at any moment are left out, but none of them counts twice.
  private final class Asking implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final long[] newest = {-1, -1};

    /// That have come, as far as answers have shown.
    private volatile long rows;

    private final Thread thread;

    Asking() {
      thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!over.get()) {
                    compare();
                    assertThat(query(PURGED_TWICE).toString()).isEqualTo("[[0]]");
                    asked.incrementAndGet();
                  }
                } catch (Exception | AssertionError e) {
                  failure.set(e);
                }
              });
    }

    private void compare() throws Exception {
      Set<String> answer = new TreeSet<>();
      for (JsonNode row : query(BY_DAY)) {
        answer.add(row.toString());
        int partition = row.get(0).asInt();
        newest[partition] = Math.max(newest[partition], row.get(5).asLong());
      }
      rows = newest[0] / 2 + newest[1] / 2 + 2;
      // If an answer goes less far than the one before, it lacks rows.
      assertThat(answer).isEqualTo(expected());
    }

    private Set<String> expected() {
      Map<String, LongSummaryStatistics> groups = new TreeMap<>();
      for (long n = 0; n <= Math.max(newest[0], newest[1]); n++) {
        if (n % PURGED != 0 && n <= newest[(int) (n % 2)]) {
          groups
              .computeIfAbsent(
                  n % 2 + ",\"" + time(n).toString().substring(0, 10) + "\"",
                  group -> new LongSummaryStatistics())
              .accept(n);
        }
      }
      Set<String> rows = new TreeSet<>();
      groups.forEach((group, all) ->
          rows.add(
              "["
                  + group
                  + ","
                  + all.getCount()
                  + ","
                  + all.getSum()
                  + ","
                  + all.getMin()
                  + ","
                  + all.getMax()
                  + "]"));
      return rows;
    }

    /// Waits for an answer to a question that is asked from now on.
    void hear() throws InterruptedException {
      int before = asked.get();
      while (asked.get() < before + 2 && failure.get() == null) {
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

  private static final String BY_DAY =
      "SELECT MOD(n, 2), CAST(at AS DATE), COUNT(*), SUM(n), MIN(n), MAX(n) FROM events"
          + " WHERE MOD(n, %d) <> 0 GROUP BY MOD(n, 2), CAST(at AS DATE) LIMIT 1000"
              .formatted(PURGED);

  private static final String PURGED_TWICE =
      "SELECT COUNT(*) - COUNT(DISTINCT n) FROM events WHERE MOD(n, %d) = 0".formatted(PURGED);

  private static final String PURGE =
      """
      , "task": {"taskTypeConfigsMap": {"PurgeTask": {"filter": "MOD(n, %d) = 0"}}}
      """
          .formatted(PURGED);

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
