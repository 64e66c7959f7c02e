package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.List;

/// COUNT of all rows of a group, which the collector counts anyway.
final class RowCounts extends States {
  @Override
  void ensureGroups(int groupCount) {}

  @Override
  boolean canFollow(States before) {
    return before instanceof RowCounts;
  }

  @Override
  void follow(States before) {}

  @Override
  void add(Selection rows, int[] groups) {}

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    long[] counts = new long[count];
    for (int i = 0; i < count; i++) {
      counts[i] = rowCounts[groups[i]];
    }
    return List.of(new LongValues(counts, count, null));
  }

  @Override
  long bytesPerGroup() {
    return 0;
  }
}
