package io.cuvee.broker.routing;

import io.cuvee.cluster.state.TimeBoundary;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who answers for what, at one moment. Immutable; a query keeps the one it began with.
///
/// @param version grows with every change
/// @param tables by physical name
/// @param boundaries of tables of two halves, by logical name
public record RoutingTable(
    long version, Map<String, TableRouting> tables, Map<String, TimeBoundary> boundaries) {
  static final RoutingTable EMPTY = new RoutingTable(0, Map.of(), Map.of());

  public RoutingTable {
    tables = Map.copyOf(tables);
    boundaries = Map.copyOf(boundaries);
  }

  /// What a query asks of each half of its table: every row is one half's.
  ///
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if the halves cannot be divided
  public List<HalfScan> scans(SegmentQuery query) {
    List<TableRouting> halves = halves(query.table());
    if (halves.size() < 2) {
      return halves.stream().map(half -> new HalfScan(half, query)).toList();
    }
    @Nullable TimeBoundary boundary = boundaries.get(query.table());
    if (boundary == null) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + query.table()
              + "' has an OFFLINE and a REALTIME half, which cannot be divided by time. Give both the same"
              + " segmentsConfig.timeColumnName, of the type TIMESTAMP or DATE.");
    }
    return halves.stream().map(half -> HalfScan.of(half, query, boundary)).toList();
  }

  /// The halves of a logical table that have segments; none for a table without any.
  public List<TableRouting> halves(String logicalTable) {
    List<TableRouting> halves = new ArrayList<>(2);
    for (TableType type : TableType.values()) {
      @Nullable TableRouting half = tables.get(type.physicalName(logicalTable));
      if (half != null && half.segmentCount() > 0) {
        halves.add(half);
      }
    }
    return halves;
  }
}
