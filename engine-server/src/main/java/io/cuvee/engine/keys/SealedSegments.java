package io.cuvee.engine.keys;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.segment.store.Segment;
import java.util.List;
import java.util.Optional;

/// The sealed segments that are served here.
@FunctionalInterface
public interface SealedSegments {
  /// Takes a reference, which the caller releases. The columns of these names have been checked: a
  /// segment in which one of them is damaged is fetched again, and is not here until it has come.
  Optional<Segment> acquire(SegmentKey key, List<String> columns);
}
