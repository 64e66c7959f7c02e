package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.completion.SealedSegment;
import io.cuvee.segment.build.SegmentSpec;
import java.util.Optional;

/// Makes sealed segments on this server's disk. Thread-safe.
public interface Sealer {
  /// Builds the segment of all rows, keeps it here, and puts it into the deep store under a name of
  /// its own.
  ///
  /// @param timeColumn of the table, whose smallest and largest values are told
  SealedSegment sealAndUpload(
      SegmentKey key, PageSource rows, SegmentSpec spec, Optional<String> timeColumn);

  /// Builds the segment and keeps it here.
  void seal(SegmentKey key, PageSource rows, SegmentSpec spec);
}
