package io.cuvee.controller.placement;

import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.StreamSegmentName;
import io.cuvee.common.catalog.ReplicaGroupConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// For each segment of a table with replica groups the sets of servers of which it is to be on one
/// each. Immutable.
public final class SegmentHomes {
  private final ReplicaGroupConfig config;
  private final List<Set<String>> anywhere;
  private final List<List<Set<String>>> byPartition = new ArrayList<>();

  public SegmentHomes(ReplicaGroupConfig config, ReplicaGroups groups) {
    this.config = config;
    this.anywhere = groups.pools();
    for (int partition = 0; partition < groups.partitionCount(); partition++) {
      byPartition.add(groups.pools(partition));
    }
  }

  /// One set of servers for each group; no server is in two of them.
  ///
  /// @param scope of an uploaded segment; that of a stream has its partition in its name
  public List<Set<String>> of(String segment, SegmentScope scope) {
    if (config.partitionColumn().isPresent()) {
      SegmentScope.Partitions known = scope.partitions().get(config.partitionColumn().get());
      // One with rows of several partitions may be anywhere.
      return known == null || known.ids().size() != 1
          ? anywhere
          : byPartition.get(known.ids().iterator().next() % byPartition.size());
    }
    return StreamSegmentName.parse(segment)
        .map(name -> byPartition.get(name.partition() % byPartition.size()))
        .orElse(anywhere);
  }
}
