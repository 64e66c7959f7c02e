package io.cuvee.segment.index.startree;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.DerivedColumns;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.format.StarTreeMetadataFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds a star-tree from the columns of a segment, after the design of Apache Pinot: rows that
/// agree in all dimensions become a record; from the root, records are split by the values of one
/// dimension a level, and beside the children of a node stands the star, whose records are the
/// node's aggregated without that dimension. Every node has one record for all of its own. NULL is
/// a value of its own that comes before all others.
///
/// Memory: about 17 bytes a row, released before the tree is split, and the records with the states
/// of their aggregates twice. The same rows give the same tree, but for what sketches of quantiles
/// leave to chance. Not thread-safe.
public final class StarTreeBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(StarTreeBuilder.class);
  private static final int PART = 1 << 14;

  /// Of base records with long states at least so many are made in one pass over the rows.
  private static final int LEAST_AT_ONCE = 1 << 15;

  private static final int MOST_PASSES = 64;

  /// So many distinct values are kept in the records of any segment.
  private static final int FEW_VALUES = 1 << 16;

  private final StarTreeSpec spec;
  private final Function<String, Optional<SegmentColumn>> columns;
  private final int rowCount;
  private final MemoryBudget budget;
  private final List<Optional<SegmentColumn>> dimensions = new ArrayList<>();
  private final int[] cardinalities;
  private final Records records;
  private final NodeList nodes;
  private final RecordSort sort;
  private final List<StarTreeSpec.Metric> kept = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  /// Where each level of the tree begins in the nodes.
  private final List<Integer> levels = new ArrayList<>();

  /// @param columns of the segment; one that it does not have is NULL in all rows
  /// @param rowCount at least 1
  /// @param budget what the build takes is charged to it; the caller closes it
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if a dimension has no dictionary
  public StarTreeBuilder(
      StarTreeSpec spec,
      Function<String, Optional<SegmentColumn>> columns,
      int rowCount,
      MemoryBudget budget) {
    this.spec = spec;
    this.columns = columns;
    this.rowCount = rowCount;
    this.budget = budget;
    for (String name : spec.dimensions()) {
      dimensions.add(dimension(name));
    }
    cardinalities = dimensions.stream().mapToInt(RowSort::cardinality).toArray();
    records = new Records(dimensions.size(), budget);
    nodes = new NodeList(budget);
    sort = new RecordSort(records, cardinalities);
  }

  /// Whether all dimensions are stored in a way that a tree can be built of.
  public static boolean isPossible(
      StarTreeSpec spec, Function<String, Optional<SegmentColumn>> columns, int rowCount) {
    return spec.dimensions().stream()
        .noneMatch(name ->
            withValues(columns.apply(name), rowCount).filter(StarTreeBuilder::isUnfit).isPresent());
  }

  private static Optional<SegmentColumn> withValues(Optional<SegmentColumn> column, int rowCount) {
    return column.filter(found -> found.statistics().nullCount() < rowCount);
  }

  private static boolean isUnfit(SegmentColumn column) {
    return column.type().isArray() || column.dictionary().isEmpty();
  }

  private Optional<SegmentColumn> dimension(String name) {
    Optional<SegmentColumn> column = withValues(columns.apply(name), rowCount);
    if (column.filter(StarTreeBuilder::isUnfit).isPresent()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Column '"
              + name
              + "' cannot be a dimension of a star-tree in this segment, where it is "
              + (column.get().type().isArray() ? "an array" : "stored without a dictionary")
              + ". Build the segment anew with the present table config.");
    }
    return column;
  }

  /// Builds the tree and appends it.
  ///
  /// @param number of the tree in the segment
  /// @throws CuveeException `MEMORY_LIMIT`, `IO`; then what was appended must not be used
  public StarTreeMetadata write(ColumnsWriter out, int number) {
    aggregate(new RowSort(dimensions, rowCount).group(records, budget));
    int baseCount = records.count();
    split(baseCount);
    addAggregates();
    return writeBuffers(out, number, baseCount);
  }

  /// Fills the aggregates of the base records.
  private void aggregate(int[] recordOf) {
    for (StarTreeSpec.Metric metric : spec.metrics()) {
      RecordStates states = new RecordStates(metric.call(), budget);
      try {
        accumulate(metric.call(), recordOf, states);
        checkLength(states);
        records.addAggregate(states);
        kept.add(metric);
      } catch (CuveeException e) {
        if (e.code() == ErrorCode.MEMORY_LIMIT) {
          throw e;
        }
        // The query that asks for it scans the rows, and fails if one of its own does.
        states.drop();
        leftOut.add(metric.name());
        LOG.info("A star-tree is built without {}: {}", metric.name(), e.getMessage());
      }
    }
  }

  /// Sets of values are kept while reading them is less than reading the rows.
  private void checkLength(RecordStates states) {
    long values = 0;
    for (Values state : states.states()) {
      values += state instanceof ArrayValues arrays ? arrays.elements().count() : 0;
    }
    if (values > Math.max(FEW_VALUES, rowCount / 2)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          values + " distinct values in " + records.count() + " records are too many.");
    }
  }

  /// Long states are made for a part of the records at a time, in a pass over the rows each.
  private void accumulate(AggregateCall call, int[] recordOf, RecordStates states) {
    List<String> inputs = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    Optional<Evaluator> evaluator =
        call.arguments().isEmpty()
            ? Optional.empty()
            : Optional.of(Evaluator.compile(bound(call.arguments().getFirst(), inputs, types)));
    int most =
        states.isLong() ? Math.max(LEAST_AT_ONCE, records.count() / MOST_PASSES) : records.count();
    int[] groups = new int[PART];
    for (int first = 0; first < records.count(); first += most) {
      int records = Math.min(most, this.records.count() - first);
      Accumulator accumulator = states.making(records);
      for (int from = 0; from < rowCount; from += PART) {
        int count = Math.min(PART, rowCount - from);
        if (!group(recordOf, from, count, first, records, groups)) {
          continue;
        }
        List<Values> arguments = List.of();
        if (evaluator.isPresent()) {
          List<Values> read = new ArrayList<>();
          for (int i = 0; i < inputs.size(); i++) {
            read.add(values(inputs.get(i), types.get(i), from, count));
          }
          arguments = List.of(evaluator.get().evaluate(new Page(count, read)));
        }
        accumulator.add(groups, count, arguments);
      }
      states.finish(records);
    }
  }

  /// Numbers rows by their records from `first`, −1 for those of others.
  ///
  /// @return whether there are any
  private static boolean group(
      int[] recordOf, int from, int count, int first, int records, int[] groups) {
    boolean any = false;
    for (int i = 0; i < count; i++) {
      int group = recordOf[from + i] - first;
      boolean wanted = group >= 0 && group < records;
      groups[i] = wanted ? group : -1;
      any |= wanted;
    }
    return any;
  }

  /// The expression over the columns that occur in it, which are numbered in `inputs`.
  private Expression bound(Expression argument, List<String> inputs, List<ColumnType> types) {
    return argument.rewrite(node -> {
      if (!(node instanceof Expression.Column column)) {
        return node;
      }
      String name = spec.schema().fields().get(column.index()).name();
      int position = inputs.indexOf(name);
      if (position < 0) {
        position = inputs.size();
        inputs.add(name);
        types.add(column.type());
      }
      return new Expression.Column(position, column.type());
    });
  }

  private Values values(String name, ColumnType type, int from, int count) {
    Optional<SegmentColumn> column = columns.apply(name);
    if (column.isPresent()) {
      return column.get().values(from, count);
    }
    ValuesBuilder none = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      none.appendNull();
    }
    return none.build();
  }

  private void split(int baseCount) {
    levels.add(nodes.count());
    nodes.add(StarTreeNodes.NULL, 0, baseCount);
    for (int level = 0; level < dimensions.size(); level++) {
      int from = levels.get(level);
      int to = nodes.count();
      levels.add(to);
      if (from == to) {
        return;
      }
      records.settle();
      for (int node = from; node < to; node++) {
        if (nodes.end(node) - nodes.start(node) > spec.maxLeafRecords()) {
          splitNode(node, level);
        }
      }
      records.flush();
    }
  }

  private void splitNode(int node, int level) {
    int start = nodes.start(node);
    int end = nodes.end(node);
    int[] ids = records.ids(level);
    int values = 1;
    for (int i = start + 1; i < end; i++) {
      values += ids[i] == ids[i - 1] ? 0 : 1;
    }
    boolean star = values > 1 && !spec.skipStarNodes().contains(spec.dimensions().get(level));
    int first = nodes.count();
    if (star) {
      nodes.add(StarTreeNodes.STAR, 0, 0);
    }
    int begin = start;
    for (int i = start + 1; i <= end; i++) {
      if (i == end || ids[i] != ids[i - 1]) {
        nodes.add(ids[begin], begin, i);
        begin = i;
      }
    }
    nodes.setChildren(node, first, nodes.count() - first);
    if (star) {
      int starStart = records.count();
      addStarRecords(start, end, level);
      nodes.setRecords(first, starStart, records.count());
    }
  }

  /// Aggregates a node's records without the dimension of its level.
  private void addStarRecords(int start, int end, int level) {
    int[] order = sort.sorted(start, end, level + 1);
    int target = StarTreeNodes.NULL;
    for (int i = 0; i < end - start; i++) {
      int source = order[i];
      if (i == 0 || sort.compare(order[i - 1], source, level + 1) != 0) {
        target = addRecord(source, level, level + 1);
      }
      records.merge(source, target);
    }
  }

  /// Adds a record like `source`, but without the dimensions `[from, to)`.
  private int addRecord(int source, int from, int to) {
    int target = records.add(1);
    for (int d = 0; d < dimensions.size(); d++) {
      records.set(d, target, d >= from && d < to ? StarTreeNodes.STAR : records.id(d, source));
    }
    return target;
  }

  /// Gives every node the record that stands for all of its own, from the leaves up.
  private void addAggregates() {
    levels.add(nodes.count());
    for (int level = levels.size() - 2; level >= 0; level--) {
      records.settle();
      for (int node = levels.get(level); node < levels.get(level + 1); node++) {
        nodes.setAggregate(node, aggregateOf(node, level));
      }
      records.flush();
    }
  }

  private int aggregateOf(int node, int level) {
    int start = nodes.start(node);
    int end = nodes.end(node);
    if (end - start == 1) {
      return start;
    }
    int children = nodes.childCount(node);
    int first = nodes.firstChild(node);
    if (children == 1 || children > 1 && nodes.value(first) == StarTreeNodes.STAR) {
      return nodes.aggregate(first);
    }
    int target = addRecord(start, level, dimensions.size());
    if (children == 0) {
      for (int i = start; i < end; i++) {
        records.merge(i, target);
      }
    } else {
      for (int child = first; child < first + children; child++) {
        records.merge(nodes.aggregate(child), target);
      }
    }
    return target;
  }

  private StarTreeMetadata writeBuffers(ColumnsWriter out, int number, int baseCount) {
    List<ColumnMetadata> described = new ArrayList<>();
    List<StarTreeMetadata.Dimension> named = new ArrayList<>();
    for (int d = 0; d < dimensions.size(); d++) {
      String name = spec.dimensions().get(d);
      Optional<SegmentColumn> column = dimensions.get(d);
      named.add(
          new StarTreeMetadata.Dimension(
              name, spec.skipStarNodes().contains(name), column.isPresent()));
      if (column.isPresent()) {
        described.add(
            DerivedColumns.writeDictIds(
                StarTreeMetadata.owner(number, described.size()),
                column.get(),
                storedIds(d),
                records.count(),
                out));
      }
    }
    List<StarTreeMetadata.Metric> metrics = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      metrics.add(writeStates(out, number, i, described));
    }
    nodes.write(out, StarTreeMetadata.owner(number));
    StarTreeMetadata metadata =
        new StarTreeMetadata(
            named,
            spec.maxLeafRecords(),
            metrics,
            leftOut,
            records.count(),
            baseCount,
            nodes.count(),
            described);
    out.begin();
    byte[] bytes = StarTreeMetadataFormat.write(metadata);
    out.put(bytes, 0, bytes.length);
    out.end(StarTreeMetadata.owner(number), BufferKind.STAR_TREE_METADATA);
    return metadata;
  }

  /// A dimension that a record leaves out is stored as any value.
  private int[] storedIds(int dimension) {
    int[] ids = Arrays.copyOf(records.ids(dimension), records.count());
    for (int i = 0; i < ids.length; i++) {
      ids[i] = ids[i] == StarTreeNodes.STAR ? 0 : ids[i];
    }
    return ids;
  }

  private StarTreeMetadata.Metric writeStates(
      ColumnsWriter out, int number, int metric, List<ColumnMetadata> described) {
    StarTreeSpec.Metric written = kept.get(metric);
    AggregateCall call = written.call();
    List<ColumnType> types = AggregateFunctions.stateTypes(call);
    List<Values> states = records.states(metric);
    boolean isSum = call.function().equals(AggregateFunctions.SUM);
    if (isSum && fitsLongs(states)) {
      states = states.subList(0, 1);
    }
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      positions.add(described.size());
      ColumnMetadata column =
          DerivedColumns.writeRaw(
              StarTreeMetadata.owner(number, described.size()), types.get(i), states.get(i), out);
      String name =
          written.function()
              + "("
              + written.argument()
              + ")"
              + (i == 0 ? "" : isSum ? ", high" : ", " + (i + 1));
      described.add(
          new ColumnMetadata(
              name,
              column.type(),
              column.encoding(),
              "the state of an aggregate",
              column.statistics(),
              column.valueCount(),
              column.idBits(),
              column.entryBytes(),
              column.offsetBytes()));
    }
    return new StarTreeMetadata.Metric(written.function(), written.argument(), positions);
  }

  /// Whether the state is that of a SUM of integers of which each fits 64 bits.
  private static boolean fitsLongs(List<Values> states) {
    if (states.size() != 2) {
      return false;
    }
    LongValues low = (LongValues) states.get(0);
    LongValues high = (LongValues) states.get(1);
    for (int i = 0; i < low.count(); i++) {
      if (!low.isNull(i) && high.values()[i] != low.values()[i] >> 63) {
        return false;
      }
    }
    return true;
  }
}
