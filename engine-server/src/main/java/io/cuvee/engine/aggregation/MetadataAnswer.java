package io.cuvee.engine.aggregation;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What a segment's metadata, dictionaries and indexes say about an aggregation, without reading
/// any row.
///
/// @param keys of the groups, one column a key
/// @param states of each aggregate
/// @param rowCount rows that this stands for
record MetadataAnswer(List<Values> keys, int groupCount, List<List<Values>> states, long rowCount) {
  static Optional<MetadataAnswer> of(AggregationPlan plan, SegmentScan scan) {
    OptionalLong known = scan.filter().knownCount(scan.docCount());
    if (known.isEmpty() || !plan.filters().isEmpty()) {
      return Optional.empty();
    }
    boolean all = scan.filter().isAll(scan.docCount());
    if (!plan.keys().isEmpty()) {
      return all ? ofOneKey(plan, scan) : Optional.empty();
    }
    List<List<Values>> states = new ArrayList<>();
    for (AggregateCall call : plan.calls()) {
      List<Values> state = state(call, scan, all, known.getAsLong());
      if (state == null) {
        return Optional.empty();
      }
      states.add(state);
    }
    return Optional.of(new MetadataAnswer(List.of(), 1, states, known.getAsLong()));
  }

  /// The state of MIN or MAX of all rows of the segment, if its metadata knows it.
  static Optional<List<Values>> extreme(AggregateCall call, SegmentScan scan) {
    boolean isExtreme =
        call.function().equals(AggregateFunctions.MIN)
            || call.function().equals(AggregateFunctions.MAX);
    return isExtreme && call.filter() == null && scan.filter().isAll(scan.docCount())
        ? Optional.ofNullable(state(call, scan, true, scan.docCount()))
        : Optional.empty();
  }

  private static @Nullable List<Values> state(
      AggregateCall call, SegmentScan scan, boolean all, long rowCount) {
    if (call.function().equals(AggregateFunctions.COUNT) && call.arguments().isEmpty()) {
      return List.of(LongValues.of(rowCount));
    }
    if (!all
        || call.arguments().size() != 1
        || !(call.arguments().getFirst() instanceof Expression.Column argument)
        || argument.type().isArray()) {
      return null;
    }
    SegmentColumn column = scan.columns().get(argument.index());
    ColumnStatistics statistics = column.statistics();
    int valueCount = scan.docCount() - statistics.nullCount();
    if (call.distinct() && !AggregateFunctions.ignoresDuplicates(call.function())) {
      Optional<Dictionary> dictionary = column.dictionary();
      if (dictionary.isEmpty()) {
        return null;
      }
      int size = dictionary.get().size();
      return List.of(new ArrayValues(dictionary.get().all(), new int[] {0, size}, 1, null));
    }
    return switch (call.function()) {
      case AggregateFunctions.COUNT -> List.of(LongValues.of(valueCount));
      case AggregateFunctions.MIN -> extreme(argument, statistics.min(), valueCount);
      case AggregateFunctions.MAX -> extreme(argument, statistics.max(), valueCount);
      default -> null;
    };
  }

  private static @Nullable List<Values> extreme(
      Expression argument, @Nullable Object extreme, int valueCount) {
    if (extreme == null && valueCount > 0) {
      return null;
    }
    ValuesBuilder builder = ValuesBuilder.of(argument.type(), 1);
    builder.appendObject(valueCount == 0 ? null : extreme);
    return List.of(builder.build());
  }

  /// DISTINCT of a dictionary column, or its counts by an inverted index or by the runs of a sorted
  /// column.
  private static Optional<MetadataAnswer> ofOneKey(AggregationPlan plan, SegmentScan scan) {
    if (plan.keys().size() != 1
        || !(plan.keys().getFirst().expression() instanceof Expression.Column key)) {
      return Optional.empty();
    }
    SegmentColumn column = scan.columns().get(key.index());
    Optional<Dictionary> dictionary = column.dictionary();
    if (dictionary.isEmpty() || key.type().isArray()) {
      return Optional.empty();
    }
    Optional<InvertedIndex> index = column.invertedIndex();
    if (!plan.calls().isEmpty() && index.isEmpty() && !column.isSorted()) {
      return Optional.empty();
    }
    for (AggregateCall call : plan.calls()) {
      if (!call.function().equals(AggregateFunctions.COUNT) || !call.arguments().isEmpty()) {
        return Optional.empty();
      }
    }
    int size = dictionary.get().size();
    int nulls = column.statistics().nullCount();
    int groupCount = size + (nulls > 0 ? 1 : 0);
    int[] ids = new int[groupCount];
    long[] counts = new long[groupCount];
    for (int i = 0; i < groupCount; i++) {
      ids[i] = i < size ? i : -1;
      if (!plan.calls().isEmpty()) {
        counts[i] = i < size ? rowCount(column, index, i) : nulls;
      }
    }
    Values values = KeyColumn.dictionaryValues(dictionary.get(), ids, groupCount);
    List<List<Values>> states = new ArrayList<>();
    for (int i = 0; i < plan.calls().size(); i++) {
      states.add(List.of(new LongValues(counts, groupCount, null)));
    }
    return Optional.of(new MetadataAnswer(List.of(values), groupCount, states, scan.docCount()));
  }

  private static long rowCount(SegmentColumn column, Optional<InvertedIndex> index, int dictId) {
    if (index.isPresent()) {
      return index.get().docCount(dictId);
    }
    long range = column.sortedRange(dictId);
    return (int) range - (range >>> 32);
  }
}
