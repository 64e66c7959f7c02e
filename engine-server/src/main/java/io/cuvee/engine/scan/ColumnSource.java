package io.cuvee.engine.scan;

import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.ReadableSegment;
import java.util.Optional;

/// Where a column comes from that a segment does not store: computed, or read from elsewhere. What
/// it gives is a column like any other, with the dictionary and the indexes that it may have.
/// Thread-safe.
@FunctionalInterface
public interface ColumnSource {
  /// @param segment acquired by the caller for as long as the column is used
  /// @return empty if this source does not have the column
  Optional<SegmentColumn> column(ReadableSegment segment, String name, ColumnType type);
}
