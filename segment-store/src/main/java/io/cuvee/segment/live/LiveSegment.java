package io.cuvee.segment.live;

import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.store.ReadableSegment;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A segment of which only some rows count. Whoever holds the segment releases it, not this.
///
/// @param segment with all its rows
public record LiveSegment(ReadableSegment segment, LiveRows rows) implements ReadableSegment {
  @Override
  public String table() {
    return segment.table();
  }

  @Override
  public String name() {
    return segment.name();
  }

  @Override
  public int docCount() {
    return segment.docCount();
  }

  @Override
  public Optional<SegmentColumn> column(String name) {
    return segment.column(name);
  }

  /// None: they count rows that do not.
  @Override
  public List<StarTree> starTrees() {
    return List.of();
  }

  @Override
  public Optional<LiveRows> liveRows() {
    return Optional.of(rows);
  }

  @Override
  public boolean isUnchecked(Collection<String> names) {
    return segment.isUnchecked(names);
  }

  @Override
  public void check(Collection<String> names) {
    segment.check(names);
  }
}
