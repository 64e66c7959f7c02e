package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// AVG of integers from records that hold sums and counts.
final class StoredAverages extends States {
  private final LongSums sums;
  private final StoredCounts counts;

  StoredAverages(LongSums sums, StoredCounts counts) {
    this.sums = sums;
    this.counts = counts;
  }

  @Override
  void ensureGroups(int groupCount) {
    sums.ensureGroups(groupCount);
    counts.ensureGroups(groupCount);
  }

  @Override
  boolean canFollow(States before) {
    return before instanceof StoredAverages other
        && sums.canFollow(other.sums)
        && counts.canFollow(other.counts);
  }

  @Override
  void follow(States before) {
    StoredAverages other = (StoredAverages) before;
    sums.follow(other.sums);
    counts.follow(other.counts);
  }

  @Override
  void add(Selection rows, int[] groups) {
    sums.add(rows, groups);
    counts.add(rows, groups);
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    List<Values> both = new ArrayList<>(sums.states(groups, count, rowCounts));
    both.addAll(counts.states(groups, count, rowCounts));
    return both;
  }

  @Override
  long bytesPerGroup() {
    return sums.bytesPerGroup() + counts.bytesPerGroup();
  }
}
