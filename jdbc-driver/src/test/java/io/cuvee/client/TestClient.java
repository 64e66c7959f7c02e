package io.cuvee.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestClient {
  /// Controller and broker in one.
  private HttpServer server;

  /// `METHOD path body` of each request.
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private volatile String queryAnswer = "{}";
  private Client client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    int port = server.getAddress().getPort();
    on("/health", 200, "OK");
    on("/schemas", 200, "{\"status\":\"ok\"}");
    on("/tables", 200, "{\"status\":\"ok\"}");
    on("/v2/brokers/tenants/", 200, "[{\"host\":\"localhost\",\"port\":" + port + "}]");
    on("/ingestFromFile", 200, "{\"status\":\"ok\",\"rows\":2}");
    server.createContext("/query/sql", exchange -> answer(exchange, 200, queryAnswer));
    server.start();
    client = Client.connect("http://localhost:" + port);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void on(String path, int status, String answer) {
    server.createContext(path, exchange -> answer(exchange, status, answer));
  }

  private void answer(HttpExchange exchange, int status, String answer) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void theShortFormMakesASchemaAndATable() {
    client.createTable(
        "table T { user_id: INT32 not null, name: STRING,\n  tags: STRING[], at: timestamp }");
    assertThat(requests)
        .contains(
            "POST /schemas {\"schemaName\":\"T\",\"enableColumnBasedNullHandling\":true,"
                + "\"dimensionFieldSpecs\":["
                + "{\"name\":\"user_id\",\"dataType\":\"INT\",\"notNull\":true},"
                + "{\"name\":\"name\",\"dataType\":\"STRING\"},"
                + "{\"name\":\"tags\",\"dataType\":\"STRING\",\"singleValueField\":false}],"
                + "\"dateTimeFieldSpecs\":[{\"name\":\"at\",\"dataType\":\"TIMESTAMP\","
                + "\"format\":\"TIMESTAMP\",\"granularity\":\"1:MILLISECONDS\"}]}");
    assertThat(requests.get(requests.size() - 1))
        .startsWith("POST /tables ")
        .contains("\"tableName\":\"T\"", "\"tableType\":\"OFFLINE\"", "\"replication\":\"1\"");
  }

  @Test
  void aSchemaFileGoesThroughAsItIs() {
    client.createTable("{\"schemaName\":\"s\",\"metricFieldSpecs\":[]}");
    assertThat(requests).contains("POST /schemas {\"schemaName\":\"s\",\"metricFieldSpecs\":[]}");
  }

  @Test
  void wrongSchemasAreExplained() {
    assertThatThrownBy(() -> client.createTable("T(a int)"))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("table T {");
    assertThatThrownBy(() -> client.createTable("table T { a: INT33 }"))
        .hasMessageContaining("'INT33'")
        .hasMessageContaining("INT32");
    assertThatThrownBy(() -> client.createTable("table T { a b }")).hasMessageContaining("'a b'");
    assertThatThrownBy(() -> client.createTable("table T { }")).hasMessageContaining("no columns");
    assertThatThrownBy(() -> client.createTable("{\"a\":")).hasMessageContaining("JSON");
  }

  @Test
  void rowsAreSentAsLinesOfJson() {
    Map<String, Object> second = new LinkedHashMap<>();
    second.put("id", 2);
    second.put("name", null);
    second.put("raw", new byte[] {1, (byte) 0xab});
    long count = client.insertData("t", List.of(Map.of("id", 1), second));
    assertThat(count).isEqualTo(2);
    assertThat(requests.get(requests.size() - 1))
        .startsWith(
            "POST /ingestFromFile?tableNameWithType=t_OFFLINE"
                + "&batchConfigMapStr=%7B%22inputFormat%22%3A%22json%22%7D ")
        .contains("filename=\"rows.json\"")
        .contains("\r\n\r\n{\"id\":1}\n{\"id\":2,\"name\":null,\"raw\":\"01ab\"}\n\r\n--");
    assertThat(client.insertData("t", List.of())).isZero();
  }

  @Test
  void resultsHaveColumnsRowsAndFigures() {
    queryAnswer =
        "{\"resultTable\":{\"dataSchema\":{\"columnNames\":[\"origin\",\"n\"],"
            + "\"columnDataTypes\":[\"STRING\",\"LONG\"]},"
            + "\"rows\":[[\"ATL\",12],[null,3]]},"
            + "\"exceptions\":[{\"errorCode\":5,\"message\":\"one segment is missing\"}],"
            + "\"numDocsScanned\":15}";
    QueryResult result = client.executeQuery("SELECT origin, count(*) AS n FROM f GROUP BY 1");
    assertThat(result.columnNames()).containsExactly("origin", "n");
    assertThat(result.columnTypes()).containsExactly("STRING", "LONG");
    assertThat(result.rowCount()).isEqualTo(2);
    assertThat(result.value(0, "N")).isEqualTo(12L);
    assertThat(result.value(1, "origin")).isNull();
    assertThat(result.warnings()).containsExactly("one segment is missing");
    assertThat(result.stats()).containsEntry("numDocsScanned", 15L);
    assertThat(result.toString().lines().map(String::stripTrailing))
        .containsExactly(
            " origin | n",
            "--------+----",
            " ATL    | 12",
            " NULL   |  3",
            "(2 rows)",
            "warning: one segment is missing");
  }

  @Test
  void aFailedQueryIsAnException() {
    queryAnswer = "{\"exceptions\":[{\"errorCode\":190,\"message\":\"Table 'x' does not exist\"}]}";
    assertThatThrownBy(() -> client.executeQuery("SELECT * FROM x"))
        .isInstanceOf(ClientException.class)
        .hasMessage("Table 'x' does not exist")
        .extracting(e -> ((ClientException) e).code())
        .isEqualTo(190);
  }

  @Test
  void refusalsCarryTheControllersWords() {
    on("/tables/", 409, "");
    server.removeContext("/tables");
    on("/tables", 409, "{\"code\":409,\"error\":\"Table T exists already\"}");
    assertThatThrownBy(() -> client.createTable("table T { a: INT }"))
        .hasMessageContaining("Table T exists already")
        .extracting(e -> ((ClientException) e).code())
        .isEqualTo(409);
  }

  @Test
  void noControllerIsTold() {
    int port = server.getAddress().getPort();
    server.stop(0);
    assertThatThrownBy(() -> Client.connect("http://localhost:" + port))
        .hasMessageContaining("No controller answers at http://localhost:" + port);
    assertThatThrownBy(() -> Client.connect("ftp://x"))
        .hasMessageContaining("controller's address");
  }

  @Test
  void quotedNamesMayHoldAnything() {
    List<Object> fields =
        new ArrayList<>(
            (List<?>)
                ShortSchema.parse("table \"my table\" { \"a b\": LONG }")
                    .get("dimensionFieldSpecs"));
    assertThat(fields).containsExactly(Map.of("name", "a b", "dataType", "LONG"));
  }
}
