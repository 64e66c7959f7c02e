package io.cuvee.controller.placement;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.catalog.TableConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which servers get a segment: as many ready ones as the table's replication says, or as there
/// are; for a dimension table all that are not about to leave, since each needs it before it can
/// answer joins. Servers that have it keep it.
public final class ServerChoice {
  private final ClusterState cluster;

  public ServerChoice(ClusterState cluster) {
    this.cluster = cluster;
  }

  /// The servers that should hold the segment; empty if none can take it.
  public Set<String> choose(Placement placement, SegmentKey key, TableConfig config) {
    return choose(placement, key, config, candidates(config));
  }

  Set<String> choose(
      Placement placement, SegmentKey key, TableConfig config, List<String> candidates) {
    int replication = config.isDimension() ? Integer.MAX_VALUE : config.replication();
    return placement.choose(key, replication, candidates);
  }

  /// The servers that should consume a segment: those that had the one before, as far as they are
  /// there, so that the next one begins where the last one is.
  ///
  /// @param before the segment before of the same partition
  public Set<String> chooseNext(
      Placement placement, SegmentKey key, Optional<SegmentKey> before, TableConfig config) {
    Set<String> chosen = new TreeSet<>();
    List<String> candidates = candidates(config);
    before.ifPresent(last -> chosen.addAll(placement.of(last).keySet()));
    chosen.retainAll(candidates);
    List<String> others = new ArrayList<>(candidates);
    others.removeAll(chosen);
    chosen.addAll(placement.choose(key, Math.max(0, config.replication() - chosen.size()), others));
    return chosen;
  }

  List<String> candidates(TableConfig config) {
    return cluster.instances(Instance.Role.SERVER).stream()
        .filter(
            server -> config.isDimension() ? server.phase() != Phase.DRAINING : server.isReady())
        .map(Instance::id)
        .toList();
  }
}
