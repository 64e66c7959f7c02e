package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.Replacement;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.BrokerSight;
import io.cuvee.controller.replace.Replacements;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `/segments/{table}/startReplaceSegments` and what ends it, with Pinot's names.
final class ReplaceApi {
  private static final int MAX_BYTES = 16 << 20;

  private final Tables tables;
  private final Replacements replacements;
  private final BrokerSight brokers;
  private final Duration loadTimeout;

  /// @param loadTimeout how long a request waits for segments if it does not say
  ReplaceApi(Tables tables, Replacements replacements, BrokerSight brokers, Duration loadTimeout) {
    this.tables = tables;
    this.replacements = replacements;
    this.brokers = brokers;
    this.loadTimeout = loadTimeout;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.write(
            "POST",
            "/segments/{table}/startReplaceSegments",
            "Begins to replace segmentsFrom by segmentsTo; what is uploaded under the new names is not seen yet.",
            this::start),
        Endpoint.write(
            "POST",
            "/segments/{table}/endReplaceSegments",
            "Ends the replacement segmentLineageEntryId: queries see all of the new segments in place of the old ones.",
            this::end),
        Endpoint.write(
            "POST",
            "/segments/{table}/revertReplaceSegments",
            "Takes back the replacement segmentLineageEntryId; forceRevert=true also one under way.",
            this::revert),
        Endpoint.read(
            "/segments/{table}/lineage", "The replacements of a table's segments.", this::list));
  }

  private TableConfig config(HttpRequest request) {
    if (Requests.tableType(request, "type").equals(Optional.of(TableType.REALTIME))) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Segments of REALTIME tables cannot be replaced. Use type=OFFLINE.");
    }
    return tables.offline(request.variable("table"));
  }

  private HttpResponse start(HttpRequest request) throws IOException {
    TableConfig config = config(request);
    JsonNode body = Json.object(request.text(MAX_BYTES), "request", ErrorCode.INVALID_INPUT);
    String id =
        replacements.start(
            config,
            names(body, "segmentsFrom"),
            names(body, "segmentsTo"),
            Requests.flag(request, "forceCleanup"));
    return HttpResponse.json(200, Json.MAPPER.createObjectNode().put("segmentLineageEntryId", id));
  }

  private static Set<String> names(JsonNode body, String key) {
    JsonNode list = body.path(key);
    Set<String> names = new TreeSet<>();
    for (JsonNode name : list) {
      if (!name.isTextual() || name.asText().isBlank()) {
        throw wrong(key);
      }
      names.add(name.asText());
    }
    if (!list.isArray() && !list.isMissingNode() && !list.isNull() || names.size() != list.size()) {
      throw wrong(key);
    }
    return names;
  }

  private static CuveeException wrong(String key) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT, key + " must be a list of different names of segments.");
  }

  private HttpResponse end(HttpRequest request) throws IOException {
    TableConfig config = config(request);
    String body = request.text(MAX_BYTES);
    Optional<JsonNode> said =
        Optional.of(body)
            .filter(text -> !text.isBlank())
            .map(text -> Json.object(text, "request", ErrorCode.INVALID_INPUT));
    Replacements.Ended ended =
        replacements.end(
            config,
            id(request),
            said.filter(node -> node.hasNonNull("segmentsTo"))
                .map(node -> names(node, "segmentsTo")),
            said.map(node -> node.path("moved")).filter(JsonNode::isObject).map(ReplaceApi::step),
            Requests.duration(request, "timeout", loadTimeout));
    // All of them change at once.
    ended
        .seen()
        .ifPresentOrElse(brokers::awaitSeen, () -> ended.gone().ifPresent(brokers::awaitGone));
    return HttpResponse.json(200, Answers.status("Segments replaced"));
  }

  /// What minions say with rows that they moved; nobody else needs it.
  private static MovedRows.Step step(JsonNode node) {
    return new MovedRows.Step(
        Optional.of(node.path("before"))
            .filter(JsonNode::isObject)
            .map(before -> MovedRows.parse(before.toString())),
        MovedRows.parse(node.path("after").toString()));
  }

  private static String id(HttpRequest request) {
    return Requests.required(request, "segmentLineageEntryId");
  }

  private HttpResponse revert(HttpRequest request) {
    replacements.revert(config(request), id(request), Requests.flag(request, "forceRevert"));
    return HttpResponse.json(200, Answers.status("Replacement taken back"));
  }

  private HttpResponse list(HttpRequest request) {
    ArrayNode answer = Json.MAPPER.createArrayNode();
    for (Replacement replacement : replacements.all(config(request))) {
      ObjectNode node = answer.addObject();
      node.put("segmentLineageEntryId", replacement.id());
      new TreeSet<>(replacement.from().keySet()).forEach(node.putArray("segmentsFrom")::add);
      new TreeSet<>(replacement.to().keySet()).forEach(node.putArray("segmentsTo")::add);
      node.put("state", replacement.state().name());
      node.put("timestamp", replacement.changedMillis());
    }
    return HttpResponse.json(200, answer);
  }
}
