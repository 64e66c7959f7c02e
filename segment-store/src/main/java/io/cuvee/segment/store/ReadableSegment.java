package io.cuvee.segment.store;

import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.index.startree.StarTree;
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
}
