package io.cuvee.engine.startree;

import io.cuvee.common.catalog.StoredAggregates;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.filter.TreeFilter;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.MissingColumn;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.index.startree.DimensionFilter;
import io.cuvee.segment.index.startree.RecordRanges;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.store.ReadableSegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How an aggregation could be answered from star-trees: which columns have to be dimensions, and
/// which aggregates have to be in the records. Compiled once a query. Immutable and thread-safe.
public final class StarTreePlan {
  /// So few records are always cheaper than a look at the rows.
  private static final long FEW_RECORDS = 16_384;

  /// So many bytes of states are merged while an aggregate takes one row, roughly.
  private static final long BYTES_PER_ROW = 32;

  private final SegmentQuery query;
  private final List<AggregateCall> calls;

  /// For each aggregate those of whose states its own is put together; empty if no tree has them.
  private final List<List<Part>> parts;

  /// The columns whose values the query looks at, but for those in the filter and in aggregates.
  private final BitSet looked;

  private final BitSet filtered;

  private StarTreePlan(
      SegmentQuery query,
      List<AggregateCall> calls,
      List<List<Part>> parts,
      BitSet looked,
      BitSet filtered) {
    this.query = query;
    this.calls = calls;
    this.parts = parts;
    this.looked = looked;
    this.filtered = filtered;
  }

  /// @return absent if no tree can answer it
  public static Optional<StarTreePlan> of(SegmentQuery query) {
    if (!(query.output() instanceof SegmentQuery.Aggregation aggregation)
        || isRandom(query, aggregation)) {
      return Optional.empty();
    }
    List<List<Part>> parts = new ArrayList<>();
    BitSet looked = new BitSet();
    for (AggregateCall call : aggregation.aggregates()) {
      List<Part> stored = parts(call, query.columns());
      if (stored.isEmpty() && !isOfValues(call)) {
        return Optional.empty();
      }
      parts.add(stored);
      if (call.filter() != null) {
        addSlots(call.filter(), looked);
      }
    }
    aggregation.groupKeys().forEach(key -> addSlots(key, looked));
    BitSet filtered = new BitSet();
    if (query.filter() != null) {
      addSlots(query.filter(), filtered);
    }
    return Optional.of(new StarTreePlan(query, aggregation.aggregates(), parts, looked, filtered));
  }

  /// Whether rows that are alike may count in different ways.
  private static boolean isRandom(SegmentQuery query, SegmentQuery.Aggregation aggregation) {
    Expression filter = query.filter();
    return filter != null && Evaluator.isRandom(filter)
        || aggregation.groupKeys().stream().anyMatch(Evaluator::isRandom)
        || aggregation.aggregates().stream().anyMatch(StarTreePlan::isRandom);
  }

  private static boolean isRandom(AggregateCall call) {
    Expression filter = call.filter();
    return filter != null && Evaluator.isRandom(filter)
        || call.arguments().stream().anyMatch(Evaluator::isRandom);
  }

  private static void addSlots(Expression expression, BitSet slots) {
    expression.rewrite(node -> {
      if (node instanceof Expression.Column column) {
        slots.set(column.index());
      }
      return node;
    });
  }

  /// Whether it depends on which values come, and not on how often.
  private static boolean isOfValues(AggregateCall call) {
    return switch (call.function()) {
      case AggregateFunctions.MIN,
          AggregateFunctions.MAX,
          AggregateFunctions.MINMAXRANGE,
          AggregateFunctions.BOOL_AND,
          AggregateFunctions.BOOL_OR,
          AggregateFunctions.APPROX_COUNT_DISTINCT,
          AggregateFunctions.DISTINCTCOUNTRAWHLL,
          AggregateFunctions.DISTINCTCOUNTTHETASKETCH,
          AggregateFunctions.DISTINCTCOUNTRAWTHETASKETCH ->
          true;
      case AggregateFunctions.COUNT, AggregateFunctions.SUM, AggregateFunctions.AVG ->
          call.distinct();
      default -> false;
    };
  }

