package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SUM and AVG of a column whose smallest and largest value say that a segment's sum fits 64 bits.
final class LongSums extends States {
  private final int slot;
  private final boolean average;
  private final @Nullable ValueCounts ownCounts;
  private long[] sums = new long[1];

  /// @param nulls whether the column has any
  /// @param filtered whether a FILTER leaves rows out
  LongSums(int slot, boolean average, boolean nulls, boolean filtered) {
    this.slot = slot;
    this.average = average;
    this.ownCounts = nulls || filtered ? new ValueCounts(slot, filtered) : null;
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount > sums.length) {
      sums = Arrays.copyOf(sums, groupCount);
    }
    if (ownCounts != null) {
      ownCounts.ensureGroups(groupCount);
    }
  }

  @Override
  void add(Selection rows, int[] groups) {
    // A NULL reads as 0, which no sum notices.
    long[] values = rows.longs(slot);
    if (isOne(groups)) {
      sums[0] += Kernels.sum(values, rows.count());
    } else {
      addGrouped(groups, values, rows.count(), sums);
    }
    if (ownCounts != null) {
      ownCounts.add(rows, groups);
    }
  }

  private static void addGrouped(int[] groups, long[] values, int count, long[] sums) {
    for (int i = 0; i < count; i++) {
      sums[groups[i]] += values[i];
    }
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    long[] low = new long[count];
    long[] high = new long[count];
    long[] counts = new long[count];
    long[] seen = new long[Validity.wordCount(count)];
    boolean missing = false;
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      low[i] = sums[group];
      high[i] = sums[group] >> 63;
      counts[i] = ownCounts == null ? rowCounts[group] : ownCounts.count(group, rowCounts);
      if (counts[i] > 0) {
        seen[i >>> 6] |= 1L << i;
      } else {
        missing = true;
      }
    }
    Validity validity = missing ? new Validity(seen) : null;
    Values lows = new LongValues(low, count, validity);
    Values highs = new LongValues(high, count, validity);
    return average
        ? List.of(lows, highs, new LongValues(counts, count, null))
        : List.of(lows, highs);
  }

  @Override
  long bytesPerGroup() {
    return ownCounts == null ? 8 : 16;
  }
}
