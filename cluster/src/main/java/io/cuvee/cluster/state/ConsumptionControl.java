package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.Set;
import java.util.TreeSet;

/// What people asked of a table's consumption; kept as JSON under `consumption/{physicalTable}` of
/// the metadata. Servers watch it.
///
/// @param paused whether segments that end have no successors
/// @param reason why it is paused; else empty
/// @param forced consuming segments that are to end now
public record ConsumptionControl(boolean paused, String reason, Set<String> forced) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "consumption";

  public static final ConsumptionControl NONE = new ConsumptionControl(false, "", Set.of());

  public ConsumptionControl {
    forced = Set.copyOf(forced);
  }

  public static String path(String table) {
    return DIRECTORY + "/" + table;
  }

  public static ConsumptionControl parse(String json) {
    var node = Json.object(json, "consumption control", ErrorCode.INTERNAL);
    Set<String> forced = new TreeSet<>();
    node.path("forced").forEach(segment -> forced.add(segment.asText()));
    return new ConsumptionControl(
        node.path("paused").asBoolean(false), node.path("reason").asText(""), forced);
  }

  public String toJson() {
    ObjectNode node = Json.MAPPER.createObjectNode().put("paused", paused).put("reason", reason);
    var list = node.putArray("forced");
    new TreeSet<>(forced).forEach(list::add);
    return node.toString();
  }
}
