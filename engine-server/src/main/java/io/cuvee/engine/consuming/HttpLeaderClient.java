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
      Optional<HttpResponse<String>> answer =
          post("/completion/" + key.table() + "/" + key.segment(), message.toJson());
      return answer.isEmpty()
          ? Optional.empty()
          : Optional.of(CompletionAnswer.parse(answer.get().body()));
    } catch (IOException | CuveeException e) {
      LOG.debug("No answer about {}", key, e);
      return Optional.empty();
    }
  }

  @Override
  public boolean insert(String table, String rows) throws InterruptedException {
    try {
      return post("/tables/" + table + "/rows", rows).isPresent();
    } catch (IOException | CuveeException e) {
      LOG.debug("No answer about rows for {}", table, e);
      return false;
    }
  }

  /// @return empty if no controller leads, or it does not say that all is well
  private Optional<HttpResponse<String>> post(String path, String body)
      throws IOException, InterruptedException {
    Optional<String> leader = cluster.leader();
    Optional<Instance> found =
        cluster.instances(Instance.Role.CONTROLLER).stream()
            .filter(instance -> leader.equals(Optional.of(instance.id())))
            .findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Instance controller = found.get();
    URI uri = URI.create("http://" + controller.host() + ":" + controller.httpPort() + path);
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri)
                .timeout(ANSWER_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      LOG.debug("{} answered {} to {}", controller.id(), answer.statusCode(), path);
      return Optional.empty();
    }
    return Optional.of(answer);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
