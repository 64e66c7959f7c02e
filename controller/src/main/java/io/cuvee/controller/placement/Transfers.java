package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.ServingView;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The further replicas of segments that servers are loading now, so that replacing lost ones and
/// moving others take only so much of disks and network. Thread-safe.
public final class Transfers {
  private record Transfer(SegmentKey key, String server) {}

  private final int limit;

  // Guarded by this.
  private final Set<Transfer> underWay = new HashSet<>();

  private final Set<String> rebalanced = ConcurrentHashMap.newKeySet();

  public Transfers(int limit) {
    this.limit = limit;
  }

  /// Counts one more.
  ///
  /// @return false if there are too many already; one that is counted already is not counted twice
  public synchronized boolean begin(SegmentKey key, String server) {
    Transfer transfer = new Transfer(key, server);
    return underWay.contains(transfer) || underWay.size() < limit && underWay.add(transfer);
  }

  /// Takes out what has ended, well or badly, and what nobody wants any more.
  ///
  /// @param live servers
  /// @return whether any has
  synchronized boolean settle(Placement placement, ServingView view, Set<String> live) {
    return underWay.removeIf(transfer -> {
      SegmentKey key = transfer.key();
      Assignment wanted = placement.of(key).get(transfer.server());
      Replica replica =
          view.replicas(key.table()).getOrDefault(key.segment(), Map.of()).get(transfer.server());
      return wanted == null
          || !live.contains(transfer.server())
          || replica != null && replica.state() == SegmentState.ERROR
          || holds(replica, wanted.crc());
    });
  }

  /// Whether a server has loaded this version of a segment.
  ///
  /// @param replica what it says of it, if anything
  public static boolean holds(@Nullable Replica replica, long crc) {
    return replica != null && replica.state() == SegmentState.ONLINE && replica.crc() == crc;
  }

  /// Says whether a table is being rebalanced: then it has more replicas than wanted for a while.
  public void rebalances(String physicalTable, boolean begins) {
    if (begins) {
      rebalanced.add(physicalTable);
    } else {
      rebalanced.remove(physicalTable);
    }
  }

  boolean isRebalanced(String physicalTable) {
    return rebalanced.contains(physicalTable);
  }

  /// The term is over; what servers are told now is another controller's.
  synchronized void clear() {
    underWay.clear();
  }
}
