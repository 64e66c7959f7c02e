package io.cuvee.client;

import io.cuvee.jdbc.http.BrokerDiscovery;
import io.cuvee.jdbc.http.Endpoint;
import io.cuvee.jdbc.http.HttpAnswer;
import io.cuvee.jdbc.http.HttpCaller;
import io.cuvee.jdbc.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Creates tables, inserts rows and queries, over HTTP. For programs that read only, JDBC has more
/// to offer. Thread-safe.
///
/// ```java
/// Client client = Client.connect("http://localhost:9000");
/// client.createTable("table users { id: INT64 NOT NULL, name: STRING, tags: STRING[] }");
/// client.insertData("users", List.of(Map.of("id", 1, "name", "Ada", "tags", List.of("a", "b"))));
/// System.out.println(client.executeQuery("SELECT count(*) FROM users"));
/// ```
public final class Client {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration QUERY_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration INGEST_TIMEOUT = Duration.ofMinutes(10);
  private static final int LIVE_BYTES = 1 << 20;
  private static final int CONTROLLER_PORT = 9000;

  private final HttpCaller http;
  private final Endpoint controller;
  private final BrokerDiscovery discovery;
  private volatile @Nullable Endpoint broker;

  private Client(HttpCaller http, Endpoint controller) {
    this.http = http;
    this.controller = controller;
    this.discovery = new BrokerDiscovery(http, List.of(controller));
  }

  /// Makes a client of the cluster that a controller belongs to, and checks that it answers.
  ///
  /// @param controllerUrl as `http://localhost:9000` or `https://…`
  /// @throws ClientException if no controller answers there
  public static Client connect(String controllerUrl) {
    return connect(controllerUrl, null, null);
  }

  /// Makes a client that sends a user's password with every request.
  ///
  /// @throws ClientException if no controller answers there
  public static Client connect(
      String controllerUrl, @Nullable String user, @Nullable String password) {
    URI uri = URI.create(controllerUrl.contains("://") ? controllerUrl : "http://" + controllerUrl);
    String host = uri.getHost();
    boolean tls = "https".equals(uri.getScheme());
    if (host == null || !(tls || "http".equals(uri.getScheme()))) {
      throw new ClientException(
          "'" + controllerUrl + "' is not a controller's address, such as http://localhost:9000.",
          null);
    }
    try {
      HttpCaller http =
          tls
              ? HttpCaller.secure(
                  "cuvee-client", CONNECT_TIMEOUT, new HttpCaller.Tls(null, null, null, null))
              : HttpCaller.plain("cuvee-client", CONNECT_TIMEOUT);
      if (user != null) {
        http = http.withPassword(user, password == null ? "" : password);
      }
      int port = uri.getPort() < 0 ? CONTROLLER_PORT : uri.getPort();
      Client client = new Client(http, new Endpoint(host, port));
      client.checked("GET /health", http.get(client.onController("/health"), CONNECT_TIMEOUT));
      return client;
    } catch (IOException e) {
      throw new ClientException(
          "No controller answers at " + controllerUrl + ": " + HttpCaller.reason(e), e);
    }
  }

  /// Creates an offline table.
  ///
  /// @param schemaText a schema file's JSON, or the short form `table T { user_id: INT32, name:
  ///   STRING NOT NULL, tags: STRING[] }`
  /// @throws ClientException if the text is wrong or the controller refuses it
  public void createTable(String schemaText) {
    Map<String, Object> schema = schemaOf(schemaText);
    Object name = schema.get("schemaName");
    if (!(name instanceof String)) {
      throw new ClientException("The schema has no \"schemaName\".", null);
    }
    Map<String, Object> table =
        Map.of(
            "tableName", name,
            "tableType", "OFFLINE",
            "segmentsConfig", Map.of("replication", "1", "schemaName", name),
            "tableIndexConfig", Map.of(),
            "tenants", Map.of(),
            "metadata", Map.of());
    postJson("/schemas", schema);
    postJson("/tables", table);
  }

  private static Map<String, Object> schemaOf(String text) {
    try {
      return text.trim().startsWith("{")
          ? Json.readObject(text.getBytes(StandardCharsets.UTF_8))
          : ShortSchema.parse(text);
    } catch (IOException e) {
      throw new ClientException("The schema is not well-formed JSON: " + HttpCaller.reason(e), e);
    } catch (IllegalArgumentException e) {
      throw new ClientException(String.valueOf(e.getMessage()), e);
    }
  }

  private void postJson(String path, Map<String, Object> body) {
    try {
      checked(
          "POST " + path,
          http.post(onController(path), "application/json", Json.write(body), INGEST_TIMEOUT));
    } catch (IOException e) {
      throw unreachable("Controller " + controller, e);
    }
  }

  /// Inserts rows. Those of an offline table can be queried when this returns; those of a live one
  /// are durable then, and can be queried within a second.
  ///
  /// @param rows values by column name; absent and null values are SQL NULL
  /// @return how many rows were inserted
  /// @throws ClientException if the table does not exist or a row does not fit it; then nothing is
  ///   inserted, but of a live table's rows those of earlier requests, which are of a megabyte each
  public long insertData(String table, List<? extends Map<String, ?>> rows) {
    if (rows.isEmpty()) {
      return 0;
    }
    if (isLive(table)) {
      return insertLive(table, rows);
    }
    String boundary = "cuvee-" + UUID.randomUUID();
    String physicalName = table.endsWith("_OFFLINE") ? table : table + "_OFFLINE";
    String path =
        "/ingestFromFile?tableNameWithType="
            + encode(physicalName)
            + "&batchConfigMapStr="
            + encode("{\"inputFormat\":\"json\"}");
    try {
      HttpAnswer answer =
          http.post(
              onController(path),
              "multipart/form-data; boundary=" + boundary,
              multipart(boundary, rows),
              INGEST_TIMEOUT);
      checked("POST /ingestFromFile", answer);
      return countOf(Json.readObject(answer.body()), rows.size());
    } catch (IOException e) {
      throw unreachable("Controller " + controller, e);
    }
  }

