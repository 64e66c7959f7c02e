package io.cuvee.calcite.catalog;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.VirtualColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;

/// A table of our catalog for Calcite. Its scans stay logical; the translation makes fragments of
/// them.
public final class CatalogTable extends AbstractTable {
  private final Catalog.Table table;
  private final RelDataType rowType;

  /// @param withVirtualColumns whether statements can name [VirtualColumns], which follow the
  ///   others
  CatalogTable(Catalog.Table stored, boolean withVirtualColumns) {
    List<Catalog.TableColumn> columns = new ArrayList<>(stored.columns());
    if (withVirtualColumns) {
      VirtualColumns.ALL.stream()
          .filter(column -> stored.column(column.name()).isEmpty())
          .forEach(columns::add);
    }
    this.table = new Catalog.Table(stored.name(), columns, stored.rowCount(), stored.isDimension());
    RelDataTypeFactory.Builder fields = Types.FACTORY.builder();
    for (Catalog.TableColumn column : table.columns()) {
      fields.add(column.name(), Types.relType(column.type(), column.nullable()));
    }
    this.rowType = fields.build();
  }

  public Catalog.Table table() {
    return table;
  }

  @Override
  public RelDataType getRowType(RelDataTypeFactory typeFactory) {
    return rowType;
  }

  @Override
  public Statistic getStatistic() {
    return Statistics.of((double) table.rowCount(), List.of());
  }
}
