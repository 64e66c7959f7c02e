package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.LongSource;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// SUM and AVG of integers whose smallest and largest value say that the sum fits 64 bits.
final class LongSums extends States {
  private final LongSource source;
  private final boolean average;
  private final @Nullable ValueCounts ownCounts;
  private long[] sums = new long[1];

  /// How far from 0 any sum can be.
  private long most;

  /// @param docCount rows of the segment
  /// @param filtered whether a FILTER leaves rows out
  LongSums(LongSource source, int docCount, boolean average, boolean filtered) {
    this.source = source;
    this.most = docCount * Math.max(Math.abs(source.min()), Math.abs(source.max()));
    this.average = average;
    OptionalInt nullable = source.nullableSlot();
    this.ownCounts =
        nullable.isPresent() || filtered
            ? new ValueCounts(nullable.orElse(ValueCounts.NO_SLOT), filtered)
            : null;
  }

  /// Whether the sum of so many values fits.
  static boolean fits(LongSource source, int docCount) {
    long most = Long.MAX_VALUE / Math.max(1, docCount);
    return source.min() >= -most && source.max() <= most;
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
  boolean canFollow(States before) {
    return before instanceof LongSums other
        && other.most <= Long.MAX_VALUE - most
        && (ownCounts == null
            ? other.ownCounts == null
            : other.ownCounts != null && ownCounts.canFollow(other.ownCounts));
  }

  @Override
  void follow(States before) {
    LongSums other = (LongSums) before;
    sums = other.sums;
    most += other.most;
    if (ownCounts != null && other.ownCounts != null) {
      ownCounts.follow(other.ownCounts);
    }
  }

  @Override
  void add(Selection rows, int[] groups) {
    if (isOne(groups) && source instanceof LongSource.Stored stored && rows.hasSum(stored.slot())) {
      sums[0] += rows.sum(stored.slot());
      if (ownCounts != null) {
        ownCounts.add(rows, groups);
      }
      return;
    }
    if (source.hasInts() && rows.isDense()) {
      int[] values = source.ints(rows);
      if (isOne(groups)) {
        sums[0] += Kernels.sum(values, rows.count());
      } else {
        addGrouped(groups, values, rows.count(), sums);
      }
    } else {
      // A NULL reads as 0, which no sum notices.
      long[] values = source.values(rows);
      if (isOne(groups)) {
        sums[0] += Kernels.sum(values, rows.count());
      } else {
        addGrouped(groups, values, rows.count(), sums);
      }
    }
    if (ownCounts != null) {
      ownCounts.add(rows, groups);
    }
  }

  private static void addGrouped(int[] groups, int[] values, int count, long[] sums) {
    for (int i = 0; i < count; i++) {
      sums[groups[i]] += values[i];
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
  boolean needsRowCounts() {
    return ownCounts == null ? average : ownCounts.needsRowCounts();
  }

  @Override
  long bytesPerGroup() {
    return ownCounts == null ? 8 : 16;
  }
}
