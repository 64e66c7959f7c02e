package io.cuvee.cluster.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What all servers should hold, at hand for who comes to lead. Thread-safe.
public interface AssignmentCopy extends AutoCloseable {
  /// All that was written before this call, by whomever.
  ///
  /// @throws io.cuvee.common.error.CuveeException `IO`, or `INTERNAL` if a part of it is damaged
  SegmentHolders<Assignment> current();

  @Override
  void close();

  /// One that is read when it is asked for.
  static AssignmentCopy reading(ClusterState cluster) {
    return new AssignmentCopy() {
      @Override
      public SegmentHolders<Assignment> current() {
        SegmentHolders<Assignment> all = SegmentHolders.empty();
        for (String server : cluster.assignedServers()) {
          Map<SegmentKey, Optional<Assignment>> own = new HashMap<>();
          cluster.assignment(server).forEach((key, value) -> own.put(key, Optional.of(value)));
          all = all.with(Map.of(server, own));
        }
        return all;
      }

      @Override
      public void close() {}
    };
  }
}
