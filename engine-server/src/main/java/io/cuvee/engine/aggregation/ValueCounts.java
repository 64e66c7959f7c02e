package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;

/// COUNT of rows, or of those in which a column has a value.
final class ValueCounts extends States {
  /// Counts rows whatever they hold.
  static final int NO_SLOT = -1;

  private final int slot;
  private long[] counts = new long[1];

  ValueCounts(int slot) {
    this.slot = slot;
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      counts = Arrays.copyOf(counts, groupCount);
    }
  }

  @Override
  void add(Selection rows, int[] groups) {
    long[] validity = slot == NO_SLOT ? null : rows.validity(slot);
    int count = rows.count();
    if (isOne(groups)) {
      counts[0] += validity == null ? count : Kernels.bitCount(validity, count + 63 >>> 6);
    } else if (validity == null) {
      countRows(groups, count, counts);
    } else {
      countValid(groups, count, validity, counts);
    }
  }

  static void countRows(int[] groups, int count, long[] counts) {
    for (int i = 0; i < count; i++) {
      counts[groups[i]]++;
    }
  }

  private static void countValid(int[] groups, int count, long[] validity, long[] counts) {
    for (int i = 0; i < count; i++) {
      counts[groups[i]] += validity[i >>> 6] >>> i & 1;
    }
  }

  long count(int group) {
    return counts[group];
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
