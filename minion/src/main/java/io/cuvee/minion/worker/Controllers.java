package io.cuvee.minion.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Asks the controllers to change tables. A request goes to the one that leads, else to any, which
/// passes it on. Thread-safe.
public final class Controllers implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(30);

  private final ClusterState cluster;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  public Controllers(ClusterState cluster) {
    this.cluster = cluster;
  }

  /// Uploads a segment; when this returns servers have loaded it.
  ///
  /// @param condition query parameters that say when it may be taken: `expectedCrc=…`,
  ///   `segmentLineageEntryId=…` or `allowRefresh=false`
  /// @param marks to note with it
  /// @throws CuveeException `CONFLICT` if the condition does not hold
  void upload(String physicalTable, Path archive, String condition, Map<String, String> marks) {
    String boundary = "cuvee-" + UUID.randomUUID();
    BodyPublisher body;
    try {
      body =
          BodyPublishers.concat(
              BodyPublishers.ofString(
                  "--"
                      + boundary
                      + "\r\nContent-Disposition: form-data; name=\"segment\"; filename=\"segment.tar.gz\"\r\n"
                      + "Content-Type: application/octet-stream\r\n\r\n"),
              BodyPublishers.ofFile(archive),
              BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    } catch (IOException e) {
      throw new CuveeException(ErrorCode.IO, archive + " cannot be read: " + e.getMessage(), e);
    }
    StringBuilder path =
        new StringBuilder("/v2/segments?tableType=OFFLINE&wait=online&tableName=")
            .append(encode(physicalTable))
            .append('&')
            .append(condition);
    marks.forEach((name, text) -> path.append("&mark=").append(encode(name + "=" + text)));
    var _ =
        send(
            path.toString(),
            request ->
                request
                    .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                    .POST(body));
  }

  /// Notes texts with a version of a segment.
  void mark(String physicalTable, String segment, long crc, Map<String, String> marks) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    marks.forEach(body::put);
    var _ =
        send(
            "/segments/"
                + encode(physicalTable)
                + "/"
                + encode(segment)
                + "/marks?type=OFFLINE&crc="
                + crc,
            request -> request.PUT(BodyPublishers.ofString(body.toString())));
  }

  /// Begins to replace segments by others; replacements of the same segments that nobody ended are
  /// taken back.
  ///
  /// @return its id
  String startReplacement(String physicalTable, Collection<String> from, Collection<String> to) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    from.forEach(body.putArray("segmentsFrom")::add);
    to.forEach(body.putArray("segmentsTo")::add);
    return post(replacing(physicalTable, "start") + "&forceCleanup=true", body.toString())
        .path("segmentLineageEntryId")
        .asText();
  }

  /// Ends a replacement.
  ///
  /// @param to the new segments that there are
  /// @param moved what is noted with it
  void endReplacement(
      String physicalTable, String id, Collection<String> to, Optional<MovedRows.Step> moved) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    to.forEach(body.putArray("segmentsTo")::add);
    moved.ifPresent(step -> {
      ObjectNode node = body.putObject("moved");
      step.before().ifPresent(before -> node.set("before", read(before.toJson())));
      node.set("after", read(step.after().toJson()));
    });
    var _ =
        post(
            replacing(physicalTable, "end") + "&segmentLineageEntryId=" + encode(id),
            body.toString());
  }

  /// Takes a replacement back.
  void revertReplacement(String physicalTable, String id) {
    var _ =
        post(
            replacing(physicalTable, "revert")
                + "&forceRevert=true&segmentLineageEntryId="
                + encode(id),
            "");
  }

  private static String replacing(String physicalTable, String verb) {
    return "/segments/" + encode(physicalTable) + "/" + verb + "ReplaceSegments?type=OFFLINE";
  }

  private JsonNode post(String path, String body) {
    return send(path, request -> request.POST(BodyPublishers.ofString(body)));
  }

  private interface Request {
    HttpRequest.Builder complete(HttpRequest.Builder request);
  }

  private JsonNode send(String path, Request completion) {
    Instance controller = leader();
    URI uri = URI.create("http://" + controller.host() + ":" + controller.httpPort() + path);
    try {
      HttpResponse<String> response =
          client.send(
              completion.complete(HttpRequest.newBuilder(uri).timeout(TIMEOUT)).build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode answer = read(response.body());
      if (response.statusCode() >= 300) {
        throw new CuveeException(
            code(response.statusCode()), answer.path("error").asText(response.body()));
      }
      return answer;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER,
          "The controller " + controller.id() + " did not answer: " + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Interrupted.", e);
    }
  }

  private static JsonNode read(String body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return Json.MAPPER.createObjectNode();
    }
  }

  private static ErrorCode code(int status) {
    return switch (status) {
      case 404 -> ErrorCode.NOT_FOUND;
      case 409 -> ErrorCode.CONFLICT;
      case 429 -> ErrorCode.TOO_MANY_REQUESTS;
      case 403 -> ErrorCode.QUOTA_EXCEEDED;
      default -> status < 500 ? ErrorCode.INVALID_INPUT : ErrorCode.NO_CONTROLLER;
    };
  }

  private Instance leader() {
    Optional<String> leader = cluster.leader();
    List<Instance> controllers = new ArrayList<>(cluster.instances(Instance.Role.CONTROLLER));
    controllers.sort(Comparator.comparing(instance -> !leader.equals(Optional.of(instance.id()))));
    if (controllers.isEmpty()) {
      throw new CuveeException(
          ErrorCode.NO_CONTROLLER, "No controller is alive. Start one, or wait for it.");
    }
    return controllers.getFirst();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
