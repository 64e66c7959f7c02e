package io.cuvee.broker.system;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.SystemTables;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A table as metadata tells of it, over JDBC and in `information_schema` alike.
///
/// @param schema the database's schema
/// @param name within the schema
public record Relation(String schema, String name, Catalog.Table table) {
  /// Whether it is one that the database itself has.
  public boolean isSystem() {
    return SystemTables.isSystemSchema(schema);
  }

  /// All tables, those of users and those of the database, by schema and name.
  public static List<Relation> of(Catalog catalog) {
    return Stream.concat(catalog.tables().stream(), SystemTables.ALL.stream())
        .map(table ->
            new Relation(
                SystemTables.schemaOf(table.name()),
                SystemTables.nameInSchema(table.name()),
                table))
        .sorted(Comparator.comparing(Relation::schema).thenComparing(Relation::name))
        .toList();
  }

  /// All schemas by name, also those without tables.
  public static List<String> schemas(Catalog catalog) {
    return Stream.concat(
            Stream.of(SystemTables.DEFAULT_SCHEMA), of(catalog).stream().map(Relation::schema))
        .distinct()
        .sorted()
        .toList();
  }
}
