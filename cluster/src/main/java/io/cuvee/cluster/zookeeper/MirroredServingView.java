package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentHolders;
import io.cuvee.cluster.state.ServingView;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/// The serving view, made from the buckets that servers publish: what changes in a bucket changes
/// here, and nothing else is looked at.
public final class MirroredServingView implements ServingView {
  public static final MirroredServingView EMPTY =
      new MirroredServingView(0, SegmentHolders.empty());

  private final long version;
  private final SegmentHolders<Replica> holders;

  private MirroredServingView(long version, SegmentHolders<Replica> holders) {
    this.version = version;
    this.holders = holders;
  }

  /// This view after some buckets have changed.
  ///
  /// @param changed their names: server and number
  public MirroredServingView with(
      Collection<String> changed,
      Map<String, Bucket<Replica>> before,
      Map<String, Bucket<Replica>> after) {
    return new MirroredServingView(version + 1, Bucket.apply(holders, changed, before, after));
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public Set<String> tables() {
    return holders.tables();
  }

  @Override
  public Map<String, Map<String, Replica>> replicas(String physicalTable) {
    return holders.of(physicalTable);
  }
}
