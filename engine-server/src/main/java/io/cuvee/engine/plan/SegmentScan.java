package io.cuvee.engine.plan;

import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.startree.TreeAggregates;
import io.cuvee.segment.column.SegmentColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One segment's part in a query, ready to run. Immutable and thread-safe.
///
/// @param ordinal position in the query's list of segments
/// @param docCount documents to scan, rows or records of a star-tree
/// @param rowCount rows of the segment
/// @param columns as the query numbers them, then the states of a star-tree
/// @param indexCount how many conditions read an inverted index
/// @param starTree where the states of the aggregates are if records are scanned instead of rows
/// @param output what the query's output has prepared for this segment, if anything
public record SegmentScan(
    int ordinal,
    String segment,
    int docCount,
    int rowCount,
    List<SegmentColumn> columns,
    FilterPlan filter,
    int indexCount,
    @Nullable TreeAggregates starTree,
    @Nullable Object output) {
  public SegmentScan {
    columns = List.copyOf(columns);
  }

  /// This with what the query's output has prepared.
  ///
  /// @param moreIndexes how many further conditions read an inverted index
  public SegmentScan with(Object newOutput, int moreIndexes) {
    return new SegmentScan(
        ordinal,
        segment,
        docCount,
        rowCount,
        columns,
        filter,
        indexCount + moreIndexes,
        starTree,
        newOutput);
  }

  private int firstMorsel() {
    return filter.from() / Block.MORSEL_ROWS;
  }

  /// Units of work.
  int morselCount() {
    return filter.isEmpty() ? 0 : (filter.to() - 1) / Block.MORSEL_ROWS - firstMorsel() + 1;
  }

  /// First document that the morsel looks at, at the start of a block.
  int morselFrom(int morsel) {
    int from = (firstMorsel() + morsel) * Block.MORSEL_ROWS;
    return Math.max(from, filter.from() / Block.ROWS * Block.ROWS);
  }

  /// Where the morsel ends, exclusive; not beyond the last document that may pass.
  int morselTo(int morsel) {
    long to = (firstMorsel() + morsel + 1L) * Block.MORSEL_ROWS;
    return (int) Math.min(to, filter.to());
  }
}
