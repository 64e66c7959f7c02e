package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The servers of a table's replica groups; kept as JSON under `replica-groups/{physicalTable}` of
/// the metadata, in the form of Pinot's instance partitions. Each group has every segment once: one
/// of a known partition on a server of that partition, others on any server of the group. No server
/// is in two groups.
///
/// @param servers by group and partition; the same number of partitions in each group
public record ReplicaGroups(List<List<List<String>>> servers) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "replica-groups";

  public ReplicaGroups {
    servers = servers.stream().map(group -> group.stream().map(List::copyOf).toList()).toList();
  }

  public static String path(String physicalTable) {
    return DIRECTORY + "/" + physicalTable;
  }

  public int groupCount() {
    return servers.size();
  }

  /// At least 1.
  public int partitionCount() {
    return servers.isEmpty() ? 1 : Math.max(1, servers.getFirst().size());
  }

  /// All servers of a group.
  public Set<String> members(int group) {
    Set<String> members = new LinkedHashSet<>();
    servers.get(group).forEach(members::addAll);
    return members;
  }

  /// The servers that a partition's segments may be on, of each group.
  public List<Set<String>> pools(int partition) {
    return servers.stream().map(group -> Set.copyOf(group.get(partition))).toList();
  }

  /// The servers that segments of no known partition may be on, of each group.
  public List<Set<String>> pools() {
    List<Set<String>> pools = new ArrayList<>();
    for (int group = 0; group < groupCount(); group++) {
      pools.add(Set.copyOf(members(group)));
    }
    return List.copyOf(pools);
  }

  public static ReplicaGroups parse(String json) {
    JsonNode map =
        Json.object(json, "replica groups", ErrorCode.INTERNAL).path("partitionToInstancesMap");
    List<List<List<String>>> servers = new ArrayList<>();
    for (int group = 0; map.has("0_" + group); group++) {
      List<List<String>> partitions = new ArrayList<>();
      for (int partition = 0; map.has(partition + "_" + group); partition++) {
        List<String> names = new ArrayList<>();
        map.path(partition + "_" + group).forEach(name -> names.add(name.asText()));
        partitions.add(names);
      }
      servers.add(partitions);
    }
    return new ReplicaGroups(servers);
  }

  /// @param physicalTable whose they are
  public ObjectNode toJson(String physicalTable) {
    ObjectNode node = Json.MAPPER.createObjectNode().put("instancePartitionsName", physicalTable);
    ObjectNode map = node.putObject("partitionToInstancesMap");
    for (int group = 0; group < servers.size(); group++) {
      for (int partition = 0; partition < servers.get(group).size(); partition++) {
        ArrayNode names = map.putArray(partition + "_" + group);
        servers.get(group).get(partition).forEach(names::add);
      }
    }
    return node;
  }
}
