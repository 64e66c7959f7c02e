package io.cuvee.controller.rebalance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;

/// A rebalance of one table, as it is kept in the metadata, where a new leader finds it.
///
/// @param table physical
/// @param moves how many segments it moves
/// @param endedMillis 0 while it runs
/// @param message how it ended, in words
public record RebalanceJob(
    String id,
    String table,
    Status status,
    RebalanceOptions options,
    int moves,
    long startedMillis,
    long endedMillis,
    String message) {
  /// Pinot's words.
  public enum Status {
    IN_PROGRESS,
    DONE,
    FAILED,
    CANCELLED
  }

  boolean isRunning() {
    return status == Status.IN_PROGRESS;
  }

  RebalanceJob ended(Status how, String why, long nowMillis) {
    return new RebalanceJob(id, table, how, options, moves, startedMillis, nowMillis, why);
  }

  static RebalanceJob parse(String json) {
    JsonNode node = Json.object(json, "rebalance job", ErrorCode.INTERNAL);
    return new RebalanceJob(
        node.path("id").asText(),
        node.path("table").asText(),
        Status.valueOf(node.path("status").asText()),
        new RebalanceOptions(
            node.path("downtime").asBoolean(),
            node.path("minAvailableReplicas").asInt(),
            node.path("bootstrap").asBoolean(),
            Duration.ofMillis(node.path("stallTimeoutMillis").asLong())),
        node.path("moves").asInt(),
        node.path("startedMillis").asLong(),
        node.path("endedMillis").asLong(),
        node.path("message").asText());
  }

  String toJson() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", id).put("table", table).put("status", status.name());
    node.put("downtime", options.downtime());
    node.put("minAvailableReplicas", options.minAvailableReplicas());
    node.put("bootstrap", options.bootstrap());
    node.put("stallTimeoutMillis", options.stallTimeout().toMillis());
    node.put("moves", moves).put("startedMillis", startedMillis).put("endedMillis", endedMillis);
    return node.put("message", message).toString();
  }
}
