package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.SegmentMetadata;
import java.nio.file.Path;

/// Checks everything that can be checked of a segment: checksums, the inner structure of every
/// buffer, that dictionaries ascend, that every value decodes, and that statistics, zone maps and
/// indexes agree with the values. Safe for files that somebody has made up: nothing is read by
/// address before its bounds are known to be sound.
public final class SegmentVerifier {
  private SegmentVerifier() {}

  /// @return the metadata of the sound segment
  /// @throws CuveeException `CORRUPT_SEGMENT` that names the first thing that is wrong, or what
  ///   [Segment#open] throws
  public static SegmentMetadata verify(Path directory) {
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      for (ColumnMetadata column : segment.metadata().columns()) {
        new ColumnVerifier(
                directory,
                column,
                segment.column(column.name()).orElseThrow(),
                segment.buffers(column.name()))
            .verify();
      }
      for (int tree = 0; tree < segment.starTrees().size(); tree++) {
        new StarTreeVerifier(segment, tree).verify();
      }
      return segment.metadata();
    }
  }
}
