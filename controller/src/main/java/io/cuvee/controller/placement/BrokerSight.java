package io.cuvee.controller.placement;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.catalog.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether brokers know of a segment. They hear of it by their own watches, a moment after the
/// record was written; who was told that rows can be queried must not be faster than that.
public final class BrokerSight implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerSight.class);

  /// A broker that takes longer is in trouble, and must not hold up uploads.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final ClusterState cluster;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  public BrokerSight(ClusterState cluster) {
    this.cluster = cluster;
  }

  /// Waits until every ready broker routes queries to the segment.
  public void awaitSeen(SegmentKey key) {
    await(key, true);
  }

  /// Waits until no ready broker routes queries to the segment.
  public void awaitGone(SegmentKey key) {
    await(key, false);
  }

  private void await(SegmentKey key, boolean seen) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Instance broker : cluster.instances(Role.BROKER)) {
      if (broker.isReady() && !await(broker, key, seen, end)) {
        LOG.warn("Broker {} does not know yet of a change of segment {}", broker.id(), key);
      }
    }
  }

  private boolean await(Instance broker, SegmentKey key, boolean seen, long end) {
    try {
      while (System.nanoTime() < end) {
        if (sees(broker, key) == seen) {
          return true;
        }
        Thread.sleep(PAUSE);
      }
    } catch (IOException e) {
      LOG.debug("Broker {} cannot be asked", broker.id(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private boolean sees(Instance broker, SegmentKey key) throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://"
                + broker.host()
                + ":"
                + broker.httpPort()
                + "/debug/routingTable/"
                + key.table()
                + "?segment="
                + URLEncoder.encode(key.segment(), StandardCharsets.UTF_8));
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      return false;
    }
    for (JsonNode segments : Json.MAPPER.readTree(answer.body()).path(key.table())) {
      for (JsonNode segment : segments) {
        if (segment.asText().equals(key.segment())) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
