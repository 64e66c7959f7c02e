package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.Values;
import java.util.List;

/// MIN or MAX of all rows of a segment, which its metadata knows, beside aggregates that read rows.
final class KnownExtreme extends States {
  private final List<Values> known;

  /// @param known the state columns, of one group
  KnownExtreme(List<Values> known) {
    this.known = known;
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount != 1) {
      throw new IllegalArgumentException("Not one group but " + groupCount);
    }
  }

  @Override
  void add(Selection rows, int[] groups) {}

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    return known;
  }

  @Override
  boolean needsRowCounts() {
    return false;
  }

  @Override
  long bytesPerGroup() {
    return 0;
  }
}
