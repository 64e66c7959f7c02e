package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.ingest.completion.SealedSegment;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.consuming.ConsumingSnapshot;

/// Makes sealed segments on this server's disk. Thread-safe.
public interface Sealer {
  /// Builds the segment, keeps it here, and puts it into the deep store under a name of its own.
  SealedSegment sealAndUpload(SegmentKey key, ConsumingSnapshot rows, SegmentSpec spec);

  /// Builds the segment and keeps it here.
  void seal(SegmentKey key, ConsumingSnapshot rows, SegmentSpec spec);
}
