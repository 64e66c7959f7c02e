package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Replica groups of a table, from Pinot's `instanceAssignmentConfigMap`: sets of servers of which
/// each has every segment once, perhaps divided further by the partition of rows.
///
/// @param groups how many; at least 1, and as many as the table has replicas
/// @param serversPerGroup 0: all servers are divided among the groups
/// @param partitionColumn of uploaded segments, by which they go to the servers of a partition;
///   absent for streams, whose partitions count, and if there is one partition
/// @param partitions at least 1
/// @param serversPerPartition in each group; 0: all of the group
/// @param tenant whose servers are taken; absent: all
/// @param poolBased whether a group has servers of one pool only, such as a rack
/// @param pools that are taken; empty: all that servers name
/// @param poolCount how many of those at most; 0: all
public record ReplicaGroupConfig(
    int groups,
    int serversPerGroup,
    Optional<String> partitionColumn,
    int partitions,
    int serversPerPartition,
    Optional<String> tenant,
    boolean poolBased,
    List<Integer> pools,
    int poolCount) {
  private static final String MAP = "instanceAssignmentConfigMap";
  private static final String LAYOUT = "replicaGroupPartitionConfig";
  private static final String POOLS = "tagPoolConfig";
  private static final int MAX_GROUPS = 1000;
  private static final int MAX_PARTITIONS = 10_000;
  private static final Set<String> LAYOUT_KEYS =
      Set.of(
          "replicaGroupBased",
          "numReplicaGroups",
          "numInstancesPerReplicaGroup",
          "numPartitions",
          "numInstancesPerPartition",
          "partitionColumn",
          "minimizeDataMovement");
  private static final Set<String> POOL_KEYS = Set.of("tag", "poolBased", "numPools", "pools");

  public ReplicaGroupConfig {
    pools = List.copyOf(pools);
  }

  /// Those of one table.
  ///
  /// @param root of the table's config
  /// @param replication that it states otherwise
  /// @param partitioning of its segments
  /// @param unknown gets the JSON pointers of what is not acted on
  /// @return empty if it has none
  /// @throws CuveeException `INVALID_TABLE` that names the key and what it may be
  static Optional<ReplicaGroupConfig> parse(
      String table,
      TableType type,
      JsonNode root,
      int replication,
      Map<String, PartitionFunction> partitioning,
      List<String> unknown) {
    String half = type == TableType.OFFLINE ? "OFFLINE" : "CONSUMING";
    for (Map.Entry<String, JsonNode> entry : root.path(MAP).properties()) {
      if (!entry.getKey().equals(half) || !isGroups(entry.getValue())) {
        unknown.add("/" + MAP + "/" + entry.getKey());
      }
    }
    JsonNode config = root.path(MAP).path(half);
    if (!isGroups(config)) {
      return Optional.empty();
    }
    String path = "/" + MAP + "/" + half;
    config
        .properties()
        .forEach(entry -> {
          if (!entry.getKey().equals(LAYOUT) && !entry.getKey().equals(POOLS)) {
            unknown.add(path + "/" + entry.getKey());
          }
        });
    unknown(config.path(LAYOUT), LAYOUT_KEYS, path + "/" + LAYOUT, unknown);
    unknown(config.path(POOLS), POOL_KEYS, path + "/" + POOLS, unknown);
    return Optional.of(new Reader(table, type, half, config).read(root, replication, partitioning));
  }

  private static boolean isGroups(JsonNode config) {
    return config.path(LAYOUT).path("replicaGroupBased").asBoolean(false);
  }

  /// A number of nothing says nothing: Pinot writes its defaults out.
  private static void unknown(JsonNode node, Set<String> known, String path, List<String> unknown) {
    node.properties()
        .forEach(entry -> {
          if (!known.contains(entry.getKey()) && entry.getValue().asInt(1) != 0) {
            unknown.add(path + "/" + entry.getKey());
          }
        });
  }

  /// Of one half of one table, for the messages.
  private record Reader(String table, TableType type, String half, JsonNode config) {
    ReplicaGroupConfig read(
        JsonNode root, int replication, Map<String, PartitionFunction> partitioning) {
      JsonNode layout = config.path(LAYOUT);
      int stated = number(layout, LAYOUT, "numReplicaGroups", MAX_GROUPS);
      int serversPerGroup = number(layout, LAYOUT, "numInstancesPerReplicaGroup", MAX_PARTITIONS);
      int serversPerPartition = number(layout, LAYOUT, "numInstancesPerPartition", MAX_PARTITIONS);
      int partitions = number(layout, LAYOUT, "numPartitions", MAX_PARTITIONS);
      if (serversPerGroup > 0 && serversPerPartition > serversPerGroup) {
        throw wrong(
            LAYOUT + ".numInstancesPerPartition is " + serversPerPartition,
            "A group has numInstancesPerReplicaGroup servers, " + serversPerGroup + ": use fewer.");
      }
      Optional<String> column = partitionColumn(root, layout);
      if (column.isPresent()) {
        PartitionFunction function = partitioning.get(column.get());
        if (function == null) {
          throw wrong(
              LAYOUT + ".partitionColumn is '" + column.get() + "'",
              "Say in tableIndexConfig.segmentPartitionConfig.columnPartitionMap how its values are"
                  + " divided.");
        }
        partitions = partitions == 0 ? function.count() : partitions;
      } else if (partitions > 1 && type == TableType.OFFLINE) {
        throw wrong(
            LAYOUT + ".numPartitions is " + partitions,
            "Name the column in " + LAYOUT + ".partitionColumn.");
      }
      JsonNode tagPool = config.path(POOLS);
      boolean poolBased = tagPool.path("poolBased").asBoolean(false);
      List<Integer> pools = new ArrayList<>();
      tagPool.path("pools").forEach(pool -> pools.add(pool.asInt()));
      String tag = tagPool.path("tag").asText("").strip();
      return new ReplicaGroupConfig(
          stated == 0 ? replication : stated,
          serversPerGroup,
          column,
          Math.max(1, partitions),
          serversPerPartition,
          tag.isEmpty() ? Optional.empty() : Optional.of(TableType.logicalName(tag)),
          poolBased,
          poolBased ? pools : List.of(),
          poolBased ? number(tagPool, POOLS, "numPools", MAX_PARTITIONS) : 0);
    }

    /// In either place where Pinot's configs have it. A stream's partitions need no column.
    private Optional<String> partitionColumn(JsonNode root, JsonNode layout) {
      String older =
          root.path("segmentsConfig")
              .path("replicaGroupStrategyConfig")
              .path("partitionColumn")
              .asText("");
      String column = layout.path("partitionColumn").asText(older).strip();
      return column.isEmpty() || type == TableType.REALTIME
          ? Optional.empty()
          : Optional.of(column);
    }

    private int number(JsonNode node, String part, String key, int most) {
      int value = node.path(key).asInt(0);
      if (value < 0 || value > most) {
        throw wrong(part + "." + key + " is " + node.path(key), "Use 0 to " + most + ".");
      }
      return value;
    }

    private CuveeException wrong(String what, String cure) {
      return new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '" + table + "': " + MAP + "." + half + "." + what + ". " + cure);
    }
  }
}
