package io.cuvee.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What brokers still want of a server that is about to stop. They hear of it by their own watches;
/// until each has said so, queries may come.
final class BrokerDuties implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerDuties.class);

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /// Whether no broker will send the server a query any more, but for what nobody else has.
  ///
  /// @param toTheLast whether nothing may be left that nobody else has
  boolean areOver(List<Instance> brokers, String server, boolean toTheLast)
      throws InterruptedException {
    for (Instance broker : brokers) {
      if (!isOver(broker, server, toTheLast)) {
        return false;
      }
    }
    return true;
  }

  private boolean isOver(Instance broker, String server, boolean toTheLast)
      throws InterruptedException {
    URI uri =
        URI.create(
            "http://" + broker.host() + ":" + broker.httpPort() + "/debug/servers/" + server);
    try {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 404) {
        // A broker of an older release cannot tell.
        return true;
      }
      JsonNode duties = Json.MAPPER.readTree(answer.body());
      return duties.path("departed").asBoolean()
          && duties.path("olderQueries").asInt() == 0
          && (!toTheLast || duties.path("segments").asInt() == 0);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      LOG.debug("Broker {} is gone", broker.id(), e);
      return true;
    } catch (IOException e) {
      LOG.debug("Broker {} does not answer", broker.id(), e);
      return false;
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
