package io.cuvee.common.catalog;

import io.cuvee.common.type.ColumnType;
import java.util.List;
import java.util.Optional;

/// The tables as the planner sees them: one immutable snapshot.
public interface Catalog {
  /// Changes whenever a table appears, disappears or changes its columns; part of the plan cache's
  /// key.
  long version();

  /// The table of this name, in any case.
  Optional<Table> table(String name);

  /// All tables by name.
  List<Table> tables();

  /// A logical table: what users query.
  ///
  /// @param name as created
  /// @param rowCount an estimate for the planner
  /// @param isDimension whether every server holds all of it
  record Table(String name, List<TableColumn> columns, long rowCount, boolean isDimension) {
    public Table {
      columns = List.copyOf(columns);
    }

    /// The column of this name, in any case.
    public Optional<TableColumn> column(String columnName) {
      return columns.stream()
          .filter(column -> column.name().equalsIgnoreCase(columnName))
          .findFirst();
    }
  }

  /// A column of a logical table, in schema order.
  ///
  /// @param distinctCount an estimate for the planner of how many values it has; 0 if that is not
  ///   known
  record TableColumn(String name, ColumnType type, boolean nullable, long distinctCount) {
    /// A column of which nothing more is known.
    public TableColumn(String name, ColumnType type, boolean nullable) {
      this(name, type, nullable, 0);
    }
  }
}
