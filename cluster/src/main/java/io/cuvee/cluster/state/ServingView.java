package io.cuvee.cluster.state;

import java.util.Map;
import java.util.Set;

/// Which live server holds which segment, at one moment. Immutable.
public interface ServingView {
  /// Grows with every change that this process has seen.
  long version();

  /// Physical tables that have at least one replica on a live server.
  Set<String> tables();

  /// For each segment of a physical table that a live server holds in any state, the replicas by
  /// server id.
  Map<String, Map<String, Replica>> replicas(String physicalTable);
}
