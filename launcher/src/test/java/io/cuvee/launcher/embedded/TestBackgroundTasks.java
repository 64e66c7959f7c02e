package io.cuvee.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.task.TaskRecord;
import io.cuvee.cluster.zookeeper.ZooKeeperClusterState;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.config.Settings;
import io.cuvee.minion.Minion;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Background tasks in a whole cluster, under queries whose answers are checked.
class TestBackgroundTasks {
  private static final int SEGMENTS = 6;
  private static final int ROWS = 400;
  private static final long DAY = 86_400_000L;

  @TempDir private static Path directory;
  private static EmbeddedCluster cluster;
  private static String controller;
  private static String broker;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    cluster =
        EmbeddedCluster.start(
            directory.resolve("cluster"),
            new EmbeddedCluster.Size(1, 1, 1),
            Map.of(
                "broker.warm-up-rounds", "0",
                "server.warm-up", "0ms",
                "controller.retention-interval", "500ms"),
            (part, millis) -> {});
    controller = cluster.controllerUrls().getFirst();
    broker = cluster.brokerUrls().getFirst();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static HttpResponse<String> exchange(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static JsonNode ok(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = exchange(request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.MAPPER.readTree(answer.body());
  }

  private static HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(URI.create(controller + path));
  }

  private static HttpRequest.Builder post(String url, String json) {
    return HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(json));
  }

  private static JsonNode query(String sql) throws Exception {
    JsonNode answer =
        ok(post(broker + "/query/sql", Json.MAPPER.createObjectNode().put("sql", sql).toString()));
    assertThat(answer.path("exceptions")).as(answer.toString()).isEmpty();
    return answer.at("/resultTable/rows");
  }

  private static void createTable(String name, String tasks) throws Exception {
    ok(
        post(
            controller + "/schemas",
            """
            {"schemaName": "%s",
             "dimensionFieldSpecs": [
               {"name": "userName", "dataType": "STRING"},
               {"name": "tags", "dataType": "STRING", "singleValueField": false}],
             "metricFieldSpecs": [
               {"name": "amount", "dataType": "LONG"}, {"name": "best", "dataType": "DOUBLE"}],
             "dateTimeFieldSpecs": [
               {"name": "ts", "dataType": "TIMESTAMP", "format": "TIMESTAMP", "granularity": "1:MILLISECONDS"}]}
            """
                .formatted(name)));
    ok(
        post(
            controller + "/tables",
            """
            {"tableName": "%s", "tableType": "OFFLINE",
             "segmentsConfig": {"timeColumnName": "ts"}, "task": {"taskTypeConfigsMap": {%s}}}
            """
                .formatted(name, tasks)));
  }

  /// Half of the rows of each segment are of one day, the others of the next; every user has rows
  /// in all of them. A row in eight has no user.
  private static String csv(int segment) {
    StringBuilder rows = new StringBuilder("userName,tags,amount,best,ts\n");
    for (int i = 0; i < ROWS; i++) {
      int day = segment / 2 + i % 2;
      rows.append(i % 8 == 0 ? "" : "Zoë " + i % 8)
          .append(i % 3 == 0 ? ",a;b," : ",,")
          .append(i * (segment + 1))
          .append(',')
          .append(i / 4.0)
          .append(',')
          .append(Instant.ofEpochMilli(1_700_006_400_000L + day * DAY + i % 4))
          .append('\n');
    }
    return rows.toString();
  }

  private static void load(String table) throws Exception {
    String format = URLEncoder.encode("{\"inputFormat\":\"csv\"}", StandardCharsets.UTF_8);
    for (int i = 0; i < SEGMENTS; i++) {
      String body =
          "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
              + csv(i)
              + "\r\n--xyz--\r\n";
      ok(
          post(
                  controller
                      + "/ingestFromFile?tableNameWithType="
                      + table
                      + "_OFFLINE&batchConfigMapStr="
                      + format,
                  body)
              .header("Content-Type", "multipart/form-data; boundary=xyz"));
    }
  }

  private static List<String> schedule(String table, String type) throws Exception {
    List<String> names = new ArrayList<>();
    ok(post(controller + "/tasks/schedule?tableName=" + table + "&taskType=" + type, ""))
        .forEach(made -> names.addAll(List.of(made.asText().split(","))));
    return names;
  }

