package io.cuvee.segment.store;

import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.live.LiveRows;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The rows of a segment as one query sees them: a sealed segment, or the first rows of a consuming
/// one. Callers hold it while they use it. Thread-safe.
public interface ReadableSegment {
  /// Physical table, `flights_OFFLINE`.
  String table();

  /// Name, unique in the table.
  String name();

  int docCount();

  /// The column of this exact name.
  Optional<SegmentColumn> column(String name);

  /// The star-trees, in the order in which they were added.
  List<StarTree> starTrees();

  /// The rows that count; absent if all do.
  default Optional<LiveRows> liveRows() {
    return Optional.empty();
  }

  /// Whether [#check] would have to read them.
  default boolean isUnchecked(Collection<String> names) {
    return false;
  }

  /// Checks the bytes of columns, and of the star-trees, if nobody has since the segment was
  /// opened. Reads all of them, so it may take long.
  ///
  /// @param names of columns; those that the segment does not have are passed over
  /// @throws io.cuvee.common.error.CuveeException `CORRUPT_SEGMENT`, also the next time
  default void check(Collection<String> names) {}
}
