package io.cuvee.segment.consuming;

import io.cuvee.common.config.DataSize;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.format.SegmentFormat;

/// How a consuming segment keeps its columns, and how far it may grow.
///
/// @param indexing of the table; consuming segments keep inverted indexes, the others are built
///   when it is sealed
/// @param rowLimit most rows, so that all that is sealed fits one segment
/// @param memoryLimit of memory outside the heap and of dictionaries; at most one page goes beyond
public record ConsumingOptions(IndexingOptions indexing, int rowLimit, DataSize memoryLimit) {
  public static final ConsumingOptions DEFAULT =
      new ConsumingOptions(IndexingOptions.NONE, 5_000_000, new DataSize(1L << 30));

  public ConsumingOptions {
    if (rowLimit < 1 || rowLimit > SegmentFormat.MAX_VALUES) {
      throw new IllegalArgumentException(
          "A consuming segment holds 1 to " + SegmentFormat.MAX_VALUES + " rows.");
    }
  }
}
