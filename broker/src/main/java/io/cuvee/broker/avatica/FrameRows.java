package io.cuvee.broker.avatica;

import io.cuvee.execution.page.Page;

/// Collects the rows of one frame in the form of one serialisation.
interface FrameRows {
  void add(Page page, int from, int to);

  /// Bytes collected so far.
  int sizeBytes();
}
