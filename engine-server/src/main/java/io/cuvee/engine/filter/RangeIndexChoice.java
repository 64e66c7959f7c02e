package io.cuvee.engine.filter;

import io.cuvee.segment.column.RangeIndex;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Lets conditions on an interval of a column read its range index where that is cheaper than
/// looking at the values. Works on a whole compiled filter, when both ends of an interval have come
/// together.
final class RangeIndexChoice {
  /// Nanoseconds for each row that is listed, with the blocks that are looked at for its sake.
  private static final double ROW_COST = 10;

  private final List<SegmentColumn> columns;
  private int nextIndex;

  RangeIndexChoice(List<SegmentColumn> columns, int firstIndex) {
    this.columns = columns;
    this.nextIndex = firstIndex;
  }

  /// The number that a further condition on an index would get.
  int nextIndex() {
    return nextIndex;
  }

  FilterNode apply(FilterNode node) {
    return switch (node) {
      case Conjunction all -> Conjunction.of(all.parts.stream().map(this::apply).toList());
      case Disjunction either -> Disjunction.of(either.parts.stream().map(this::apply).toList());
      case LongCondition longs ->
          longs.negate ? longs : choose(longs, longs.slot, longs.lo, longs.hi);
      case DoubleCondition doubles ->
          doubles.negate ? doubles : choose(doubles, doubles.slot, doubles.lo, doubles.hi);
      case DictIdCondition ids ->
          ids.set.isTable() || ids.set.negate()
              ? ids
              : choose(ids, ids.slot, ids.set.lo(), ids.set.hi());
      case ArrayCondition array ->
          !array.some || array.set.isTable() || array.set.negate()
              ? array
              : choose(array, array.slot, array.set.lo(), array.set.hi());
      case AllRows all -> all;
      case NoRows none -> none;
      case DocRange range -> range;
      case DocRanges ranges -> ranges;
      case HasValue has -> has;
      case IndexCondition index -> index;
      case ComputedCondition computed -> computed;
      case Complement others -> others;
    };
  }

  /// @param exact the condition that rows with a key in `[lo, hi]` pass
  private FilterNode choose(FilterNode exact, int slot, long lo, long hi) {
    SegmentColumn column = columns.get(slot);
    RangeIndex index = column.rangeIndex().orElse(null);
    if (index == null) {
      return exact;
    }
    int first = first(index, lo);
    int last = last(index, hi);
    if (first > last) {
      return NoRows.INSTANCE;
    }
    long rows = 0;
    double most = column.docCount() * mostShare(exact);
    for (int bucket = first; bucket <= last && rows <= most; bucket++) {
      rows += index.docCount(bucket);
    }
    if (rows > most) {
      return exact;
    }
    int fullFrom = index.min(first) >= lo ? first : first + 1;
    int fullTo = index.max(last) <= hi ? last : last - 1;
    List<FilterNode> parts = new ArrayList<>();
    if (fullFrom <= fullTo) {
      parts.add(condition(slot, index, IntStream.rangeClosed(fullFrom, fullTo).toArray()));
    }
    int[] edges =
        IntStream.of(first, last)
            .distinct()
            .filter(bucket -> bucket < fullFrom || bucket > fullTo)
            .toArray();
    if (edges.length > 0) {
      parts.add(Conjunction.of(List.of(condition(slot, index, edges), exact)));
    }
    return Disjunction.of(parts);
  }

  /// The share of rows up to which the index costs less than looking at all values.
  private static double mostShare(FilterNode scan) {
    return (scan.cost() - IndexCondition.DENSE_COST) / ROW_COST;
  }

  private IndexCondition condition(int slot, RangeIndex index, int[] buckets) {
    SegmentColumn column = columns.get(slot);
    return new IndexCondition(
        slot,
        nextIndex++,
        index.documents(),
        "range",
        buckets,
        column.docCount(),
        !column.type().isArray() || buckets.length == 1);
  }

  /// The first bucket whose largest key is not below `lo`.
  private static int first(RangeIndex index, long lo) {
    int from = 0;
    int to = index.bucketCount();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (index.max(middle) < lo) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /// The last bucket whose smallest key is not above `hi`.
  private static int last(RangeIndex index, long hi) {
    int from = 0;
    int to = index.bucketCount();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (index.min(middle) <= hi) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from - 1;
  }
}
