package io.cuvee.controller.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.RowLogRecord.Member;
import io.cuvee.cluster.state.RowLogRecord.Partition;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowFrames;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Asks servers about the logs that they hold. Thread-safe.
public final class RowLogClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration QUICK = Duration.ofSeconds(3);
  private static final Duration CHANGE = Duration.ofSeconds(20);

  private final ClusterState cluster;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  public RowLogClient(ClusterState cluster) {
    this.cluster = cluster;
  }

  /// The server as it is now, if it is there.
  Optional<Instance> server(Member member) {
    return cluster.instances(Instance.Role.SERVER).stream()
        .filter(instance -> instance.id().equals(member.server()))
        .findFirst();
  }

  /// Appends rows where the server leads.
  AppendResult append(Instance server, String log, RowBatch batch, Duration timeout)
      throws InterruptedException {
    try {
      HttpResponse<byte[]> answer =
          send(
              server,
              "POST",
              log + "?wait=" + timeout.toMillis(),
              BodyPublishers.ofByteArray(RowFrames.encodeBatch(batch)),
              timeout.plusMillis(200));
      return switch (answer.statusCode()) {
        case 200 -> RowFrames.decodeResults(ByteBuffer.wrap(answer.body())).getFirst();
        // It has not joined the log yet.
        case 404 -> new AppendResult.Elsewhere(Optional.empty());
        default -> new AppendResult.Unknown(text(server, answer));
      };
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return new AppendResult.Elsewhere(Optional.empty());
    } catch (IOException e) {
      return new AppendResult.Unknown(server.id() + " did not answer: " + e);
    }
  }

  /// The first offset that the log still has, as one of its members knows.
  OptionalLong earliestOffset(Partition partition) throws InterruptedException {
    OptionalLong earliest = OptionalLong.empty();
    for (Member member : partition.members()) {
      Optional<Instance> server = server(member);
      if (server.isPresent()) {
        try {
          HttpResponse<byte[]> answer =
              send(
                  server.get(), "GET", partition.id() + "/offsets", BodyPublishers.noBody(), QUICK);
          if (answer.statusCode() == 200) {
            long offset = object(answer).path("earliest").asLong();
            earliest = OptionalLong.of(Math.max(offset, earliest.orElse(0)));
          }
        } catch (IOException e) {
          // Another one may answer.
        }
      }
    }
    return earliest;
  }

  /// Tells the log's leader who its members are.
  ///
  /// @return whether the members know it now
  boolean changeMembers(Partition partition) throws InterruptedException {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode members = body.putArray("members");
    partition
        .members()
        .forEach(member ->
            members
                .addObject()
                .put("peer", member.peer())
                .put("host", member.host())
                .put("port", member.port()));
    for (Member member : partition.members()) {
      Optional<Instance> server = server(member);
      if (server.isPresent()) {
        try {
          HttpResponse<byte[]> answer =
              send(
                  server.get(),
                  "PUT",
                  partition.id() + "/members",
                  BodyPublishers.ofString(body.toString()),
                  CHANGE);
          if (answer.statusCode() == 200 && object(answer).path("changed").asBoolean()) {
            return true;
          }
        } catch (IOException e) {
          // It does not lead, or no longer.
        }
      }
    }
    return false;
  }

  private static JsonNode object(HttpResponse<byte[]> answer) {
    return Json.object(
        new String(answer.body(), StandardCharsets.UTF_8), "answer", ErrorCode.PROTOCOL);
  }

  private static String text(Instance server, HttpResponse<byte[]> answer) {
    return server.id()
        + " answered "
        + answer.statusCode()
        + " "
        + new String(answer.body(), StandardCharsets.UTF_8);
  }

  private HttpResponse<byte[]> send(
      Instance server, String method, String rest, BodyPublisher body, Duration timeout)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(
                URI.create(
                    "http://" + server.host() + ":" + server.httpPort() + "/row-logs/" + rest))
            .timeout(timeout)
            .method(method, body)
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
