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

  /// Ends the rows of the segment.
  void flush(Block block);
}
