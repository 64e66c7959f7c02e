package io.cuvee.calcite.plan;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.List;
import java.util.Optional;

/// Two tables without rows, for tests of plans.
record FlightCatalog(long version) implements Catalog {
  private static final Table FLIGHTS =
      new Table(
          "flights",
          List.of(
              column("origin", ColumnType.STRING),
              column("dest", ColumnType.STRING),
              column("delay", ColumnType.INT),
              column("distance", ColumnType.LONG),
              column("price", ColumnType.BIG_DECIMAL),
              column("speed", ColumnType.DOUBLE),
              column("ts", ColumnType.TIMESTAMP),
              column("day", ColumnType.DATE),
              column("cancelled", ColumnType.BOOLEAN),
              column("tags", ColumnType.arrayOf(DataType.STRING)),
              column("nums", ColumnType.arrayOf(DataType.INT)),
              column("details", ColumnType.JSON),
              column("id", ColumnType.UUID)),
          3_000_000,
          false);
  private static final Table AIRPORTS =
      new Table(
          "Airports",
          List.of(
              new TableColumn("code", ColumnType.STRING, false),
              column("city", ColumnType.STRING),
              column("state", ColumnType.STRING),
              column("lat", ColumnType.DOUBLE)),
          300,
          true);
  private static final Table METRICS =
      new Table("ops.metrics", List.of(column("name", ColumnType.STRING)), 1, false);

  FlightCatalog() {
    this(1);
  }

  private static TableColumn column(String name, ColumnType type) {
    return new TableColumn(name, type, true);
  }

  @Override
  public Optional<Table> table(String name) {
    return tables().stream().filter(table -> table.name().equalsIgnoreCase(name)).findFirst();
  }

  @Override
  public List<Table> tables() {
    return List.of(FLIGHTS, AIRPORTS, METRICS);
  }
}
