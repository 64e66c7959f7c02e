package io.cuvee.broker.avatica;

import io.cuvee.execution.page.Page;

/// Collects the rows of one frame in the form of one serialisation.
interface FrameRows {
  /// Rows that a frame takes at most.
  int maxRows();

  void add(Page page, int from, int to);

  /// Bytes collected so far, about.
  int sizeBytes();

  /// Called when all rows were added, so that nothing but their bytes is kept.
  default void finish() {}
}
