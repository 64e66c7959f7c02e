package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.error.CuveeException;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the leading controller over HTTP, whichever it is at the moment.
public final class HttpLeaderClient implements LeaderClient, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpLeaderClient.class);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

  /// Longer than a controller tries, so that it can say why it gave up.
  private static final Duration ROWS_TIMEOUT = Duration.ofSeconds(20);

  private final ClusterState cluster;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  public HttpLeaderClient(ClusterState cluster) {
    this.cluster = cluster;
  }

  @Override
  public Optional<CompletionAnswer> send(SegmentKey key, CompletionMessage message)
      throws InterruptedException {
    try {
      return Optional.of(
          CompletionAnswer.parse(
              post(
                  "/completion/" + key.table() + "/" + key.segment(),
                  message.toJson(),
                  ANSWER_TIMEOUT)));
    } catch (IOException | CuveeException e) {
      LOG.debug("No answer about {}", key, e);
      return Optional.empty();
    }
  }

  @Override
  public boolean insert(String table, String rows) throws InterruptedException {
    try {
      post("/tables/" + table + "/rows", rows, ROWS_TIMEOUT);
      return true;
    } catch (IOException | CuveeException e) {
      LOG.warn("Rows for {} are not written yet: {}", table, e.toString());
      return false;
    }
  }

  /// @return what the leading controller says when all is well
  /// @throws IOException if it says anything else, or nothing in time, or none leads
  private String post(String path, String body, Duration timeout)
      throws IOException, InterruptedException {
    Optional<String> leader = cluster.leader();
    Instance controller =
        cluster.instances(Instance.Role.CONTROLLER).stream()
            .filter(instance -> leader.equals(Optional.of(instance.id())))
            .findFirst()
            .orElseThrow(() -> new IOException("no controller leads now"));
    URI uri = URI.create("http://" + controller.host() + ":" + controller.httpPort() + path);
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(
          controller.id() + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
