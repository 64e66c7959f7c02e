package io.cuvee.engine.aggregation;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.LongSource;
import io.cuvee.engine.startree.TreeAggregates;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How one segment is aggregated. Immutable and thread-safe.
///
/// @param filters how the segment finds the rows of each FILTER condition
record SegmentAggregation(AggregationPlan plan, Grouping grouping, List<FilterPlan> filters) {
  /// Most bits that the sets of DISTINCT take in one segment at one worker.
  private static final long MAX_DISTINCT_WORDS = 1 << 18;

  /// The part of the query's memory that one kind of array, whose size is known before, may take at
  /// one worker.
  private static final int SHARE_OF_MEMORY = 8;

  /// What a group of a dense table takes for itself and for each aggregate, roughly.
  private static final int GROUP_BYTES = 8;

  private static final int STATE_BYTES = 24;

  /// How far integers may lie apart whose set is kept as bits.
  private static final int MAX_DISTINCT_RANGE = 1 << 24;

  static SegmentAggregation of(AggregationPlan plan, SegmentScan scan) {
    int nextIndex = scan.indexCount();
    List<FilterPlan> filters = new ArrayList<>();
    for (Expression filter : plan.filters()) {
      FilterPlan compiled = FilterPlan.compile(filter, scan.columns(), scan.docCount(), nextIndex);
      nextIndex += compiled.indexCount();
      filters.add(compiled);
    }
    return new SegmentAggregation(
        plan,
        Grouping.of(
            plan.keys(),
            scan.columns(),
            scan.docCount(),
            scan.filter().likelyCount(),
            plan.memoryBytes()
                / SHARE_OF_MEMORY
                / (GROUP_BYTES + (long) STATE_BYTES * plan.calls().size())),
        List.copyOf(filters));
  }

  /// How many conditions read an inverted index, those of FILTER included.
  int indexCount() {
    return filters.stream().mapToInt(FilterPlan::indexCount).sum();
  }

  /// Fresh states of one aggregate at one worker.
  ///
  /// @param table the worker's, which takes the states of groups by value directly
  States states(int aggregate, SegmentScan scan, AggregateTable table, MemoryBudget budget) {
    AggregateCall call = plan.calls().get(aggregate);
    TreeAggregates stored = scan.starTree();
    if (stored != null && !stored.slots().get(aggregate).isEmpty()) {
      return stored(aggregate, stored.slots().get(aggregate), scan, table, budget);
    }
    if (grouping instanceof Grouping.ByValue) {
      return new Accumulated(table.accumulator(aggregate), plan.arguments().get(aggregate), null);
    }
    if (grouping instanceof Grouping.One && stored == null) {
      Optional<List<Values>> known = MetadataAnswer.extreme(call, scan);
      if (known.isPresent()) {
        return new KnownExtreme(known.get());
      }
    }
    return fastStates(aggregate, call, scan, table)
        .orElseGet(() ->
            grouping instanceof Grouping.One
                ? new Accumulated(
                    table.accumulator(aggregate), plan.arguments().get(aggregate), null)
                : ofSegment(aggregate, call, budget));
  }

  private Accumulated ofSegment(int aggregate, AggregateCall call, MemoryBudget budget) {
    MemoryBudget own = child(budget);
    return new Accumulated(Accumulators.create(call, own), plan.arguments().get(aggregate), own);
  }

  /// What the states of one segment are charged to.
  private static MemoryBudget child(MemoryBudget budget) {
    return budget.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  private States stored(
      int aggregate,
      List<Integer> slots,
      SegmentScan scan,
      AggregateTable table,
      MemoryBudget budget) {
    AggregateCall call = plan.calls().get(aggregate);
    boolean byValue = grouping instanceof Grouping.ByValue;
    MemoryBudget own = byValue || grouping instanceof Grouping.One ? null : child(budget);
    return StoredStates.of(
        call,
        slots,
        scan,
        () -> own == null ? table.accumulator(aggregate) : Accumulators.create(call, own),
        own,
        byValue,
        plan.filterOf().get(aggregate) != AggregationPlan.NO_FILTER);
  }

  private Optional<States> fastStates(
      int aggregate, AggregateCall call, SegmentScan scan, AggregateTable table) {
    boolean filtered = plan.filterOf().get(aggregate) != AggregationPlan.NO_FILTER;
    boolean distinct = call.distinct() && !AggregateFunctions.ignoresDuplicates(call.function());
    if (call.arguments().isEmpty()) {
      return Optional.of(filtered ? new ValueCounts(ValueCounts.NO_SLOT, true) : new RowCounts());
    }
    if (call.arguments().size() != 1) {
      return Optional.empty();
    }
    boolean average = call.function().equals(AggregateFunctions.AVG);
    if (!distinct && (average || call.function().equals(AggregateFunctions.SUM))) {
      return LongSource.of(call.arguments().getFirst(), scan.columns())
          .filter(source -> LongSums.fits(source, scan.docCount()))
          .map(source -> new LongSums(source, scan.docCount(), average, filtered));
    }
    if (!(call.arguments().getFirst() instanceof Expression.Column argument)
        || argument.type().isArray()) {
      return Optional.empty();
    }
    int slot = argument.index();
    SegmentColumn column = scan.columns().get(slot);
    Optional<Dictionary> dictionary = column.dictionary();
    boolean nulls = column.statistics().nullCount() > 0;
    if (distinct) {
      return KeyColumn.ofColumn(slot, column, MAX_DISTINCT_RANGE)
          .filter(this::fitsDistinct)
          .map(codes ->
              new DistinctCodes(
                  codes, table.accumulator(aggregate), grouping instanceof Grouping.One));
    }
    return switch (call.function()) {
      case AggregateFunctions.COUNT ->
          Optional.of(filtered || nulls ? new ValueCounts(slot, filtered) : new RowCounts());
      case AggregateFunctions.MIN, AggregateFunctions.MAX ->
          dictionary
              .filter(Dictionary::isSorted)
              .map(values ->
                  new ExtremeIds(slot, call.function().equals(AggregateFunctions.MAX), values));
      default -> Optional.empty();
    };
  }

  private boolean fitsDistinct(KeyColumn column) {
    long words = DistinctCodes.words(column);
    return switch (grouping) {
      case Grouping.One one -> true;
      case Grouping.Dense dense -> words * dense.groupCount() <= mostDistinctWords();
      case Grouping.Hashed hashed -> false;
      case Grouping.ByValue byValue -> false;
    };
  }

  private long mostDistinctWords() {
    return Math.min(MAX_DISTINCT_WORDS, plan.memoryBytes() / SHARE_OF_MEMORY / Long.BYTES);
  }

  /// The budget's share of one worker's states.
  static long bytes(List<States> states, int groupCount) {
    long perGroup = 8;
    for (States state : states) {
      perGroup += state.bytesPerGroup();
    }
    return perGroup * groupCount;
  }
}
