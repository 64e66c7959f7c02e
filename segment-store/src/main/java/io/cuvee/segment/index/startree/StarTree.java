package io.cuvee.segment.index.startree;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.StarTreeMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A star-tree of an open segment: records, stored by column as rows are, and the nodes that say
/// which of them answer a query. A record that leaves a dimension out has an arbitrary dictId
/// there; the tree leads to it only if the query does not ask for that dimension. Thread-safe.
public final class StarTree {
  /// Buffers of few records are mostly padding.
  private static final int MANY_RECORDS = 64;

  private final StarTreeMetadata metadata;
  private final StarTreeNodes nodes;
  private final List<SegmentColumn> columns;
  private final long[] columnBytes;
  private final Map<String, Integer> dimensions = new HashMap<>();
  private final int[] columnOf;

  /// @param columns as the metadata lists them
  /// @param columnBytes what each of them takes
  public StarTree(
      StarTreeMetadata metadata,
      StarTreeNodes nodes,
      List<SegmentColumn> columns,
      long[] columnBytes) {
    this.columnBytes = columnBytes.clone();
    this.metadata = metadata;
    this.nodes = nodes;
    this.columns = List.copyOf(columns);
    this.columnOf = new int[metadata.dimensions().size()];
    int next = 0;
    for (int i = 0; i < columnOf.length; i++) {
      StarTreeMetadata.Dimension dimension = metadata.dimensions().get(i);
      dimensions.put(dimension.name(), i);
      columnOf[i] = dimension.isStored() ? next++ : -1;
    }
  }

  public StarTreeMetadata metadata() {
    return metadata;
  }

  /// Records.
  public int docCount() {
    return metadata.docCount();
  }

  StarTreeNodes nodes() {
    return nodes;
  }

  /// A column of the records, as the metadata lists them.
  public SegmentColumn column(int position) {
    return columns.get(position);
  }

  /// The position of a dimension in the order in which the tree splits, -1 if it is none.
  public int indexOf(String column) {
    return dimensions.getOrDefault(column, -1);
  }

  /// The dimension's values in the records; absent if all rows have NULL.
  public Optional<SegmentColumn> dimension(int index) {
    return columnOf[index] < 0 ? Optional.empty() : Optional.of(columns.get(columnOf[index]));
  }

  /// How many bytes a record's sketches or sets of values take on average, of one aggregate; 0 for
  /// plain values.
  public long stateBytes(String function, String argument) {
    long bytes = 0;
    for (StarTreeMetadata.Metric metric : metadata.metrics()) {
      if (metric.function().equals(function) && metric.argument().equals(argument)) {
        for (int column : metric.columns()) {
          ColumnType type = columns.get(column).type();
          boolean isLong =
              type.isArray() || type.dataType().representation() == Representation.BYTES;
          bytes += isLong ? columnBytes[column] : 0;
        }
      }
    }
    return bytes / Math.max(MANY_RECORDS, docCount());
  }

  /// The state columns of an aggregate; absent if the records do not have it.
  ///
  /// @param argument as in [StarTreeMetadata.Metric]
  public Optional<List<SegmentColumn>> states(String function, String argument) {
    for (StarTreeMetadata.Metric metric : metadata.metrics()) {
      if (metric.function().equals(function) && metric.argument().equals(argument)) {
        return Optional.of(metric.columns().stream().map(columns::get).toList());
      }
    }
    return Optional.empty();
  }

  /// The records that answer a query.
  ///
  /// @param filters which values are wanted, by dimension; null for all
  /// @param needed a bit for each dimension that has a filter, or whose value the query looks at
  /// @param most beyond so many records the answer is not wanted
  /// @return absent if there would be more than `most` records
  public Optional<RecordRanges> select(
      @Nullable DimensionFilter[] filters, long needed, long most) {
    Walk walk = new Walk(filters, needed, new RecordRanges.Collector(most));
    return walk.visit(0, 0) ? Optional.of(walk.found.toRanges()) : Optional.empty();
  }

  private final class Walk {
    private final @Nullable DimensionFilter[] filters;
    private final long needed;
    private final long filtered;
    private final RecordRanges.Collector found;

    Walk(@Nullable DimensionFilter[] filters, long needed, RecordRanges.Collector found) {
      this.filters = filters;
      this.needed = needed;
      this.found = found;
      long bits = 0;
      for (int i = 0; i < filters.length; i++) {
        bits |= filters[i] == null ? 0 : 1L << i;
      }
      this.filtered = bits;
    }

    /// @return whether still more records are wanted
    boolean visit(int node, int level) {
      if (level == columnOf.length || needed >>> level == 0) {
        int aggregate = nodes.aggregate(node);
        return found.add(aggregate, aggregate + 1);
      }
      int children = nodes.childCount(node);
      if (children == 0) {
        found.leaveOpen(filtered & -1L << level);
        return found.add(nodes.start(node), nodes.end(node));
      }
      if (filtered >>> level == 0 && Long.bitCount(needed >>> level) == columnOf.length - level) {
        return found.add(nodes.start(node), nodes.end(node));
      }
      int first = nodes.firstChild(node);
      int end = first + children;
      boolean hasStar = nodes.value(first) == StarTreeNodes.STAR;
      if ((needed >>> level & 1) == 0) {
        return hasStar ? visit(first, level + 1) : visitAll(first, end, level + 1);
      }
      int from = hasStar ? first + 1 : first;
      DimensionFilter filter = filters[level];
      return filter == null
          ? visitAll(from, end, level + 1)
          : visitWanted(filter, from, end, level + 1);
    }

    private boolean visitAll(int from, int end, int level) {
      for (int node = from; node < end; node++) {
        if (!visit(node, level)) {
          return false;
        }
      }
      return true;
    }

    private boolean visitWanted(DimensionFilter filter, int from, int end, int level) {
      int last = filter.last();
      for (int node = lowerBound(from, end, filter.first()); node < end; node++) {
        int value = nodes.value(node);
        if (value > last) {
          return true;
        }
        if (filter.accepts(value) && !visit(node, level)) {
          return false;
        }
      }
      return true;
    }

    /// The first node whose value is not below `value`.
    private int lowerBound(int from, int end, int value) {
      int low = from;
      int high = end;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (nodes.value(middle) < value) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
