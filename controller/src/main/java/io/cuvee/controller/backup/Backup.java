package io.cuvee.controller.backup;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.SegmentKey;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A copy of the metadata, or of a part of it. As a file: [BackupFormat].
///
/// @param cluster name of the cluster
/// @param part a physical table, `cluster` for what is of no table, or `all`
/// @param createdMillis when it was made
/// @param texts by path, as `MetadataStore` has them
/// @param assignments what each server should hold; empty for a part
public record Backup(
    String cluster,
    String part,
    long createdMillis,
    SortedMap<String, String> texts,
    Map<String, Map<SegmentKey, Assignment>> assignments) {
  static final String ALL = "all";

  public Backup {
    texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
    assignments = Map.copyOf(assignments);
  }

  /// A copy of all metadata of a running cluster.
  public static Backup of(String clusterName, ClusterState cluster) {
    Map<String, Map<SegmentKey, Assignment>> assignments = new HashMap<>();
    for (String server : cluster.assignedServers()) {
      assignments.put(server, cluster.assignment(server));
    }
    return new Backup(
        clusterName,
        ALL,
        System.currentTimeMillis(),
        new MetadataSnapshot(cluster.metadata()).all(),
        assignments);
  }

  /// How many texts there are below a path.
  public long count(String directory) {
    return texts.keySet().stream().filter(path -> path.startsWith(directory + "/")).count();
  }
}
