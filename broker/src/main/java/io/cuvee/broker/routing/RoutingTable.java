package io.cuvee.broker.routing;

import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who answers for what, at one moment. Immutable; a query keeps the one it began with.
///
/// @param version grows with every change
/// @param tables by physical name
public record RoutingTable(long version, Map<String, TableRouting> tables) {
  static final RoutingTable EMPTY = new RoutingTable(0, Map.of());

  public RoutingTable {
    tables = Map.copyOf(tables);
  }

  /// The halves of a logical table that have segments; none for a table without any.
  ///
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if both halves have
  public List<TableRouting> halves(String logicalTable) {
    List<TableRouting> halves = new ArrayList<>(2);
    for (TableType type : TableType.values()) {
      @Nullable TableRouting half = tables.get(type.physicalName(logicalTable));
      if (half != null && half.segmentCount() > 0) {
        halves.add(half);
      }
    }
    if (halves.size() > 1) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + logicalTable
              + "' has both uploaded and streamed segments. A table of two halves cannot be queried yet; give the"
              + " halves different names.");
    }
    return halves;
  }
}