  private static List<Part> parts(AggregateCall call, List<String> columns) {
    List<Part> parts = new ArrayList<>();
    for (AggregateCall part : StoredAggregates.parts(call)) {
      Optional<String> argument = StoredAggregates.argument(part, columns::get);
      if (argument.isEmpty()) {
        return List.of();
      }
      parts.add(new Part(part, StoredAggregates.function(part), argument.get()));
    }
    return List.copyOf(parts);
  }

  /// An aggregate that trees may have.
  private record Part(AggregateCall call, String function, String argument) {}

  /// How many slots the columns of a scan may need beyond the query's.
  public int moreSlots() {
    return 3 * calls.size();
  }

  /// The cheapest way to answer for a segment from one of its trees.
  ///
  /// @return absent if none of them can, or if it would not be worth it
  public Optional<SegmentScan> prepare(int ordinal, ReadableSegment segment) {
    long rows = segment.docCount();
    long most = rows <= FEW_RECORDS ? rows : Math.max(FEW_RECORDS, rows / 2);
    SegmentScan best = null;
    for (StarTree tree : segment.starTrees()) {
      Choice choice = choose(ordinal, segment, tree, most);
      if (choice != null) {
        best = choice.scan();
        most = choice.cost() - 1;
      }
    }
    return Optional.ofNullable(best);
  }

  /// @param cost in rows
  private record Choice(SegmentScan scan, long cost) {}

  /// How many rows are read as fast as a record with the states that the query needs.
  private long recordCost(StarTree tree, List<List<Integer>> slots) {
    long bytes = 0;
    for (int i = 0; i < slots.size(); i++) {
      for (Part part : slots.get(i).isEmpty() ? List.<Part>of() : parts.get(i)) {
        bytes += tree.stateBytes(part.function(), part.argument());
      }
    }
    return 1 + bytes / (BYTES_PER_ROW * Math.max(1, slots.size()));
  }

  private @Nullable Choice choose(int ordinal, ReadableSegment segment, StarTree tree, long most) {
    int width = query.columns().size();
    int[] dimensionOf = new int[width];
    List<SegmentColumn> columns = new ArrayList<>(width + moreSlots());
    for (int slot = 0; slot < width; slot++) {
      dimensionOf[slot] = dimension(tree, segment, slot);
      if (dimensionOf[slot] < 0 && (looked.get(slot) || filtered.get(slot))) {
        return null;
      }
      columns.add(column(tree, slot, dimensionOf[slot]));
    }
    BitSet needed = (BitSet) looked.clone();
    List<List<Integer>> slots = aggregates(segment, tree, dimensionOf, columns, needed);
    if (slots == null) {
      return null;
    }
    long cost = recordCost(tree, slots);
    TreeFilter filter = TreeFilter.compile(query.filter(), columns, tree.docCount());
    TreeAggregates aggregates =
        new TreeAggregates(
            slots,
            tree.metadata().dimensions().stream().map(StarTreeMetadata.Dimension::name).toList());
    if (filter.isEmpty()) {
      return new Choice(
          scan(ordinal, segment, tree, columns, new FilterPlan(0, 0, null, 0), aggregates), 0);
    }
    @Nullable DimensionFilter[] filters =
        new @Nullable DimensionFilter[tree.metadata().dimensions().size()];
    long neededDimensions = 0;
    for (int slot = 0; slot < width; slot++) {
      Optional<DimensionFilter> decided = filter.filter(slot);
      if (decided.isPresent()) {
        filters[dimensionOf[slot]] = decided.get();
      }
      if (decided.isPresent() || filter.looksAt(slot) || needed.get(slot)) {
        neededDimensions |= 1L << dimensionOf[slot];
      }
    }
    RecordRanges ranges = tree.select(filters, neededDimensions, most / cost).orElse(null);
    if (ranges == null) {
      return null;
    }
    FilterPlan plan = filter.within(ranges, slot -> (ranges.open() >>> dimensionOf[slot] & 1) != 0);
    return new Choice(
        scan(ordinal, segment, tree, columns, plan, aggregates), cost * ranges.count());
  }

