package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.SegmentMetadata;
import java.nio.file.Path;
import java.util.Optional;

/// An open segment: its files mapped into memory, with a count of its users. The opener holds the first reference and
/// drops it with [#close()]; a query brackets its work with [#acquire()] and [#release()]. Memory is unmapped when the
/// last reference has gone. Thread-safe.
public final class Segment implements AutoCloseable {
  private final Path directory;

  private Segment(Path directory) {
    this.directory = directory;
  }

  /// Maps the segment in `directory`.
  ///
  /// @throws CuveeException `CORRUPT_SEGMENT` or `UNSUPPORTED_VERSION` that names file, buffer, expected and found;
  ///     `NOT_FOUND` if there is no segment; `IO`
  public static Segment open(Path directory, Verify verify) {
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, verify + " " + new Segment(directory));
  }

  public Path directory() {
    return directory;
  }

  public SegmentMetadata metadata() {
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, "");
  }

  public int docCount() {
    return metadata().docCount();
  }

  /// The column of this exact name.
  public Optional<SegmentColumn> column(String name) {
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, name);
  }

  /// Takes a reference; `false` if the segment is closed and its last user has left, so that it cannot be used.
  public boolean acquire() {
    return false;
  }

  /// Gives back a reference that [#acquire()] took.
  public void release() {}

  /// Drops the opener's reference; a second call does nothing.
  @Override
  public void close() {}
}
