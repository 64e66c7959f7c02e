package io.cuvee.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Queries over a broker and two servers with a few megabytes of memory each.
class TestSpilledQueries {
  private static final Schema SCHEMA =
      Schema.of(
          "visits",
          List.of(
              FieldSpec.dimension("id", ColumnType.LONG),
              FieldSpec.dimension("name", ColumnType.STRING),
              FieldSpec.dimension("v", ColumnType.LONG)));
  private static final int SEGMENT_ROWS = 60_000;
  private static final int IDS = 90_000;

  @TempDir static Path directory;
  private static ClusterFixture cluster;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    cluster =
        new ClusterFixture(
            directory,
            2,
            Map.of(
                "server.memory", "16MB",
                "server.query-memory", "3MB",
                "broker.memory", "16MB",
                "broker.query-memory", "4MB"));
    cluster.createTable(SCHEMA);
    for (int i = 0; i < 3; i++) {
      cluster.addSegment(SCHEMA, "visits_" + i, List.of(rows(i * SEGMENT_ROWS)));
    }
    for (int i = 0; i < 2000; i++) {
      if (one("SELECT COUNT(*) FROM visits") == 3L * SEGMENT_ROWS) {
        return;
      }
      Thread.sleep(5);
    }
    throw new AssertionError("The broker does not see all rows.");
  }

  /// Each id below 90,000 comes twice; `v` is the number of the row.
  private static Page rows(int first) {
    long[] ids = new long[SEGMENT_ROWS];
    long[] numbers = new long[SEGMENT_ROWS];
    BytesValuesBuilder names = new BytesValuesBuilder(SEGMENT_ROWS);
    for (int i = 0; i < SEGMENT_ROWS; i++) {
      ids[i] = (first + i) * 7L % IDS;
      numbers[i] = (long) first + i;
      names.append(("name of " + ids[i]).getBytes(StandardCharsets.UTF_8));
    }
    return Page.of(LongValues.of(ids), names.build(), LongValues.of(numbers));
  }

  @AfterAll
  static void stop() throws IOException {
    if (cluster != null) {
      try (Stream<Path> files = Files.walk(directory)) {
        assertThat(files.filter(file -> file.toString().endsWith(".pages"))).isEmpty();
      }
      cluster.close();
      try (Stream<Path> files = Files.walk(directory)) {
        assertThat(files.filter(file -> file.getFileName().toString().startsWith("spill-")))
            .isEmpty();
      }
    }
  }

  private static JsonNode query(String sql) throws Exception {
    String body = Json.MAPPER.createObjectNode().put("sql", sql).toString();
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + cluster.broker().port() + "/query/sql"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode json = Json.MAPPER.readTree(answer.body());
    assertThat(json.path("exceptions")).as(sql).isEmpty();
    return json;
  }

  private static long one(String sql) throws Exception {
    return query(sql).path("resultTable").path("rows").path(0).path(0).asLong();
  }

  private static JsonNode spilled(String sql) throws Exception {
    JsonNode json = query(sql);
    assertThat(json.path("spilledBytes").asLong()).as(sql).isPositive();
    assertThat(json.path("spillFiles").asLong()).as(sql).isPositive();
    return json.path("resultTable").path("rows");
  }

  @Test
  void allGroupsArriveOnce() throws Exception {
    JsonNode rows = spilled("SELECT name, id, COUNT(*), SUM(v) FROM visits GROUP BY name, id");
    Map<Long, Long> sums = new HashMap<>();
    for (JsonNode row : rows) {
      long id = row.path(1).asLong();
      assertThat(row.path(0).asText()).isEqualTo("name of " + id);
      assertThat(row.path(2).asLong()).isEqualTo(2);
      assertThat(sums.put(id, row.path(3).asLong())).isNull();
    }
    assertThat(sums).hasSize(IDS);
    for (int row = 0; row < IDS; row++) {
      // The second row of the same id is 90,000 later.
      assertThat(sums.get(row * 7L % IDS)).isEqualTo(2L * row + IDS);
    }
  }

  @Test
  void groupsAreSortedJoinedAndGroupedAgain() throws Exception {
    JsonNode last =
        spilled(
            "SELECT id, SUM(v) AS s FROM visits GROUP BY id ORDER BY s DESC, id LIMIT 3 OFFSET 89990");
    assertThat(last.path(0).path(1).asLong()).isEqualTo(2L * 9 + IDS);
    assertThat(last.path(2).path(1).asLong()).isEqualTo(2L * 7 + IDS);
    JsonNode joined =
        spilled("SELECT COUNT(*), SUM(a.v + b.v) FROM visits a JOIN visits b ON a.name = b.name");
    long rows = 3L * SEGMENT_ROWS;
    assertThat(joined.path(0).path(0).asLong()).isEqualTo(2 * rows);
    assertThat(joined.path(0).path(1).asLong()).isEqualTo(2 * rows * (rows - 1));
  }

  @Test
  void anAnalysisShowsIt() throws Exception {
    String text =
        query("EXPLAIN ANALYZE SELECT name, COUNT(*) FROM visits GROUP BY name").toString();
    assertThat(text).containsPattern("spilled to disk: [1-9][0-9]* bytes in [1-9][0-9]* files");
  }
}