  private boolean isLive(String table) {
    if (table.endsWith("_OFFLINE")) {
      return false;
    }
    try {
      HttpAnswer answer = http.get(onController("/tables/" + encode(table)), QUERY_TIMEOUT);
      return answer.status() == 200 && Json.readObject(answer.body()).containsKey("REALTIME");
    } catch (IOException e) {
      throw unreachable("Controller " + controller, e);
    }
  }

  private long insertLive(String table, List<? extends Map<String, ?>> rows) {
    try {
      long inserted = 0;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (Map<String, ?> row : rows) {
        body.write(Json.write(row));
        body.write('\n');
        if (body.size() >= LIVE_BYTES) {
          inserted += postRows(table, body.toByteArray());
          body.reset();
        }
      }
      return body.size() == 0 ? inserted : inserted + postRows(table, body.toByteArray());
    } catch (IOException e) {
      throw unreachable("Controller " + controller, e);
    }
  }

  /// With a key, so that a second try adds nothing that the first one has written.
  private long postRows(String table, byte[] body) throws IOException {
    Map<String, String> headers =
        Map.of("Content-Type", "application/json", "Idempotency-Key", UUID.randomUUID().toString());
    URI uri = onController("/tables/" + encode(table) + "/rows");
    HttpAnswer answer;
    try {
      answer = http.postInterruptibly(uri, headers, body, INGEST_TIMEOUT);
    } catch (IOException e) {
      answer = http.postInterruptibly(uri, headers, body, INGEST_TIMEOUT);
    }
    checked("POST /tables/" + table + "/rows", answer);
    return countOf(Json.readObject(answer.body()), 0);
  }

  private static byte[] multipart(String boundary, List<? extends Map<String, ?>> rows)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String head =
        "--"
            + boundary
            + "\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"rows.json\"\r\n"
            + "Content-Type: application/json\r\n\r\n";
    body.write(head.getBytes(StandardCharsets.US_ASCII));
    for (Map<String, ?> row : rows) {
      body.write(Json.write(row));
      body.write('\n');
    }
    body.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return body.toByteArray();
  }

  private static long countOf(Map<String, Object> answer, long sent) {
    for (String key : List.of("rows", "rowCount", "rowsQueryable")) {
      if (answer.get(key) instanceof Number) {
        return ((Number) answer.get(key)).longValue();
      }
    }
    return sent;
  }

  /// Runs a query on any live broker.
  ///
  /// @throws ClientException with the query's error, or if no broker answers
  public QueryResult executeQuery(String sql) {
    byte[] body = Json.write(Map.of("sql", sql));
    IOException failure = null;
    // A second time with brokers asked for anew: the first may have been replaced.
    for (int attempt = 0; attempt < 2; attempt++) {
      try {
        Endpoint endpoint = attempt == 0 ? knownBroker() : freshBroker();
        HttpAnswer answer =
            http.post(http.uri(endpoint, "/query/sql"), "application/json", body, QUERY_TIMEOUT);
        checked("POST /query/sql", answer);
        return resultOf(Json.readObject(answer.body()));
      } catch (IOException e) {
        failure = e;
      }
    }
    throw unreachable("A broker", failure);
  }

  private static QueryResult resultOf(Map<String, Object> answer) {
    List<Object> exceptions = Json.asArray(answer.get("exceptions"));
    if (answer.get("resultTable") == null && !exceptions.isEmpty()) {
      Map<String, Object> first = Json.asObject(exceptions.get(0));
      Object code = first.get("errorCode");
      throw new ClientException(
          String.valueOf(first.get("message")),
          code instanceof Number ? ((Number) code).intValue() : 0);
    }
    return QueryResult.of(answer);
  }

  private Endpoint knownBroker() throws IOException {
    Endpoint known = broker;
    return known == null ? freshBroker() : known;
  }

  private Endpoint freshBroker() throws IOException {
    Endpoint fresh = discovery.liveBrokers().get(0);
    broker = fresh;
    return fresh;
  }

  private URI onController(String path) {
    return http.uri(controller, path);
  }

  private void checked(String what, HttpAnswer answer) {
    int status = answer.status();
    if (status < 200 || status >= 300) {
      throw new ClientException(
          what + " was refused with status " + status + ": " + errorText(answer.body()), status);
    }
  }

  /// The message of an error answer `{"code": …, "error": …}`, or the start of any other text.
  private static String errorText(byte[] body) {
    try {
      Object error = Json.readObject(body).get("error");
      if (error != null) {
        return error.toString();
      }
    } catch (IOException e) {
      // Not our JSON; the text itself is the best there is.
    }
    String text = new String(body, StandardCharsets.UTF_8).trim();
    return text.length() > 500 ? text.substring(0, 500) + "…" : text;
  }

  private static ClientException unreachable(String who, @Nullable IOException e) {
    return new ClientException(
        who + " cannot be reached: " + (e == null ? "" : HttpCaller.reason(e)), e);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
