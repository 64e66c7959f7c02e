package io.cuvee.engine.loading;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.catalog.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The copies of segments that other servers have, for what the deep store does not give. A
/// controller knows which servers those are. Thread-safe.
final class PeerCopies {
  private static final Logger LOG = LoggerFactory.getLogger(PeerCopies.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(10);

  private final ClusterState cluster;

  PeerCopies(ClusterState cluster) {
    this.cluster = cluster;
  }

  /// Fetches the archive of a segment from another server; what it holds still has to be verified.
  ///
  /// @param archive a file that is written anew
  /// @return false if no server gives it
  boolean fetch(SegmentKey key, long crc, Path archive) {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build()) {
      String segment = "/segments/" + key.table() + "/" + key.segment();
      for (String server : servers(client, segment)) {
        URI source = URI.create(server + segment + "/archive?crc=" + Long.toHexString(crc));
        if (fetch(client, source, archive)) {
          LOG.info("Segment {} was fetched from {}", key, server);
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// Addresses of those that serve a segment, in any order, so that not all ask the same one.
  private List<String> servers(HttpClient client, String segment) throws InterruptedException {
    for (Instance controller : cluster.instances(Instance.Role.CONTROLLER)) {
      URI uri =
          URI.create(
              "http://" + controller.host() + ":" + controller.httpPort() + segment + "/servers");
      try {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
          List<String> servers = new ArrayList<>();
          for (JsonNode server : Json.MAPPER.readTree(answer.body()).path("servers")) {
            servers.add(server.asText());
          }
          Collections.shuffle(servers);
          return servers;
        }
        LOG.debug("{} answered {}", uri, answer.statusCode());
      } catch (IOException e) {
        LOG.debug("No answer from {}", uri, e);
      }
    }
    return List.of();
  }

  private static boolean fetch(HttpClient client, URI source, Path archive)
      throws InterruptedException {
    try {
      HttpResponse<Path> answer =
          client.send(
              HttpRequest.newBuilder(source).timeout(FETCH_TIMEOUT).build(),
              BodyHandlers.ofFile(
                  archive,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE));
      LOG.debug("{} answered {}", source, answer.statusCode());
      return answer.statusCode() == 200;
    } catch (IOException e) {
      LOG.debug("No answer from {}", source, e);
      return false;
    }
  }
}
