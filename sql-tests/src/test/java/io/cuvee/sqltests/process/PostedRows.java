package io.cuvee.sqltests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Rest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A client that posts numbered rows, and sends what was not acknowledged again under the same key,
/// on a thread of its own until it is closed.
final class PostedRows implements AutoCloseable {
  private static final int ROWS = 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long LIMIT_NANOS = 90_000_000_000L;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final List<String> controllers;
  private final AtomicLong acknowledged = new AtomicLong();
  private final List<String> problems = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closed;
  private long again;

  PostedRows(List<String> controllers) {
    this.controllers = controllers;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  static void createTable(Rest controller) throws Exception {
    controller
        .post(
            "/schemas",
            """
            {"schemaName": "posted", "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
            """)
        .expect(200);
    controller
        .post(
            "/tables",
            """
            {"tableName": "posted", "tableType": "REALTIME",
             "segmentsConfig": {"replication": "2", "schemaName": "posted"},
             "tableIndexConfig": {"streamConfigs": {"streamType": "rows",
               "realtime.segment.flush.threshold.rows": "700"}}}
            """)
        .expect(200);
  }

  private void run() {
    for (int request = 0; !closed; request++) {
      StringBuilder body = new StringBuilder();
      for (int i = 0; i < ROWS; i++) {
        body.append("{\"n\": ").append((long) request * ROWS + i).append("}\n");
      }
      int turn = request;
      while (!post(controllers.get(turn++ % controllers.size()), "request " + request, body)) {
        again++;
      }
      acknowledged.addAndGet(ROWS);
    }
  }

  private boolean post(String controller, String key, CharSequence body) {
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + controller + "/tables/posted/rows"))
                  .timeout(TIMEOUT)
                  .header("Idempotency-Key", key)
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200 && answer.statusCode() != 503) {
        problems.add(answer.statusCode() + " " + answer.body());
      }
      return answer.statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /// Waits for so many more acknowledged rows.
  void awaitMore(long rows) throws InterruptedException {
    long wanted = acknowledged() + rows;
    long end = System.nanoTime() + LIMIT_NANOS;
    while (acknowledged() < wanted) {
      assertThat(System.nanoTime()).as("acknowledged %s", acknowledged()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  /// Each acknowledged row is there, once, and if the client posts no more, no other.
  ///
  /// @param least acknowledged before
  static void verify(Rest broker, long least) throws Exception {
    long end = System.nanoTime() + LIMIT_NANOS;
    long count = -1;
    while (count < least) {
      assertThat(System.nanoTime()).as("%s of %s", count, least).isLessThan(end);
      JsonNode row =
          broker
              .query("SELECT COUNT(*), MAX(n), SUM(n) FROM posted")
              .path("resultTable")
              .path("rows")
              .path(0);
      if (row.isMissingNode()) {
        Thread.sleep(50);
        continue;
      }
      count = row.get(0).asLong();
      if (count > 0) {
        assertThat(row.get(1).asLong()).as(row.toString()).isEqualTo(count - 1);
        assertThat(row.get(2).asLong()).as(row.toString()).isEqualTo(count * (count - 1) / 2);
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
    assertThat(problems).isEmpty();
    System.out.println(
        acknowledged() + " rows acknowledged, " + again + " requests sent again by the client");
  }
}
