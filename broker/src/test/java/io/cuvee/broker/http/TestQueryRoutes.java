package io.cuvee.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.broker.BrokerConfig;
import io.cuvee.broker.BrokerFixture;
import io.cuvee.broker.ScriptedServer;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.config.Settings;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestQueryRoutes {
  private final HttpClient client = HttpClient.newHttpClient();
  private BrokerFixture broker = new BrokerFixture();

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(broker.url(path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String sql(String statement) {
    return Json.MAPPER.createObjectNode().put("sql", statement).toString();
  }

  private JsonNode query(String statement) throws Exception {
    HttpResponse<String> answer = post("/query/sql", sql(statement));
    assertThat(answer.statusCode()).isEqualTo(200);
    return Json.MAPPER.readTree(answer.body());
  }

  @Test
  void everyTypeIsWrittenAsPinotWritesIt() throws Exception {
    JsonNode answer = query("SELECT every type");
    assertThat(answer.at("/resultTable/dataSchema/columnDataTypes").toString())
        .isEqualTo(
            "[\"INT\",\"LONG\",\"FLOAT\",\"DOUBLE\",\"BIG_DECIMAL\",\"BOOLEAN\",\"TIMESTAMP\",\"STRING\",\"STRING\","
                + "\"JSON\",\"UUID\",\"BYTES\",\"LONG_ARRAY\",\"STRING_ARRAY\"]");
    assertThat(answer.at("/resultTable/rows/0").toString())
        .isEqualTo(
            "[42,9007199254740993,1.25,0.1,\"12345678901234567890123456789.12\",true,\"2024-02-29"
                + " 23:59:58.12\","
                + "\"2024-02-29\",\"ä\\\"漢\\n\",\"{\\\"a\\\":[1]}\",\"00000000-0000-0000-0000-000000000000\",\"0102ff\","
                + "[1,2],[\"a\",\"b\"]]");
    assertThat(answer.at("/resultTable/rows/2"))
        .hasSize(BrokerFixture.TYPES.size())
        .allSatisfy(cell -> assertThat(cell.isNull()).isTrue());
    assertThat(answer.get("numRowsResultSet").asInt()).isEqualTo(3);
    assertThat(answer.get("exceptions")).isEmpty();
    assertThat(answer.get("brokerId").asText()).isEqualTo("Broker_test_1");
  }

  @Test
  void queriesComeByPostAndByGet() throws Exception {
    for (String path : List.of("/query/sql", "/query")) {
      assertThat(post(path, sql("SELECT 1")).body()).contains("\"rows\":[[1]]");
      String get = path + "?sql=" + URLEncoder.encode("SELECT 1", StandardCharsets.UTF_8);
      assertThat(send(request(get).GET()).body()).contains("\"rows\":[[1]]");
    }
    assertThat(send(request("/query/sql").GET()).statusCode()).isEqualTo(400);
    assertThat(send(request("/query/sql").PUT(HttpRequest.BodyPublishers.noBody())).statusCode())
        .isEqualTo(405);
  }

  @Test
  void pqlIsAnsweredInTheOldForm() throws Exception {
    broker.server((request, reply) -> reply.end());
    String pql = Json.MAPPER.createObjectNode().put("pql", "SELECT x FROM t").toString();
    JsonNode old = Json.MAPPER.readTree(post("/query/pql", pql).body());
    assertThat(old.has("resultTable")).isFalse();
    assertThat(old.at("/selectionResults/columns").toString()).isEqualTo("[\"x\"]");
    assertThat(old.get("exceptions")).isEmpty();
    String sql =
        Json.MAPPER
            .createObjectNode()
            .put("pql", "SELECT x FROM t")
            .put("queryOptions", "responseFormat=sql")
            .toString();
    assertThat(post("/query/pql", sql).body()).doesNotContain("selectionResults");
  }

  @Test
  void malformedRequestsAre400() throws Exception {
    for (String body : List.of("", "{", "[]", "{}", "{\"sql\":1}", "{\"sql\":null}", "not json")) {
      HttpResponse<String> answer = post("/query/sql", body);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(Json.MAPPER.readTree(answer.body()).get("code").asInt()).isEqualTo(400);
    }
  }

  @Test
  void failedQueriesAre200UnlessTheClientWantsOtherwise() throws Exception {
    HttpResponse<String> answer = post("/query/sql", sql("SELEKT"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("X-Pinot-Error-Code")).contains("150");
    assertThat(Json.MAPPER.readTree(answer.body()).at("/exceptions/0/message").asText())
        .contains("'SELEKT'");
    HttpResponse<String> strict =
        send(
            request("/query/sql")
                .header("Pinot-Use-Http-Status-For-Errors", "true")
                .POST(HttpRequest.BodyPublishers.ofString(sql("SELEKT"))));
    assertThat(strict.statusCode()).isEqualTo(400);
    assertThat(post("/query/sql", sql("SELECT 1")).headers().firstValue("X-Pinot-Error-Code"))
        .contains("-1");
  }

  @Test
  void parametersComeAsJson() throws Exception {
    String body =
        "{\"sql\":\"SELECT every"
            + " ?\",\"parameters\":[1,\"9007199254740993\",0.5,2.5,\"1.50\",true,\"2024-01-01"
            + " 00:00:00\",\"2024-02-29\",\"x\",null,\"12345678-1234-1234-1234-123456789abc\",\"0aff\","
            + "[1,2],[]]}";
    assertThat(
            Json.MAPPER
                .readTree(post("/query/sql", body).body())
                .at("/resultTable/rows/0")
                .toString())
        .isEqualTo(
            "[1,9007199254740993,0.5,2.5,\"1.50\",true,\"2024-01-01"
                + " 00:00:00.0\",\"2024-02-29\",\"x\",null,"
                + "\"12345678-1234-1234-1234-123456789abc\",\"0aff\",[1,2],[]]");
    assertThat(post("/query/sql", "{\"sql\":\"SELECT every ?\",\"parameters\":[1]}").body())
        .contains("\"errorCode\":204");
  }

  @Test
  void runningQueriesAreListedAndCancelled() throws Exception {
    ScriptedServer server = broker.server((request, reply) -> {});
    CompletableFuture<HttpResponse<String>> pending =
        client.sendAsync(
            request("/query/sql")
                .header("X-Cuvee-Query-Id", "my-query")
                .POST(HttpRequest.BodyPublishers.ofString(sql("SELECT x FROM t")))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(server.requests.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(send(request("/queries").GET()).body())
        .isEqualTo("{\"my-query\":\"SELECT x FROM t\"}");
    HttpResponse<String> twice =
        send(
            request("/query/sql")
                .header("X-Cuvee-Query-Id", "my-query")
                .POST(HttpRequest.BodyPublishers.ofString(sql("SELECT 1"))));
    assertThat(twice.body()).contains("is running already");
    assertThat(send(request("/query/my-query").DELETE()).statusCode()).isEqualTo(200);
    assertThat(pending.get(10, TimeUnit.SECONDS).body()).contains("\"errorCode\":503");
    assertThat(send(request("/query/my-query").DELETE()).statusCode()).isEqualTo(404);
    assertThat(send(request("/queries").GET()).body()).isEqualTo("{}");
  }

  @Test
  void queryOfAClientThatWentAwayIsCancelled() throws Exception {
    ScriptedServer server = broker.server((request, reply) -> {});
    String body = sql("SELECT x FROM t LIMIT 10");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /query/sql HTTP/1.1\r\nHost: x\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(server.requests.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(server.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void longAnswersAreSentInPiecesAndSayAtTheirEndIfTheyFailed() throws Exception {
    int pages = 200;
    long[] numbers = IntStream.range(0, 10_000).asLongStream().toArray();
    broker.server((request, reply) -> {
      for (int i = 0; i < pages; i++) {
        reply.page(Page.of(LongValues.of(numbers)));
      }
      if (request.timeoutMillis() <= 5000) {
        reply.die();
      }
      reply.end();
    });
    JsonNode whole = query("SELECT x FROM t");
    assertThat(whole.at("/resultTable/rows")).hasSize(pages * 10_000);
    assertThat(whole.get("numRowsResultSet").asInt()).isEqualTo(pages * 10_000);
    JsonNode broken = query("SET timeoutMs=5000; SELECT x FROM t");
    assertThat(broken.at("/exceptions/0/errorCode").asInt()).isEqualTo(425);
    assertThat(broken.get("partialResult").asBoolean()).isTrue();
    assertThat(broker.queries.running()).isEmpty();
  }

  @Test
  void tooManyQueriesAreRefused() throws Exception {
    broker.close();
    BrokerConfig config =
        BrokerConfig.from(
            Settings.of(
                Map.of("broker.max-concurrent-queries", "1", "broker.max-queued-queries", "1")));
    broker = new BrokerFixture(config, Duration.ofSeconds(5));
    ScriptedServer server = broker.server((request, reply) -> {});
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      waiting.add(
          client.sendAsync(
              request("/query/sql")
                  .POST(HttpRequest.BodyPublishers.ofString(sql("SELECT x FROM t")))
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    assertThat(server.requests.poll(10, TimeUnit.SECONDS)).isNotNull();
    for (int i = 0; i < 2000 && broker.queries.running().size() < 2; i++) {
      Thread.sleep(5);
    }
    // The second waits for its turn by now, or will in a moment.
    JsonNode refused = query("SELECT 1");
    for (int i = 0; i < 200 && refused.get("exceptions").isEmpty(); i++) {
      refused = query("SELECT 1");
    }
    assertThat(refused.at("/exceptions/0/errorCode").asInt()).isEqualTo(429);
    broker.queries.running().forEach(run -> run.cancel());
    for (CompletableFuture<HttpResponse<String>> answer : waiting) {
      assertThat(answer.get(10, TimeUnit.SECONDS).body()).contains("\"errorCode\":503");
    }
    assertThat(query("SELECT 1").get("exceptions")).isEmpty();
  }

  @Test
  void routingIsShown() throws Exception {
    broker.server((request, reply) -> {});
    assertThat(send(request("/debug/routingTable/t").GET()).body())
        .isEqualTo("{\"t_OFFLINE\":{\"server1\":[\"s\"]}}");
    assertThat(send(request("/debug/routingTable/t_OFFLINE").GET()).statusCode()).isEqualTo(200);
    assertThat(send(request("/debug/routingTable/other").GET()).statusCode()).isEqualTo(404);
  }

  @Test
  void metricsCountQueries() throws Exception {
    query("SELECT 1");
    query("SELEKT");
    assertThat(send(request("/metrics").GET()).body())
        .contains("cuvee_queries_total{outcome=\"success\"}")
        .contains("cuvee_queries_total{outcome=\"sql_parse\"}")
        .contains("cuvee_query_duration_seconds_bucket")
        .contains("cuvee_query_phase_seconds_count{phase=\"plan\"}");
  }
}
