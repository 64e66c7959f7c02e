package io.cuvee.segment.build;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.format.SegmentMetadata;
import java.nio.file.Path;

/// Builds one segment. Not thread-safe; one instance builds one segment.
public final class SegmentBuilder {
  private final SegmentSpec spec;

  /// @throws CuveeException `INVALID_TABLE` if the indexing options name columns that the schema does not have or that
  ///     cannot have the index
  public SegmentBuilder(SegmentSpec spec) {
    this.spec = spec;
  }

  /// Reads all rows and writes the segment. The target appears complete or not at all.
  ///
  /// @param rows pages with one column for each field of the schema, in its order; not closed
  /// @param targetDirectory must not exist
  /// @throws CuveeException `INVALID_INPUT` for a row that the schema does not allow, `MEMORY_LIMIT`, `ALREADY_EXISTS`,
  ///     `IO`
  public SegmentMetadata build(PageSource rows, Path targetDirectory) {
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, "Segment " + spec.segment());
  }
}
