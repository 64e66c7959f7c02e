package io.cuvee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestHttpServer {
  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path temp;
  private HttpServer server;
  private final BlockingQueue<String> watched = new LinkedBlockingQueue<>();
  private volatile HealthCheck.Health health = HealthCheck.Health.WARM;

  @BeforeEach
  void start() {
    start(Duration.ofSeconds(2));
  }

  private void start(Duration idleTimeout) {
    server =
        HttpServer.builder()
            .host("127.0.0.1")
            .idleTimeout(idleTimeout)
            .tempDirectory(temp)
            .health(() -> health)
            .route("GET", "/tables", request -> HttpResponse.text(200, "all"))
            .route(
                "GET",
                "/tables/{table}",
                request -> HttpResponse.text(200, request.variable("table")))
            .route("GET", "/tables/live", request -> HttpResponse.text(200, "live ones"))
            .route(
                "GET",
                "/tables/{table}/{part}/size",
                request ->
                    HttpResponse.text(
                        200, request.variable("table") + "+" + request.variable("part")))
            .route(
                "GET",
                "/files/{path...}",
                request -> HttpResponse.text(200, "[" + request.variable("path") + "]"))
            .route(
                "POST",
                "/echo",
                request -> HttpResponse.bytes(200, "text/plain", request.body(1000)))
            .route("POST", "/parts", this::parts)
            .route(
                "GET",
                "/query",
                request ->
                    HttpResponse.text(
                        200,
                        request.query("q", "none")
                            + request.queryValues("q")
                            + request.queryFlag("flag")))
            .route(
                "GET",
                "/json",
                request -> HttpResponse.json(200, Map.of("a", 1)).withHeader("X-One", "1"))
            .route(
                "GET",
                "/missing",
                request -> {
                  throw new CuveeException(ErrorCode.TABLE_NOT_FOUND, "No table 'ä'.");
                })
            .route(
                "GET",
                "/broken",
                request -> {
                  throw new IllegalStateException("secret state");
                })
            .route(
                "GET",
                "/slow",
                request -> {
                  Thread.sleep(750);
                  return HttpResponse.text(200, "done");
                })
            .route(
                "POST",
                "/watch",
                request -> {
                  boolean before = request.isClientGone();
                  request.body(100);
                  for (int i = 0; i < 100 && !request.isClientGone(); i++) {
                    Thread.sleep(5);
                  }
                  watched.add(before + " " + request.isClientGone());
                  return HttpResponse.text(200, "watched");
                })
            .route(
                "GET",
                "/stream",
                request ->
                    HttpResponse.stream(
                        200,
                        "text/plain",
                        out -> {
                          for (int i = 0; i < 100_000; i++) {
                            out.write("0123456789".getBytes(StandardCharsets.US_ASCII));
                          }
                        }))
            .route(
                "GET",
                "/breaks",
                request ->
                    HttpResponse.stream(
                        200,
                        "text/plain",
                        out -> {
                          out.write(new byte[200_000]);
                          out.flush();
                          throw new IOException("the file is gone");
                        }))
            .start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse parts(HttpRequest request) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Multipart.Part part : request.multipart(1 << 20)) {
      text.append(part.name())
          .append('|')
          .append(part.fileName().orElse("-"))
          .append('|')
          .append(part.sizeBytes())
          .append('|')
          .append(part.text(), 0, 3)
          .append('\n');
    }
    return HttpResponse.text(200, text.toString());
  }

  private java.net.http.HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).GET().build(), BodyHandlers.ofString());
  }

  private java.net.http.HttpResponse<String> post(String path, String contentType, byte[] body)
      throws Exception {
    return client.send(
        request(path)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private java.net.http.HttpRequest.Builder request(String path) {
    return java.net.http.HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.port() + path));
  }

  /// Sends bytes as they are, which no HTTP client would.
  private String raw(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void literalsWinOverVariables() throws Exception {
    assertThat(get("/tables").body()).isEqualTo("all");
    assertThat(get("/tables/").body()).isEqualTo("all");
    assertThat(get("/tables/flights").body()).isEqualTo("flights");
    assertThat(get("/tables/live").body()).isEqualTo("live ones");
    assertThat(get("/tables/live/x/size").body()).isEqualTo("live+x");
    assertThat(get("/tables/a%20%C3%A4+b").body()).isEqualTo("a ä+b");
  }

  @Test
  void restVariableTakesTheRest() throws Exception {
    assertThat(get("/files").body()).isEqualTo("[]");
    assertThat(get("/files/a/b.js").body()).isEqualTo("[a/b.js]");
  }

  @Test
  void queryParametersAreDecoded() throws Exception {
    assertThat(get("/query").body()).isEqualTo("none[]false");
    assertThat(get("/query?q=a%26b&q=c+d&flag").body()).isEqualTo("a&b[a&b, c d]true");
    assertThat(get("/query?flag=false").body()).isEqualTo("none[]false");
    assertThat(raw("GET /query?q=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains(" 400 ");
  }

  @Test
  void unknownPathNamesTheNearest() throws Exception {
    var answer = get("/tabels");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("\"code\":404", "There is no /tabels here", "GET /tables");
    assertThat(get("/tables/a/b/c/d").statusCode()).isEqualTo(404);
  }

  @Test
  void wrongMethodNamesTheAllowed() throws Exception {
    var answer = post("/tables", "text/plain", new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET");
    assertThat(answer.body()).contains("/tables does not take POST. Use GET.");
  }

  @Test
  void ambiguousPathsAreRefused() throws Exception {
    for (String path :
        List.of(
            "/tables/../json",
            "/tables//x",
            "/tables/a;b",
            "/tables/a%2fb",
            "/tables/%2e%2e",
            "/tables/%00",
            "/tables/%",
            "/tables/%ff")) {
      String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(answer).as(path).contains(" 400 ", "\"code\":400");
    }
  }

  @Test
  void malformedRequestGetsJson() throws Exception {
    assertThat(raw("GET\r\n\r\n")).contains(" 400 ", "\"error\":\"The request is not valid");
    assertThat(raw("GET /tables HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(40_000) + "\r\n\r\n"))
        .contains(" 431 ");
  }

  @Test
  void bodyComesBack() throws Exception {
    assertThat(post("/echo", "text/plain", "häß".getBytes(StandardCharsets.UTF_8)).body())
        .isEqualTo("häß");
    assertThat(post("/echo", "text/plain", new byte[0]).body()).isEmpty();
    String chunked =
        raw(
            "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    assertThat(chunked).endsWith("abcde");
  }

  @Test
  void tooLongBodyIs413() throws Exception {
    var answer = post("/echo", "text/plain", new byte[1001]);
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("longer than 1000 bytes");
    var chunked =
        client.send(
            request("/echo")
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[5000])))
                .build(),
            BodyHandlers.ofString());
    assertThat(chunked.statusCode()).isEqualTo(413);
  }

  @Test
  void bodyThatStopsTimesOut() throws Exception {
    String answer = raw("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    assertThat(answer).doesNotContain(" 200 ");
  }

  @Test
  void multipartPartsAreFilesThatGo() throws Exception {
    String body =
        "--XX\r\nContent-Disposition: form-data; name=\"segment\"; filename=\"../../x.tar.gz\"\r\n\r\n"
            + "z".repeat(100_000)
            + "\r\n--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nabc\r\n--XX--\r\n";
    var answer =
        post(
            "/parts", "multipart/form-data; boundary=XX", body.getBytes(StandardCharsets.US_ASCII));
    assertThat(answer.body()).isEqualTo("segment|../../x.tar.gz|100000|zzz\nnote|-|3|abc\n");
    try (var left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void damagedMultipartIsRefused() throws Exception {
    assertThat(post("/parts", "text/plain", new byte[3]).body())
        .contains("must be multipart/form-data");
    var cut =
        post(
            "/parts",
            "multipart/form-data; boundary=XX",
            "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\nabc"
                .getBytes(StandardCharsets.US_ASCII));
    assertThat(cut.statusCode()).isEqualTo(400);
    assertThat(cut.body()).contains("multipart body cannot be read");
    assertThat(cut.headers().firstValue("Connection")).contains("close");
    assertThat(post("/parts", "multipart/form-data; boundary=XX", new byte[2 << 20]).statusCode())
        .isEqualTo(413);
    try (var left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void failuresBecomeAnswers() throws Exception {
    var missing = get("/missing");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body())
        .isEqualTo("{\"code\":404,\"error\":\"No table 'ä'.\",\"errorCode\":190}");
    var broken = get("/broken");
    assertThat(broken.statusCode()).isEqualTo(500);
    assertThat(broken.body()).contains("Internal error").doesNotContain("\tat ");
  }

  @Test
  void headersAndJsonArriveAlsoForHead() throws Exception {
    assertThat(get("/json").headers().firstValue("X-One")).contains("1");
    assertThat(get("/json").headers().firstValue("Content-Type")).contains("application/json");
    var head =
        client.send(
            request("/json").method("HEAD", BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void handlerMayWorkLongerThanTheIdleTimeout() throws Exception {
    server.close();
    start(Duration.ofMillis(300));
    assertThat(get("/slow").body()).isEqualTo("done");
  }

  @Test
  void streamsArriveWhole() throws Exception {
    assertThat(get("/stream").body()).hasSize(1_000_000);
  }

  @Test
  void streamThatFailsBreaksTheConnection() {
    assertThatThrownBy(() -> get("/breaks")).isInstanceOf(IOException.class);
  }

  @Test
  void commonRoutesAnswer() throws Exception {
    assertThat(get("/health").body()).isEqualTo("OK");
    assertThat(get("/version").body()).contains("\"cuvee\":\"0.");
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
    health = HealthCheck.Health.READY;
    assertThat(get("/health/readiness").statusCode()).isEqualTo(200);
    assertThat(get("/health/warm").statusCode()).isEqualTo(503);
    health = HealthCheck.Health.notReady("loading");
    assertThat(get("/health").statusCode()).isEqualTo(503);
    assertThat(get("/health/readiness").body()).isEqualTo("NOT OK: loading");
    assertThat(get("/health/liveness").statusCode()).isEqualTo(200);
  }

  @Test
  void portInUseSaysWhatToDo() {
    assertThatThrownBy(() ->
            HttpServer.builder()
                .host("127.0.0.1")
                .port(server.port())
                .portSetting("http.port")
                .start())
        .isInstanceOfSatisfying(
            CuveeException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
        .hasMessageContaining("Port " + server.port())
        .hasMessageContaining("http.port");
  }

  @Test
  void foreignHostSaysWhatToDo() {
    assertThatThrownBy(() -> HttpServer.builder().host("203.0.113.9").start())
        .isInstanceOfSatisfying(
            CuveeException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_SETTING));
  }

  @Test
  void keepAliveConnectionServesManyRequests() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setTcpNoDelay(true);
      for (int i = 0; i < 500; i++) {
        socket
            .getOutputStream()
            .write("GET /tables HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] buffer = new byte[4096];
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("all")) {
          int count = socket.getInputStream().read(buffer);
          assertThat(count).isPositive();
          answer.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        }
      }
    }
  }

  @Test
  void clientThatGoesAwayIsNoticed() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /watch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(50);
    }
    assertThat(watched.poll(10, TimeUnit.SECONDS)).isEqualTo("false true");
  }

  @Test
  void requestsSentAheadAreNotLostByLooking() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST /watch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(50);
      socket
          .getOutputStream()
          .write(
              "GET /tables HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answers).contains("watched").endsWith("all");
    }
    assertThat(watched.poll(10, TimeUnit.SECONDS)).isEqualTo("false false");
  }
}
