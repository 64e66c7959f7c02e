package io.cuvee.benchmarks.live;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A client that posts rows with the numbers 0, 1, 2, … in requests of equal size, one after the
/// other, and sends what was not acknowledged again under the same key, until it is closed.
final class PostedEvents implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ROW_BYTES = 200;

  private final int client;
  private final int rows;
  private final URI target;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong again = new AtomicLong();
  private final List<Long> waits = new ArrayList<>();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean closed;

  /// @param client tells its rows from those of others
  /// @param rows of a request
  PostedEvents(String controllerUrl, int client, int rows) {
    this.client = client;
    this.rows = rows;
    this.target = URI.create(controllerUrl + "/tables/posted/rows");
    this.thread = Thread.ofPlatform().daemon().start(this::run);
  }

  private void run() {
    try {
      for (int request = 0; !closed; request++) {
        byte[] body = body((long) request * rows);
        String key = client + " " + request;
        long begun = System.nanoTime();
        while (!isTaken(key, body)) {
          again.incrementAndGet();
        }
        synchronized (waits) {
          waits.add(System.nanoTime() - begun);
        }
        acknowledged.addAndGet(rows);
      }
    } catch (InterruptedException | RuntimeException e) {
      problem.compareAndSet(null, e.toString());
    }
  }

  private boolean isTaken(String key, byte[] body) throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(target)
                  .timeout(TIMEOUT)
                  .header("Idempotency-Key", key)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 200) {
        return true;
      }
      if (answer.statusCode() != 503) {
        throw new IllegalStateException(answer.statusCode() + " " + answer.body());
      }
    } catch (IOException e) {
      // Perhaps it was taken, perhaps not.
    }
    Thread.sleep(50);
    return false;
  }

  private byte[] body(long first) {
    StringBuilder body = new StringBuilder(rows * (ROW_BYTES + 1));
    for (long n = first; n < first + rows; n++) {
      int begun = body.length();
      body.append("{\"client\":")
          .append(client)
          .append(",\"n\":")
          .append(n)
          .append(",\"at\":")
          .append(1_795_392_000_000L + n)
          .append(",\"country\":\"C")
          .append(n * 31 % 50)
          .append("\",\"device\":\"device-")
          .append(n % 7)
          .append("\",\"amount\":")
          .append(n % 1000)
          .append(".25,\"page\":\"/section/")
          .append(n * 17 % 4000)
          .append('/');
      while (body.length() < begun + ROW_BYTES - 2) {
        body.append('x');
      }
      body.append("\"}\n");
    }
    return body.toString().getBytes(StandardCharsets.US_ASCII);
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /// Requests that were sent again.
  long again() {
    return again.get();
  }

  /// Nanoseconds from each request to its acknowledgement.
  List<Long> waits() {
    synchronized (waits) {
      return List.copyOf(waits);
    }
  }

  /// What it ended of, if it did.
  Optional<String> problem() {
    return Optional.ofNullable(problem.get());
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
    http.close();
  }
}
