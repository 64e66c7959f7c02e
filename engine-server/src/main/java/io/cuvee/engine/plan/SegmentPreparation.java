package io.cuvee.engine.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.scan.ColumnSource;
import io.cuvee.engine.scan.MissingColumn;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.Segment;
import java.util.ArrayList;
import java.util.List;

/// Binds a query to its segments: finds the columns and compiles the filter. Immutable and
/// thread-safe.
final class SegmentPreparation {
  private final SegmentQuery query;
  private final List<Segment> segments;
  private final ColumnSource source;

  /// @param source of columns that segments do not store
  SegmentPreparation(SegmentQuery query, List<Segment> segments, ColumnSource source) {
    this.query = query;
    this.source = source;
    this.segments = List.copyOf(segments);
  }

  int segmentCount() {
    return segments.size();
  }

  int columnCount() {
    return query.columns().size();
  }

  SegmentScan prepare(int ordinal) {
    Segment segment = segments.get(ordinal);
    int docCount = segment.docCount();
    List<SegmentColumn> columns = new ArrayList<>(query.columns().size());
    for (int i = 0; i < query.columns().size(); i++) {
      columns.add(column(segment, query.columns().get(i), query.columnTypes().get(i)));
    }
    FilterPlan filter = FilterPlan.compile(query.filter(), columns, docCount, 0);
    return new SegmentScan(
        ordinal,
        segment.metadata().segment(),
        docCount,
        columns,
        filter,
        filter.indexCount(),
        null);
  }

  private SegmentColumn column(Segment segment, String name, ColumnType type) {
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
              + segment.metadata().segment()
              + " of table "
              + segment.metadata().table()
              + ", but "
              + type
              + " in the schema. Build the segment again with the present schema.");
    }
    return column;
  }
}
