package io.cuvee.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SQL through a real broker and real servers: two of them, each with all four segments of a table.
class TestBrokerEndToEnd {
  private static final Schema SCHEMA =
      Schema.of(
          "events",
          List.of(
              FieldSpec.dimension("id", ColumnType.LONG),
              FieldSpec.dimension("kind", ColumnType.STRING),
              FieldSpec.dimension("amount", ColumnType.DOUBLE),
              FieldSpec.dimension("price", ColumnType.BIG_DECIMAL),
              FieldSpec.dimension("ok", ColumnType.BOOLEAN),
              FieldSpec.dimension("at", ColumnType.TIMESTAMP),
              FieldSpec.dimension("tags", ColumnType.arrayOf(DataType.STRING))));
  private static final int SEGMENT_ROWS = 2500;
  private static final int ROWS = 4 * SEGMENT_ROWS;

  @TempDir static Path directory;
  private static ClusterFixture cluster;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    cluster = new ClusterFixture(directory, 2);
    cluster.createTable(SCHEMA);
    cluster.createTable(Schema.of("empty", List.of(FieldSpec.dimension("x", ColumnType.INT))));
    for (int i = 0; i < 4; i++) {
      cluster.addSegment(SCHEMA, "events_" + i, List.of(rows((long) i * SEGMENT_ROWS)));
    }
    for (int i = 0; i < 2000; i++) {
      JsonNode answer = query("SELECT COUNT(*) FROM events");
      if (answer.path("resultTable").path("rows").path(0).path(0).asLong() == ROWS) {
        return;
      }
      Thread.sleep(5);
    }
    throw new AssertionError(
        "The broker does not see all rows: " + query("SELECT COUNT(*) FROM events"));
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /// Row `id`: kind `k0` to `k6` or NULL for every tenth row, amount id / 4, price id.25, ok if
  /// even, one millisecond a row, two tags.
  private static Page rows(long firstId) {
    List<ValuesBuilder> columns = new ArrayList<>();
    SCHEMA.fields().forEach(field -> columns.add(ValuesBuilder.of(field.type(), SEGMENT_ROWS)));
    for (long id = firstId; id < firstId + SEGMENT_ROWS; id++) {
      columns.get(0).appendObject(id);
      columns.get(1).appendObject(id % 10 == 0 ? null : utf8("k" + id % 7));
      columns.get(2).appendObject(id / 4.0);
      columns.get(3).appendObject(BigDecimal.valueOf(id * 100 + 25, 2));
      columns.get(4).appendObject(id % 2 == 0 ? 1L : 0L);
      columns.get(5).appendObject(1_700_000_000_000L + id);
      columns.get(6).appendObject(List.of(utf8("t" + id % 3), utf8("ä")));
    }
    return new Page(SEGMENT_ROWS, columns.stream().map(ValuesBuilder::build).toList());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode query(String sql) throws Exception {
    return query(sql, "");
  }

  private static JsonNode query(String sql, String options) throws Exception {
    String body =
        Json.MAPPER.createObjectNode().put("sql", sql).put("queryOptions", options).toString();
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + cluster.broker().port() + "/query/sql"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return Json.MAPPER.readTree(answer.body());
  }

  private static String rows(String sql) throws Exception {
    JsonNode answer = query(sql);
    assertThat(answer.get("exceptions")).as(sql).isEmpty();
    return answer.get("resultTable").get("rows").toString();
  }

  @Test
  void countsAndStatistics() throws Exception {
    JsonNode answer = query("SELECT COUNT(*) FROM events");
    assertThat(answer.get("resultTable").toString())
        .endsWith("\"columnDataTypes\":[\"LONG\"]},\"rows\":[[10000]]}");
    assertThat(answer.get("numServersQueried").asInt()).isEqualTo(2);
    assertThat(answer.get("numServersResponded").asInt()).isEqualTo(2);
    assertThat(answer.get("numSegmentsQueried").asInt()).isEqualTo(4);
    assertThat(answer.get("totalDocs").asInt()).isEqualTo(ROWS);
    assertThat(answer.get("partialResult").asBoolean()).isFalse();
    assertThat(answer.get("tablesQueried").toString()).isEqualTo("[\"events\"]");
  }

  @Test
  void filtersGroupsAndOrders() throws Exception {
    assertThat(
            rows(
                "SELECT kind, COUNT(*), SUM(id) FROM events WHERE id < 21 GROUP BY kind ORDER BY 2 DESC, 1"))
        .isEqualTo(
            "[[\"k1\",3,24],[\"k2\",3,27],[\"k4\",3,33],[\"k5\",3,36],[null,3,30],[\"k0\",2,21],[\"k3\",2,20],"
                + "[\"k6\",2,19]]");
    assertThat(
            rows(
                "SELECT id, price, ok, \"at\", tags FROM events WHERE id IN (3, 9999) ORDER BY id"))
        .isEqualTo(
            "[[3,\"3.25\",false,\"2023-11-14 22:13:20.003\",[\"t0\",\"ä\"]],"
                + "[9999,\"9999.25\",false,\"2023-11-14 22:13:29.999\",[\"t0\",\"ä\"]]]");
    assertThat(rows("SELECT MAX(id) - MIN(id) AS span FROM events HAVING COUNT(*) > 5"))
        .isEqualTo("[[9999]]");
    assertThat(rows("SELECT id FROM events ORDER BY id DESC LIMIT 2 OFFSET 1"))
        .isEqualTo("[[9998],[9997]]");
    assertThat(rows("SELECT COUNT(DISTINCT kind) FROM events")).isEqualTo("[[7]]");
  }

  @Test
  void joinsAndSubqueries() throws Exception {
    assertThat(
            rows(
                "SELECT a.id, b.id FROM events a JOIN events b ON a.id = b.id - 1 WHERE a.id < 3 AND b.id < 4"
                    + " ORDER BY a.id"))
        .isEqualTo("[[0,1],[1,2],[2,3]]");
    assertThat(rows("SELECT COUNT(*) FROM events WHERE id = (SELECT MAX(id) FROM events)"))
        .isEqualTo("[[1]]");
  }

  @Test
  void emptyTableGivesEmptyAnswers() throws Exception {
    assertThat(rows("SELECT COUNT(*), SUM(x) FROM empty")).isEqualTo("[[0,null]]");
    assertThat(rows("SELECT x FROM empty")).isEqualTo("[]");
    assertThat(rows("SELECT x, COUNT(*) FROM empty GROUP BY x")).isEqualTo("[]");
  }

  @Test
  void constantsNeedNoServer() throws Exception {
    JsonNode answer = query("SELECT 1");
    assertThat(answer.get("resultTable").get("rows").toString()).isEqualTo("[[1]]");
    assertThat(answer.get("numServersQueried").asInt()).isZero();
  }

  @Test
  void largeAnswersAreStreamed() throws Exception {
    JsonNode rows =
        query("SELECT id, kind, tags, price, amount FROM events a ORDER BY id")
            .at("/resultTable/rows");
    assertThat(rows).hasSize(ROWS);
    JsonNode crossed =
        query("SELECT a.id, b.id FROM events a, events b WHERE a.id < 60").at("/resultTable/rows");
    assertThat(crossed).hasSize(60 * ROWS);
  }

  @Test
  void failuresAreToldInPinotsForm() throws Exception {
    JsonNode table = query("SELECT * FROM evnts");
    assertThat(table.at("/exceptions/0/errorCode").asInt()).isEqualTo(190);
    assertThat(table.at("/exceptions/0/message").asText()).contains("evnts").contains("events");
    assertThat(table.has("resultTable")).isFalse();
    assertThat(table.get("partialResult").asBoolean()).isTrue();
    JsonNode column = query("SELECT knd FROM events");
    assertThat(column.at("/exceptions/0/errorCode").asInt()).isEqualTo(710);
    assertThat(query("SELEC 1").at("/exceptions/0/errorCode").asInt()).isEqualTo(150);
    assertThat(query("SELECT 1 / 0").at("/exceptions/0/errorCode").asInt()).isEqualTo(203);
  }

  @Test
  void optionsComeBesideAndBeforeTheStatement() throws Exception {
    String slow = "SELECT COUNT(*) FROM events a, events b, events c WHERE a.id + b.id + c.id = 7";
    assertThat(query(slow, "timeoutMs=150").at("/exceptions/0/errorCode").asInt()).isEqualTo(250);
    assertThat(query("SET timeoutMs = 150; " + slow).at("/exceptions/0/errorCode").asInt())
        .isEqualTo(250);
    assertThat(query("SELECT 1", "timeoutMs=x").at("/exceptions/0/errorCode").asInt())
        .isEqualTo(204);
  }

  @Test
  void explainShowsThePlan() throws Exception {
    assertThat(rows("EXPLAIN PLAN FOR SELECT kind FROM events WHERE id > 5")).contains("events");
    assertThat(rows("EXPLAIN ANALYZE SELECT COUNT(*) FROM events"))
        .containsPattern("rows: 1\".*servers: [12] queried");
  }

  @Test
  void stockDriverRunsPreparedStatements() throws Exception {
    for (String serialization : List.of("protobuf", "json")) {
      String url =
          "jdbc:avatica:remote:url=http://127.0.0.1:"
              + cluster.broker().port()
              + "/avatica;serialization="
              + serialization;
      try (Connection connection = DriverManager.getConnection(url);
          PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT COUNT(*), MAX(kind) FROM events WHERE id >= ? AND ok = ?")) {
        for (int from : List.of(0, 9990)) {
          statement.setInt(1, from);
          statement.setBoolean(2, true);
          try (ResultSet rows = statement.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong(1)).isEqualTo((ROWS - from) / 2);
          }
        }
        try (ResultSet rows = connection.createStatement().executeQuery("SELECT id FROM events")) {
          int count = 0;
          while (rows.next()) {
            count++;
          }
          assertThat(count).isEqualTo(ROWS);
        }
        assertThatThrownBy(() -> connection.createStatement().executeQuery("DELETE FROM events"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
      }
    }
  }

  @Test
  void stoppedServerIsNotMissed() throws Exception {
    cluster.stopServer("server-1");
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(rows("SELECT COUNT(*) FROM events")).isEqualTo("[[10000]]");
      }
    } finally {
      cluster.startServer("server-1");
    }
    for (int i = 0; i < 20; i++) {
      assertThat(rows("SELECT COUNT(*) FROM events")).isEqualTo("[[10000]]");
    }
  }

  @Test
  void brokerIsReadyAndThenWarm() throws Exception {
    for (int i = 0; i < 6000 && !cluster.broker().health().warm(); i++) {
      Thread.sleep(5);
    }
    assertThat(cluster.broker().health().warm()).isTrue();
  }
}
