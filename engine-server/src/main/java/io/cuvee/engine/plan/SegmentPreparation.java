package io.cuvee.engine.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.scan.ColumnSource;
import io.cuvee.engine.scan.MissingColumn;
import io.cuvee.engine.startree.StarTreePlan;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.ReadableSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Binds a query to its segments: finds the columns and compiles the filter, on the rows or on the
/// records of a star-tree. Immutable and thread-safe.
final class SegmentPreparation {
  private final SegmentQuery query;
  private final List<ReadableSegment> segments;
  private final ColumnSource source;
  private final @Nullable StarTreePlan starTrees;

  /// @param source of columns that segments do not store
  /// @param useStarTrees whether star-trees may answer
  SegmentPreparation(
      SegmentQuery query,
      List<? extends ReadableSegment> segments,
      ColumnSource source,
      boolean useStarTrees) {
    this.query = query;
    this.source = source;
    this.segments = List.copyOf(segments);
    boolean has =
        useStarTrees && segments.stream().anyMatch(segment -> !segment.starTrees().isEmpty());
    this.starTrees = has ? StarTreePlan.of(query).orElse(null) : null;
  }

  /// Whether star-trees are there that may answer.
  boolean hasStarTrees() {
    return starTrees != null;
  }

  int segmentCount() {
    return segments.size();
  }

  /// Whether [#prepare] may take long because bytes are to be checked first.
  boolean isUnchecked() {
    for (ReadableSegment segment : segments) {
      if (segment.isUnchecked(query.columns())) {
        return true;
      }
    }
    return false;
  }

  int columnCount() {
    return query.columns().size() + (starTrees == null ? 0 : starTrees.moreSlots());
  }

  SegmentScan prepare(int ordinal) {
    ReadableSegment segment = segments.get(ordinal);
    segment.check(query.columns());
    if (starTrees != null && !segment.starTrees().isEmpty()) {
      Optional<SegmentScan> scan = starTrees.prepare(ordinal, segment);
      if (scan.isPresent()) {
        return scan.get();
      }
    }
    int docCount = segment.docCount();
    List<SegmentColumn> columns = new ArrayList<>(query.columns().size());
    for (int i = 0; i < query.columns().size(); i++) {
      columns.add(column(segment, query.columns().get(i), query.columnTypes().get(i)));
    }
    FilterPlan filter =
        FilterPlan.compile(query.filter(), columns, docCount, 0, segment.liveRows());
    return new SegmentScan(
        ordinal,
        segment.name(),
        docCount,
        docCount,
        columns,
        filter,
        filter.indexCount(),
        null,
        null);
  }

  private SegmentColumn column(ReadableSegment segment, String name, ColumnType type) {
    SegmentColumn column =
        segment
            .column(name)
            .or(() -> source.column(segment, name, type))
            .orElseGet(() -> new MissingColumn(name, type, segment.docCount()));
    if (column.type().isArray() != type.isArray()
        || column.type().dataType().representation() != type.dataType().representation()) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "Column '"
              + name
              + "' is "
              + column.type()
              + " in segment "
              + segment.name()
              + " of table "
              + segment.table()
              + ", but "
              + type
              + " in the schema. Build the segment again with the present schema.");
    }
    return column;
  }
}
