package io.cuvee.broker.routing;

import io.cuvee.common.catalog.Catalog;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The logical tables of the cluster at one moment.
final class TableCatalog implements Catalog {
  private static final int MAGNITUDE_BITS = 3;

  static final TableCatalog EMPTY = new TableCatalog(0, List.of());

  private final long version;
  private final List<Table> tables;
  private final Map<String, Table> byLowerName = new HashMap<>();

  TableCatalog(long version, List<Table> tables) {
    this.version = version;
    this.tables = tables.stream().sorted(Comparator.comparing(Table::name)).toList();
    this.tables.forEach(table -> byLowerName.put(table.name().toLowerCase(Locale.ROOT), table));
  }

  /// This catalog with new tables; with the same version if queries are planned as before.
  TableCatalog with(List<Table> newTables) {
    TableCatalog changed = new TableCatalog(version, newTables);
    boolean same =
        changed.tables.size() == tables.size()
            && java.util.stream.IntStream.range(0, tables.size())
                .allMatch(i -> plansAlike(tables.get(i), changed.tables.get(i)));
    return same ? changed : new TableCatalog(version + 1, newTables);
  }

  private static boolean plansAlike(Table a, Table b) {
    return a.name().equals(b.name())
        && plainColumns(a).equals(plainColumns(b))
        && a.isDimension() == b.isDimension()
        && magnitude(a.rowCount()) == magnitude(b.rowCount());
  }

  private static List<TableColumn> plainColumns(Table table) {
    return table.columns().stream()
        .map(column -> new TableColumn(column.name(), column.type(), column.nullable()))
        .toList();
  }

  /// Joins are ordered by the tables' rows, so that a plan holds until these have grown by some
  /// factor.
  private static int magnitude(long rowCount) {
    return (Long.SIZE - Long.numberOfLeadingZeros(rowCount)) / MAGNITUDE_BITS;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public Optional<Table> table(String name) {
    return Optional.ofNullable(byLowerName.get(name.toLowerCase(Locale.ROOT)));
  }

  @Override
  public List<Table> tables() {
    return tables;
  }
}
