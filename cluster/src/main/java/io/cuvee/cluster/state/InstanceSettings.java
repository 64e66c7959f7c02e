package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;

/// What operators have said of a process; kept as JSON under `instances/{id}` of the metadata.
///
/// @param enabled false: it gets no new segments and, where others can answer, no queries
/// @param drained incarnation of the process that shall finish its work and stop, 0 for none; one
///   that is started later under the same id is not meant
public record InstanceSettings(boolean enabled, long drained) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "instances";

  public static final InstanceSettings DEFAULT = new InstanceSettings(true, 0);

  public static String path(String instance) {
    return DIRECTORY + "/" + instance;
  }

  /// Whether the process should take new work.
  public boolean admits(Instance instance) {
    return enabled && !drains(instance);
  }

  /// Whether the process should finish its work and stop.
  public boolean drains(Instance instance) {
    return instance.incarnation() <= drained;
  }

  public static InstanceSettings parse(String json) {
    JsonNode node = Json.object(json, "instance settings", ErrorCode.INTERNAL);
    return new InstanceSettings(
        node.path("enabled").asBoolean(true), node.path("drained").asLong(0));
  }

  public String toJson() {
    return Json.MAPPER
        .createObjectNode()
        .put("enabled", enabled)
        .put("drained", drained)
        .toString();
  }
}
