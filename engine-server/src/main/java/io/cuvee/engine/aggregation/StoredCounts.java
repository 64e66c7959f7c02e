package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;

/// COUNT from records that hold counts.
final class StoredCounts extends States {
  private final int slot;
  private long[] counts = new long[1];

  /// @param slot a column of longs without NULLs
  StoredCounts(int slot) {
    this.slot = slot;
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      counts = Arrays.copyOf(counts, groupCount);
    }
  }

  @Override
  boolean canFollow(States before) {
    return before instanceof StoredCounts;
  }

  @Override
  void follow(States before) {
    counts = ((StoredCounts) before).counts;
  }

  @Override
  void add(Selection rows, int[] groups) {
    long[] values = rows.longs(slot);
    if (isOne(groups)) {
      counts[0] += Kernels.sum(values, rows.count());
      return;
    }
    for (int i = 0; i < rows.count(); i++) {
      counts[groups[i]] += values[i];
    }
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    long[] selected = new long[count];
    for (int i = 0; i < count; i++) {
      selected[i] = counts[groups[i]];
    }
    return List.of(new LongValues(selected, count, null));
  }

  @Override
  long bytesPerGroup() {
    return 8;
  }
}
