package io.cuvee.cluster.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.Instance;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// The payload of a live entry: the instance as JSON.
final class InstanceFormat {
  private InstanceFormat() {}

  static byte[] encode(String path, Instance instance) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", instance.id()).put("role", instance.role().name()).put("host", instance.host());
    node.put("httpPort", instance.httpPort()).put("dataPort", instance.dataPort());
    ArrayNode tenants = node.putArray("tenants");
    instance.tenants().stream().sorted().forEach(tenants::add);
    node.put("incarnation", instance.incarnation()).put("phase", instance.phase().name());
    node.put("pool", instance.pool());
    return ZnodeFormat.encode(path, node.toString().getBytes(StandardCharsets.UTF_8));
  }

  static Instance decode(String path, byte[] bytes) {
    String json = new String(ZnodeFormat.decode(path, bytes), StandardCharsets.UTF_8);
    JsonNode node = Json.object(json, "ZooKeeper node " + path, ErrorCode.INTERNAL);
    Set<String> tenants = new HashSet<>();
    node.path("tenants").forEach(tenant -> tenants.add(tenant.asText()));
    try {
      return new Instance(
          node.path("id").asText(),
          Instance.Role.valueOf(node.path("role").asText()),
          node.path("host").asText(),
          node.path("httpPort").asInt(),
          node.path("dataPort").asInt(),
          tenants,
          node.path("incarnation").asLong(),
          Instance.Phase.valueOf(node.path("phase").asText()),
          node.path("pool").asInt(0));
    } catch (IllegalArgumentException e) {
      throw ZnodeFormat.damaged(path, "names an unknown role or phase (" + e.getMessage() + ")");
    }
  }
}