  private static JsonNode awaitEnd(String task) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      String state = ok(get("/tasks/task/" + task + "/state")).asText();
      JsonNode parts = ok(get("/tasks/task/" + task + "/debug"));
      if (!state.equals("NOT_STARTED") && !state.equals("IN_PROGRESS")) {
        assertThat(state).as(parts.toPrettyString()).isEqualTo("COMPLETED");
        return parts;
      }
      assertThat(System.nanoTime()).as(parts.toPrettyString()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static void run(String table, String type) throws Exception {
    List<String> made = schedule(table, type);
    assertThat(made).hasSize(1);
    awaitEnd(made.getFirst());
  }

  /// Asks again and again until it is closed.
  private static final class Asking implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<String> wrong = new AtomicReference<>();
    private final Thread thread;

    Asking(String sql, Predicate<JsonNode> isRight) {
      thread =
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get() && wrong.get() == null) {
                  try {
                    JsonNode rows = query(sql);
                    asked.incrementAndGet();
                    if (!isRight.test(rows)) {
                      wrong.set(rows.toString());
                    }
                  } catch (Exception | AssertionError e) {
                    wrong.set(e.toString());
                  }
                }
              });
    }

    @Override
    public void close() throws InterruptedException {
      int before = asked.get();
      while (asked.get() < before + 10 && wrong.get() == null) {
        Thread.sleep(5);
      }
      over.set(true);
      thread.join();
      assertThat(wrong.get()).isNull();
    }
  }

  private static final String REST =
      "SELECT COUNT(*), SUM(amount), MIN(ts), MAX(best), COUNT(userName) FROM %s"
          + " WHERE userName IS NULL OR userName <> 'Zoë 3'";

  @Test
  void aPurgeRemovesItsRowsAndNoOthers() throws Exception {
    createTable(
        "purged", "\"PurgeTask\": {\"filter\": \"userName = 'Zoë 3' -- the one who left\"}");
    load("purged");
    JsonNode rest = query(REST.formatted("purged"));
    assertThat(query("SELECT COUNT(*) FROM purged WHERE userName = 'Zoë 3'").at("/0/0").asLong())
        .isEqualTo(SEGMENTS * ROWS / 8);
    try (Asking _ = new Asking(REST.formatted("purged"), rest::equals)) {
      run("purged", "PurgeTask");
      assertThat(query("SELECT COUNT(*) FROM purged WHERE userName = 'Zoë 3'").at("/0/0").asLong())
          .isZero();
    }
    assertThat(query("SELECT COUNT(*) FROM purged").at("/0/0").asLong())
        .isEqualTo(SEGMENTS * ROWS * 7 / 8);
    assertThat(schedule("purged", "PurgeTask")).as("nothing is left to do").isEmpty();
    // Another condition, of which no row is left.
    JsonNode made =
        ok(
            post(
                controller + "/tasks/execute",
                """
                {"taskType": "PurgeTask", "tableName": "purged", "taskName": "all",
                 "taskConfigs": {"filter": "amount >= 0"}}
                """));
    awaitEnd(made.path("purged_OFFLINE").asText());
    assertThat(query("SELECT COUNT(*) FROM purged").at("/0/0").asLong()).isZero();
  }

  @Test
  void mergedSegmentsHaveTheSameRowsAtEveryMoment() throws Exception {
    createTable(
        "merged",
        """
        "MergeRollupTask": {"1day.mergeType": "concat", "1day.bucketTimePeriod": "1d",
          "1day.bufferTimePeriod": "1d", "1day.maxNumRecordsPerSegment": "500"}
        """);
    load("merged");
    String sql =
        "SELECT COUNT(*), SUM(amount), SUM(best), COUNT(DISTINCT userName), SUM(CARDINALITY(tags)) FROM merged";
    JsonNode before = query(sql);
    JsonNode days =
        query(
            "SELECT DATE_TRUNC('day', ts), COUNT(*), SUM(amount) FROM merged GROUP BY 1 ORDER BY 1");
    try (Asking _ = new Asking(sql, before::equals)) {
      run("merged", "MergeRollupTask");
    }
    assertThat(
            query(
                "SELECT DATE_TRUNC('day', ts), COUNT(*), SUM(amount) FROM merged GROUP BY 1 ORDER BY 1"))
        .isEqualTo(days);
    assertThat(ok(get("/segments/merged/lineage")).at("/0/segmentsFrom")).hasSize(SEGMENTS);
    assertThat(schedule("merged", "MergeRollupTask")).isEmpty();
  }

  @Test
  void aRollupKeepsSumsAndExtremes() throws Exception {
    createTable(
        "rolled",
        """
        "MergeRollupTask": {"1day.mergeType": "rollup", "1day.bucketTimePeriod": "1d",
          "1day.roundBucketTimePeriod": "1d", "best.aggregationType": "max"}
        """);
    load("rolled");
    String sql =
        "SELECT userName, DATE_TRUNC('day', ts), SUM(amount), MAX(best) FROM rolled"
            + " GROUP BY 1, 2 ORDER BY 1, 2";
    JsonNode before = query(sql);
    try (Asking _ = new Asking(sql, before::equals)) {
      run("rolled", "MergeRollupTask");
    }
    // 4, 8, 8 and 4 users a day, with or without tags.
    assertThat(query("SELECT COUNT(*) FROM rolled").at("/0/0").asLong()).isEqualTo(24 * 2);
  }

  @Test
  void refreshedSegmentsHaveTheDefaultsOfNewColumns() throws Exception {
    createTable("fresh", "\"RefreshSegmentTask\": {}");
    load("fresh");
    JsonNode schema = ok(get("/schemas/fresh"));
    ((ArrayNode) schema.path("dimensionFieldSpecs"))
        .addObject()
        .put("name", "country")
        .put("dataType", "STRING")
        .put("defaultNullValue", "CH");
    ok(
        HttpRequest.newBuilder(URI.create(controller + "/schemas/fresh"))
            .PUT(BodyPublishers.ofString(schema.toString())));
    run("fresh", "RefreshSegmentTask");
    assertThat(
            query("SELECT COUNT(*), MIN(country) FROM fresh WHERE country = 'CH'")
                .get(0)
                .toString())
        .isEqualTo("[" + SEGMENTS * ROWS + ",\"CH\"]");
    assertThat(schedule("fresh", "RefreshSegmentTask")).isEmpty();
  }

  @Test
  void filesBecomeSegmentsOnce() throws Exception {
    Path files = Files.createDirectories(directory.resolve("in/deep er"));
    for (int i = 0; i < 3; i++) {
      Files.writeString(files.resolve("rows " + i + ".csv"), csv(i));
    }
    Files.writeString(files.resolve("note.txt"), "no rows");
    createTable(
        "filed",
        """
        "SegmentGenerationAndPushTask": {"inputDirURI": "%s", "inputFormat": "csv",
          "includeFileNamePattern": "glob:**/*.csv", "schedule": "*/2 * * * * ?"}
        """
            .formatted(directory.resolve("in").toUri()));
    run("filed", "SegmentGenerationAndPushTask");
    assertThat(query("SELECT COUNT(*) FROM filed").at("/0/0").asLong()).isEqualTo(3 * ROWS);
    // By its schedule.
    Files.writeString(files.resolve("rows 3.csv"), csv(3));
    long end = System.nanoTime() + 30_000_000_000L;
    while (query("SELECT COUNT(*) FROM filed").at("/0/0").asLong() < 4 * ROWS) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
    assertThat(query("SELECT COUNT(*) FROM filed").at("/0/0").asLong()).isEqualTo(4 * ROWS);
  }

  @Test
  void wrongSettingsAreRefusedWithTheTable() throws Exception {
    createTable("wrong", "");
    for (String tasks :
        List.of(
            "\"PurgeTask\": {}",
            "\"PurgeTask\": {\"filter\": \"nobody = 1\"}",
            "\"PurgeTask\": {\"filter\": \"amount IN (SELECT amount FROM wrong)\"}",
            "\"PurgeTask\": {\"filter\": \"amount = 1\", \"schedule\": \"daily\"}",
            "\"MergeRollupTask\": {\"1day.mergeType\": \"mix\", \"1day.bucketTimePeriod\": \"1d\"}",
            "\"MergeRollupTask\": {\"1day.mergeType\": \"concat\"}",
            "\"SegmentGenerationAndPushTask\": {\"inputDirURI\": \"nowhere\"}")) {
      HttpResponse<String> answer =
          exchange(
              HttpRequest.newBuilder(URI.create(controller + "/tables/wrong"))
                  .PUT(
                      BodyPublishers.ofString(
                          """
                          {"tableName": "wrong", "tableType": "OFFLINE",
                           "segmentsConfig": {"timeColumnName": "ts"}, "task": {"taskTypeConfigsMap": {%s}}}
                          """
                              .formatted(tasks))));
      assertThat(answer.statusCode()).as(tasks + answer.body()).isEqualTo(400);
    }
    assertThat(exchange(post(controller + "/tasks/schedule?taskType=NoTask", "")).statusCode())
        .isEqualTo(404);
    assertThat(exchange(get("/tasks/task/none/state")).statusCode()).isEqualTo(404);
  }

  /// A minion that stops in the middle gives its tasks back.
  @Test
  void tasksOfAMinionThatIsGoneAreDoneByAnother() throws Exception {
    createTable(
        "moved",
        "\"PurgeTask\": {\"filter\": \"userName = 'Zoë 3'\", \"tableMaxNumTasks\": \"6\"}");
    load("moved");
    JsonNode rest = query(REST.formatted("moved"));
    Map<String, String> settings =
        Map.of(
            "zookeeper.connect",
            cluster.zooKeeper(),
            "instance.id",
            "minion-9",
            "http.port",
            "0",
            "data.dir",
            directory.resolve("minion-9").toString());
    try (Asking _ = new Asking(REST.formatted("moved"), rest::equals)) {
      String task;
      Minion first = Minion.start(RoleSettings.minion(Settings.of(settings)));
      try {
        task = schedule("moved", "PurgeTask").getFirst();
        JsonNode parts;
        do {
          parts = ok(get("/tasks/task/" + task + "/debug"));
        } while (!parts.findValuesAsText("worker").contains("minion-9")
            && parts.findValuesAsText("state").contains("WAITING"));
      } finally {
        first.close();
      }
      JsonNode parts = awaitEnd(task);
      assertThat(parts).hasSize(SEGMENTS);
    }
    assertThat(query("SELECT COUNT(*) FROM moved WHERE userName = 'Zoë 3'").at("/0/0").asLong())
        .isZero();
    try (var left = Files.walk(directory)) {
      assertThat(left.filter(file -> file.toString().contains("minion-9")))
          .noneMatch(Files::isRegularFile);
    }
  }

  /// What a minion leaves behind that was killed: its name in a task.
  @Test
  void aTaskOfAKilledMinionIsGivenToAnother() throws Exception {
    createTable("killed", "");
    Map<String, String> nothing = Map.of("segments", "{}", "RefreshSegmentTask.config", "whatever");
    try (ClusterState state =
        ZooKeeperClusterState.connect(new ZooKeeperConfig(cluster.zooKeeper(), "cuvee"))) {
      TaskRecord task =
          TaskRecord.create("killed", 0, "RefreshSegmentTask", "killed_OFFLINE", nothing, 3, 1)
              .leased("minion-dead", 1, System.currentTimeMillis());
      assertThat(state.metadata().create(TaskRecord.path(task.name()), task.toJson())).isTrue();
      JsonNode parts = awaitEnd("killed");
      assertThat(parts.at("/0/worker").asText()).isEqualTo("minion-0");
      assertThat(parts.at("/0/attempts").asInt()).isEqualTo(2);
      TaskRecord last =
          TaskRecord.create("poison", 0, "RefreshSegmentTask", "killed_OFFLINE", nothing, 1, 1)
              .leased("minion-dead", 1, System.currentTimeMillis());
      assertThat(state.metadata().create(TaskRecord.path(last.name()), last.toJson())).isTrue();
      long end = System.nanoTime() + 30_000_000_000L;
      while (!ok(get("/tasks/task/poison/state")).asText().equals("FAILED")) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(20);
      }
    }
    ok(HttpRequest.newBuilder(URI.create(controller + "/tasks/task/poison")).DELETE());
    assertThat(exchange(get("/tasks/task/poison/state")).statusCode()).isEqualTo(404);
  }
}
