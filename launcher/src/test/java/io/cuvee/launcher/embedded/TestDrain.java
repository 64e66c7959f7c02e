package io.cuvee.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDrain {
  private static final int SEGMENTS = 4;

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  private JsonNode send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.MAPPER.readTree(answer.body());
  }

  private static HttpRequest.Builder request(String url, String json) {
    return HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(json));
  }

  private static HttpRequest.Builder ingest(String controller, int value) {
    String format = URLEncoder.encode("{\"inputFormat\":\"csv\"}", StandardCharsets.UTF_8);
    String body =
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\n"
            + value
            + "\n"
            + value
            + "\n\r\n--xyz--\r\n";
    return request(
            controller + "/ingestFromFile?tableNameWithType=t_OFFLINE&batchConfigMapStr=" + format,
            body)
        .header("Content-Type", "multipart/form-data; boundary=xyz");
  }

  /// With one replica all that the server has must be loaded elsewhere first.
  @Test
  void aServerIsDrainedWhileEveryQueryIsAnsweredWholly() throws Exception {
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(
            directory,
            new EmbeddedCluster.Size(1, 2, 1),
            Map.of("broker.warm-up-rounds", "0", "server.warm-up", "0ms"),
            (part, millis) -> {})) {
      String controller = cluster.controllerUrls().getFirst();
      String broker = cluster.brokerUrls().getFirst();
      send(
          request(
              controller + "/schemas",
              "{\"schemaName\":\"t\",\"metricFieldSpecs\":[{\"name\":\"x\",\"dataType\":\"LONG\"}]}"));
      send(
          request(
              controller + "/tables",
              "{\"tableName\":\"t\",\"tableType\":\"OFFLINE\",\"segmentsConfig\":{\"replication\":\"1\"}}"));
      long sum = 0;
      for (int i = 0; i < SEGMENTS; i++) {
        send(ingest(controller, i));
        sum += 2L * i;
      }
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger asked = new AtomicInteger();
      AtomicReference<String> wrong = new AtomicReference<>();
      long expected = sum;
      Thread asking =
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get() && wrong.get() == null) {
                  try {
                    JsonNode answer =
                        send(
                            request(
                                broker + "/query/sql",
                                "{\"sql\":\"SELECT COUNT(*), SUM(x) FROM t\"}"));
                    JsonNode row = answer.at("/resultTable/rows/0");
                    asked.incrementAndGet();
                    if (row.path(0).asLong() != 2 * SEGMENTS || row.path(1).asLong() != expected) {
                      wrong.set(answer.toString());
                    }
                  } catch (Exception | AssertionError e) {
                    wrong.set(e.toString());
                  }
                }
              });
      send(
          HttpRequest.newBuilder(URI.create(controller + "/instances/server-0/state?state=DRAIN"))
              .PUT(BodyPublishers.noBody()));
      long end = System.nanoTime() + 60_000_000_000L;
      while (http.send(
                  HttpRequest.newBuilder(URI.create(controller + "/instances/server-0")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200) {
        assertThat(System.nanoTime()).as("it never stops").isLessThan(end);
        Thread.sleep(20);
      }
      int before = asked.get();
      while (asked.get() < before + 20 && wrong.get() == null) {
        Thread.sleep(5);
      }
      over.set(true);
      asking.join();
      assertThat(wrong.get()).isNull();
      assertThat(asked.get()).isGreaterThan(20);
    }
  }
}
