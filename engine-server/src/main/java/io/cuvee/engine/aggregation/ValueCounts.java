package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;

/// COUNT of rows, or of those in which a column has a value: the rows of a group, less those that
/// are NULL, which are few as a rule.
final class ValueCounts extends States {
  /// Counts rows whatever they hold.
  static final int NO_SLOT = -1;

  private final int slot;
  private final boolean ownRows;

  /// Rows if they are counted here, less NULLs.
  private long[] counts = new long[1];

  /// @param ownRows whether rows are counted here, because a FILTER leaves some out
  ValueCounts(int slot, boolean ownRows) {
    this.slot = slot;
    this.ownRows = ownRows;
  }

  @Override
  void ensureGroups(int groupCount) {
    if (groupCount > counts.length) {
      counts = Arrays.copyOf(counts, groupCount);
    }
  }

  @Override
  boolean canFollow(States before) {
    return before instanceof ValueCounts other && other.ownRows == ownRows;
  }

  @Override
  void follow(States before) {
    counts = ((ValueCounts) before).counts;
  }

  @Override
  void add(Selection rows, int[] groups) {
    long[] validity = slot == NO_SLOT ? null : rows.validity(slot);
    int count = rows.count();
    if (isOne(groups)) {
      long valid = validity == null ? count : Kernels.bitCount(validity, (count + 63) >>> 6);
      counts[0] += ownRows ? valid : valid - count;
      return;
    }
    if (ownRows) {
      countRows(groups, count, counts);
    }
    if (validity != null) {
      uncountNulls(groups, count, validity, counts);
    }
  }

  static void countRows(int[] groups, int count, long[] counts) {
    for (int i = 0; i < count; i++) {
      counts[groups[i]]++;
    }
  }

  private static void uncountNulls(int[] groups, int count, long[] validity, long[] counts) {
    for (int base = 0; base < count; base += 64) {
      long nulls = ~validity[base >>> 6];
      if (count - base < 64) {
        nulls &= (1L << count) - 1;
      }
      for (; nulls != 0; nulls &= nulls - 1) {
        counts[groups[base + Long.numberOfTrailingZeros(nulls)]]--;
      }
    }
  }

  long count(int group, long[] rowCounts) {
    return ownRows ? counts[group] : rowCounts[group] + counts[group];
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    long[] selected = new long[count];
    for (int i = 0; i < count; i++) {
      selected[i] = count(groups[i], rowCounts);
    }
    return List.of(new LongValues(selected, count, null));
  }

  @Override
  boolean needsRowCounts() {
    return !ownRows;
  }

  @Override
  long bytesPerGroup() {
    return 8;
  }
}
