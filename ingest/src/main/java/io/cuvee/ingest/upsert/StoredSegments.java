package io.cuvee.ingest.upsert;

import io.cuvee.segment.store.ReadableSegment;

/// The segments of a partition, to read single rows of them. Not thread-safe; what was read is held
/// until it is closed.
public interface StoredSegments extends AutoCloseable {
  /// The rows of the segment with this number in the partition.
  ///
  /// @throws io.cuvee.common.error.CuveeException `DATA_UNAVAILABLE` if it is not here
  ReadableSegment segment(long sequence);

  @Override
  void close();
}