  private static SegmentScan scan(
      int ordinal,
      ReadableSegment segment,
      StarTree tree,
      List<SegmentColumn> columns,
      FilterPlan filter,
      TreeAggregates aggregates) {
    return new SegmentScan(
        ordinal,
        segment.name(),
        tree.docCount(),
        segment.docCount(),
        columns,
        filter,
        0,
        aggregates,
        null);
  }

  /// Which dimension of the tree a column of the query is, -1 for none.
  private int dimension(StarTree tree, ReadableSegment segment, int slot) {
    String name = query.columns().get(slot);
    ColumnType type = query.columnTypes().get(slot);
    int dimension = tree.indexOf(name);
    boolean same =
        dimension >= 0
            && !type.isArray()
            && segment
                .column(name)
                .filter(column ->
                    column.type().isArray()
                        || column.type().dataType().representation()
                            != type.dataType().representation())
                .isEmpty();
    return same ? dimension : -1;
  }

  private SegmentColumn column(StarTree tree, int slot, int dimension) {
    Optional<SegmentColumn> stored = dimension < 0 ? Optional.empty() : tree.dimension(dimension);
    return stored.orElseGet(() ->
        new MissingColumn(
            query.columns().get(slot), query.columnTypes().get(slot), tree.docCount()));
  }

  /// Finds the aggregates and adds the columns of their states.
  ///
  /// @param needed receives the columns of which aggregates are computed
  /// @return absent if the tree lacks one
  private @Nullable List<List<Integer>> aggregates(
      ReadableSegment segment,
      StarTree tree,
      int[] dimensionOf,
      List<SegmentColumn> columns,
      BitSet needed) {
    List<List<Integer>> slots = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      AggregateCall call = calls.get(i);
      Optional<List<SegmentColumn>> states = states(segment, tree, parts.get(i));
      if (states.isEmpty() && !isFromDimensions(call, dimensionOf, needed)) {
        return null;
      }
      List<Integer> positions = new ArrayList<>();
      for (SegmentColumn state : states.orElse(List.of())) {
        positions.add(columns.size());
        columns.add(state);
      }
      slots.add(List.copyOf(positions));
    }
    return slots;
  }

  /// @return absent if the tree lacks one
  private Optional<List<SegmentColumn>> states(
      ReadableSegment segment, StarTree tree, List<Part> wanted) {
    List<SegmentColumn> all = new ArrayList<>();
    for (Part part : wanted) {
      Optional<List<SegmentColumn>> found =
          part.function().equals(AggregateFunctions.COUNT)
              ? counts(segment, tree, part)
              : tree.states(part.function(), part.argument());
      if (found.filter(states -> isStateOf(part.call(), states)).isEmpty()) {
        return Optional.empty();
      }
      all.addAll(found.get());
    }
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  /// Whether states are in the form that the query's types give. If not, the segment was built with
  /// another type of the column, which whoever reads the rows will say.
  private static boolean isStateOf(AggregateCall call, List<SegmentColumn> states) {
    ColumnType wanted = AggregateFunctions.stateTypes(call).getFirst();
    ColumnType stored = states.getFirst().type();
    return wanted.isArray() == stored.isArray()
        && wanted.dataType().representation() == stored.dataType().representation();
  }

  /// The counts of an argument, which are those of rows if it is a column without NULLs.
  private Optional<List<SegmentColumn>> counts(ReadableSegment segment, StarTree tree, Part part) {
    Optional<List<SegmentColumn>> counts = tree.states(AggregateFunctions.COUNT, part.argument());
    boolean hasNoNulls =
        !part.call().arguments().isEmpty()
            && part.call().arguments().getFirst() instanceof Expression.Column column
            && segment
                .column(query.columns().get(column.index()))
                .filter(stored -> stored.statistics().nullCount() == 0)
                .isPresent();
    return counts.isEmpty() && hasNoNulls ? tree.states(AggregateFunctions.COUNT, "") : counts;
  }

  private static boolean isFromDimensions(AggregateCall call, int[] dimensionOf, BitSet needed) {
    if (!isOfValues(call)) {
      return false;
    }
    BitSet slots = new BitSet();
    call.arguments().forEach(argument -> addSlots(argument, slots));
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      if (dimensionOf[slot] < 0) {
        return false;
      }
    }
    needed.or(slots);
    return true;
  }
}
