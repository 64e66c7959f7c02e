package io.cuvee.engine.plan;

import io.cuvee.engine.scan.Block;

/// What one worker makes of the rows of one query. Used by one thread at a time.
public interface Collector {
  /// Begins with the rows of a segment.
  void open(SegmentScan scan, Block block);

  /// Takes the rows of the block whose bits are set, at least one. The mask is the collector's to
  /// change.
  ///
  /// @param selected how many there are
  void collect(Block block, long[] mask, int selected);

  /// Whether [#collect(Block, int[], int)] may be called for the segment that is open.
  default boolean takesDocs() {
    return false;
  }

  /// Takes rows that were found one by one, at least one.
  ///
  /// @param docIds ascending, at most as many as a block has; the collector's to change
  default void collect(Block block, int[] docIds, int count) {
    throw new IllegalStateException("Takes rows by blocks only.");
  }

  /// Ends the rows of the segment.
  void flush(Block block);
}
