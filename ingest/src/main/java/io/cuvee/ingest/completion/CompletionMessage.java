package io.cuvee.ingest.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// What a replica tells the leading controller about one consuming segment. Each may be sent again
/// at any time, arrive twice, late or never.
public sealed interface CompletionMessage {
  /// Id of the server that holds the replica.
  String server();

  /// Where the replica's rows end: the offset of the first message that is not in it.
  long offset();

  /// The replica is at an end, and asks what to do.
  record Consumed(String server, long offset, EndReason reason) implements CompletionMessage {}

  /// The chosen replica is still building or uploading.
  record Building(String server, long offset) implements CompletionMessage {}

  /// The chosen replica has uploaded the sealed segment, and asks for it to be committed.
  record CommitEnd(String server, long offset, SealedSegment sealed) implements CompletionMessage {}

  /// The replica cannot seal the segment; another one may.
  record Failed(String server, long offset, String problem) implements CompletionMessage {}

  default String toJson() {
    ObjectNode node =
        Json.MAPPER.createObjectNode().put("server", server()).put("offset", offset());
    switch (this) {
      case Consumed consumed ->
          node.put("message", "consumed").put("reason", consumed.reason().name());
      case Building _ -> node.put("message", "building");
      case CommitEnd end -> node.put("message", "commitEnd").set("sealed", end.sealed().toNode());
      case Failed failed -> node.put("message", "failed").put("problem", failed.problem());
    }
    return node.toString();
  }

  /// @throws CuveeException `PROTOCOL` if it is no such message
  static CompletionMessage parse(String json) {
    JsonNode node = Json.object(json, "completion message", ErrorCode.PROTOCOL);
    String server = node.path("server").asText();
    JsonNode offset = node.path("offset");
    String message = node.path("message").asText();
    if (server.isEmpty() || !offset.canConvertToLong()) {
      throw unknown(json);
    }
    return switch (message) {
      case "consumed" -> new Consumed(server, offset.asLong(), reason(node, json));
      case "building" -> new Building(server, offset.asLong());
      case "commitEnd" ->
          new CommitEnd(server, offset.asLong(), SealedSegment.of(node.path("sealed")));
      case "failed" -> new Failed(server, offset.asLong(), node.path("problem").asText());
      default -> throw unknown(json);
    };
  }

  private static EndReason reason(JsonNode node, String json) {
    try {
      return EndReason.valueOf(node.path("reason").asText());
    } catch (IllegalArgumentException e) {
      throw unknown(json);
    }
  }

  private static CuveeException unknown(String json) {
    return new CuveeException(
        ErrorCode.PROTOCOL,
        "This is no message about the completion of a segment: "
            + json.substring(0, Math.min(json.length(), 200)));
  }
}
