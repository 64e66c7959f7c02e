package io.cuvee.engine.keys;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.segment.store.Segment;
import java.util.Optional;

/// The sealed segments that are served here.
@FunctionalInterface
public interface SealedSegments {
  /// Takes a reference, which the caller releases.
  Optional<Segment> acquire(SegmentKey key);
}
