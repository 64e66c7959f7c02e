package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The requests to bring a table's loaded segments up to its config; kept as JSON under
/// `reloads/{physicalTable}` of the metadata. Servers watch it and do those that they have not seen
/// yet. A server that starts needs none: what it loads is up to the config anyway.
///
/// @param last number of the newest request; they are numbered from 1
/// @param recent the newest requests, ascending
public record Reloads(long last, List<Request> recent) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "reloads";

  public static final Reloads NONE = new Reloads(0, List.of());

  private static final int MAX_RECENT = 64;

  public Reloads {
    recent = List.copyOf(recent);
  }

  /// @param segment empty for all of the table
  public record Request(long number, String segment) {}

  /// The segments that requests after number `seen` name; empty if one of them may have meant all.
  public Optional<List<String>> segmentsAfter(long seen) {
    boolean known = seen <= last && (recent.isEmpty() || recent.getFirst().number() <= seen + 1);
    List<Request> newer = recent.stream().filter(request -> request.number() > seen).toList();
    return !known || newer.stream().anyMatch(request -> request.segment().isEmpty())
        ? Optional.empty()
        : Optional.of(List.copyOf(new TreeSet<>(newer.stream().map(Request::segment).toList())));
  }

  /// This with one more request.
  ///
  /// @param segment empty for all of the table
  public Reloads with(String segment) {
    List<Request> requests = new ArrayList<>(recent);
    requests.add(new Request(last + 1, segment));
    int from = Math.max(0, requests.size() - MAX_RECENT);
    return new Reloads(last + 1, requests.subList(from, requests.size()));
  }

  public static String path(String table) {
    return DIRECTORY + "/" + table;
  }

  public static Reloads parse(String json) {
    var node = Json.object(json, "reload requests", ErrorCode.INTERNAL);
    List<Request> recent = new ArrayList<>();
    node.path("recent")
        .forEach(request ->
            recent.add(
                new Request(request.path("number").asLong(), request.path("segment").asText(""))));
    return new Reloads(node.path("last").asLong(), recent);
  }

  public String toJson() {
    ObjectNode node = Json.MAPPER.createObjectNode().put("last", last);
    ArrayNode list = node.putArray("recent");
    for (Request request : recent) {
      list.addObject().put("number", request.number()).put("segment", request.segment());
    }
    return node.toString();
  }
}
