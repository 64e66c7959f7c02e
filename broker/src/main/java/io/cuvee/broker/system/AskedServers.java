package io.cuvee.broker.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Asks servers over HTTP, all at once and not for long. Thread-safe.
final class AskedServers {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /// What the servers answered.
  ///
  /// @param answers by the server's id
  /// @param problems by the id of a server that did not
  record Told(Map<String, JsonNode> answers, Map<String, String> problems) {}

  Told ask(List<Instance> servers, String path) {
    Map<String, CompletableFuture<HttpResponse<String>>> underWay = new TreeMap<>();
    for (Instance server : servers) {
      URI uri = URI.create("http://" + server.host() + ":" + server.httpPort() + path);
      underWay.put(
          server.id(),
          client.sendAsync(
              HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)));
    }
    Told told = new Told(new TreeMap<>(), new TreeMap<>());
    underWay.forEach((server, answer) -> {
      try {
        HttpResponse<String> response = answer.join();
        if (response.statusCode() == 200) {
          told.answers().put(server, Json.MAPPER.readTree(response.body()));
        } else {
          told.problems().put(server, "the server answered " + response.statusCode());
        }
      } catch (RuntimeException | IOException e) {
        told.problems().put(server, "the server does not answer");
      }
    });
    return told;
  }
}
