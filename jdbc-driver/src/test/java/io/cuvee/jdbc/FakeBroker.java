package io.cuvee.jdbc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cuvee.jdbc.http.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.calcite.avatica.metrics.noop.NoopMetricsSystem;
import org.apache.calcite.avatica.remote.Handler;
import org.apache.calcite.avatica.remote.JsonHandler;
import org.apache.calcite.avatica.remote.LocalService;

/// A broker on a free port: Avatica's JSON endpoint over [FakeMeta], cancellation and the version.
final class FakeBroker implements AutoCloseable {
  static {
    // Older JDKs' server otherwise waits 40 ms with every answer.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final CountDownLatch cancelled = new CountDownLatch(1);
  final CountDownLatch slowStarted = new CountDownLatch(1);
  final FakeMeta meta = new FakeMeta(this::awaitCancellation);

  /// The kinds of the requests so far, such as `prepareAndExecute`.
  final List<String> requests = new CopyOnWriteArrayList<>();

  /// The headers of the last request of each kind.
  final Map<String, Map<String, List<String>>> headers = new ConcurrentHashMap<>();

  final List<String> cancelledIds = new CopyOnWriteArrayList<>();

  /// If not 0, every request is answered with this status and no JSON.
  volatile int failWith;

  /// Whether the next request gets no answer but a closed connection.
  volatile boolean dropsNext;

  volatile String warning = "";

  /// Whether rows are sent by column, as brokers do since they can.
  volatile boolean sendsColumns;

  /// Whether these are changed on their way.
  volatile boolean damagesColumns;

  /// The columns of each statement's result.
  private final Map<Object, List<Column>> columns = new ConcurrentHashMap<>();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  FakeBroker() throws IOException {
    this(0);
  }

  FakeBroker(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/avatica", this::avatica);
    server.createContext("/query/", this::cancel);
    server.createContext(
        "/version",
        exchange ->
            answer(exchange, 200, "{\"version\":\"3.7.1\"}".getBytes(StandardCharsets.UTF_8)));
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "jdbc:cuvee://localhost:" + port() + "/";
  }

  private void awaitCancellation() {
    slowStarted.countDown();
    try {
      cancelled.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void avatica(HttpExchange exchange) throws IOException {
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String kind =
        String.valueOf(Json.readObject(request.getBytes(StandardCharsets.UTF_8)).get("request"));
    requests.add(kind);
    headers.put(kind, Map.copyOf(exchange.getRequestHeaders()));
    if (dropsNext) {
      dropsNext = false;
      exchange.close();
      return;
    }
    if (failWith != 0) {
      answer(exchange, failWith, "no".getBytes(StandardCharsets.UTF_8));
      return;
    }
    JsonHandler handler = new JsonHandler(new LocalService(meta), NoopMetricsSystem.getInstance());
    Handler.HandlerResponse<String> response = handler.apply(request);
    if (!warning.isEmpty()) {
      exchange
          .getResponseHeaders()
          .add(
              "X-Cuvee-Warning",
              "01000 " + URLEncoder.encode(warning, StandardCharsets.UTF_8).replace("+", "%20"));
    }
    byte[] body = response.getResponse().getBytes(StandardCharsets.UTF_8);
    String accept = String.valueOf(exchange.getRequestHeaders().getFirst("Accept"));
    if (sendsColumns
        && response.getStatusCode() == 200
        && accept.contains(ColumnFrame.MEDIA_TYPE)) {
      body = byColumn(request, body);
    }
    answer(exchange, response.getStatusCode(), body);
  }

  private byte[] byColumn(String request, byte[] json) throws IOException {
    Map<String, Object> asked = Json.readObject(request.getBytes(StandardCharsets.UTF_8));
    Map<String, Object> handle = Json.asObject(asked.get("statementHandle"));
    Object statement = handle.getOrDefault("id", asked.get("statementId"));
    AvaticaAnswer answer = AvaticaAnswer.read(json, columns.getOrDefault(statement, List.of()));
    if (answer.frame() == null) {
      return json;
    }
    byte[] signature = new byte[0];
    if (answer.signature() != null) {
      columns.put(statement, answer.signature().columns());
      List<Object> results = Json.asArray(Json.readObject(json).get("results"));
      signature = Json.write(Json.asObject(results.get(0)).get("signature"));
    }
    byte[] body = byColumn(answer.frame(), columns.get(statement), signature);
    if (damagesColumns) {
      body[body.length - 1] ^= 1;
    }
    return body;
  }

  private static byte[] byColumn(Frame frame, List<Column> columns, byte[] signature) {
    FrameBytes bytes = new FrameBytes();
    try {
      for (int i = 0; i < columns.size(); i++) {
        List<Object> values = new ArrayList<>();
        for (int row = 0; row < frame.rowCount(); row++) {
          values.add(frame.column(i).isNull(row) ? null : frame.column(i).get(row));
        }
        bytes.column(columns.get(i), values);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return FrameBytes.answer(
        frame.isLast(), signature, frame.rowCount(), columns.size(), bytes.bytes());
  }

  private void cancel(HttpExchange exchange) throws IOException {
    cancelledIds.add(exchange.getRequestURI().getPath().substring("/query/".length()));
    cancelled.countDown();
    answer(exchange, 200, new byte[0]);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  String header(String kind, String name) {
    for (Map.Entry<String, List<String>> header : headers.get(kind).entrySet()) {
      if (header.getKey().equalsIgnoreCase(name)) {
        return header.getValue().get(0);
      }
    }
    return "";
  }

  @Override
  public void close() {
    stop();
  }

  /// Refuses connections from now on.
  void stop() {
    cancelled.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
