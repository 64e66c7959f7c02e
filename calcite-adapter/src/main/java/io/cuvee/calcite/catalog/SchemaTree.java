package io.cuvee.calcite.catalog;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.SystemTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.lookup.LikePattern;
import org.apache.calcite.schema.lookup.Lookup;
import org.apache.calcite.schema.lookup.Named;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.jspecify.annotations.Nullable;

/// One snapshot of our catalog as Calcite's tree of schemas: catalog `cuvee` with the schema
/// `default`, one more schema for each prefix of a table's name that ends with a dot, and those of
/// [SystemTables]. Thread-safe.
public final class SchemaTree {
  public static final String CATALOG = SystemTables.CATALOG;
  public static final String DEFAULT_SCHEMA = SystemTables.DEFAULT_SCHEMA;

  private static final CalciteConnectionConfigImpl CONFIG = config();

  private static final Catalog SYSTEM_CATALOG =
      new Catalog() {
        @Override
        public long version() {
          return 0;
        }

        @Override
        public Optional<Catalog.Table> table(String name) {
          return SystemTables.find(name);
        }

        @Override
        public List<Catalog.Table> tables() {
          return SystemTables.ALL;
        }
      };

  private final Catalog catalog;
  private final CalciteSchema root;

  public SchemaTree(Catalog catalog) {
    this(catalog, false);
  }

  /// @param withVirtualColumns whether statements can name the tables' virtual columns
  public SchemaTree(Catalog catalog, boolean withVirtualColumns) {
    this.catalog = catalog;
    Map<String, Schema> schemas = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    schemas.put(DEFAULT_SCHEMA, new TableSchema(catalog, "", withVirtualColumns));
    for (Catalog.Table table : catalog.tables()) {
      int dot = table.name().lastIndexOf('.');
      if (dot > 0) {
        String prefix = table.name().substring(0, dot);
        schemas.computeIfAbsent(
            prefix, name -> new TableSchema(catalog, name + ".", withVirtualColumns));
      }
    }
    for (String schema : List.of(SystemTables.INFORMATION_SCHEMA, SystemTables.SYSTEM)) {
      schemas.put(schema, new TableSchema(SYSTEM_CATALOG, schema + ".", false));
    }
    this.root = CalciteSchema.createRootSchema(false, false);
    root.add(CATALOG, new ParentSchema(schemas));
  }

  private static CalciteConnectionConfigImpl config() {
    Properties properties = new Properties();
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
    return new CalciteConnectionConfigImpl(properties);
  }

  public Catalog catalog() {
    return catalog;
  }

  /// A reader for one statement. Names resolve within `cuvee.default`, then within `cuvee`, then
  /// from the root.
  public CalciteCatalogReader reader() {
    return new Reader(root);
  }

  private static final class Reader extends CalciteCatalogReader {
    private static final List<List<String>> PATHS =
        List.of(List.of(CATALOG, DEFAULT_SCHEMA), List.of(CATALOG), List.of());

    Reader(CalciteSchema root) {
      super(root, SqlNameMatchers.withCaseSensitive(false), PATHS, Types.FACTORY, CONFIG);
    }
  }

  private static final class ParentSchema extends AbstractSchema {
    private final MapLookup<Schema> schemas;

    ParentSchema(Map<String, Schema> schemas) {
      this.schemas = new MapLookup<>(schemas);
    }

    @Override
    public Lookup<? extends Schema> subSchemas() {
      return schemas;
    }
  }

  private record MapLookup<T>(Map<String, T> entries) implements Lookup<T> {
    @Override
    public @Nullable T get(String name) {
      return entries.get(name);
    }

    @Override
    public @Nullable Named<T> getIgnoreCase(String name) {
      T entry = entries.get(name);
      return entry == null ? null : new Named<>(name, entry);
    }

    @Override
    public Set<String> getNames(LikePattern pattern) {
      return Set.copyOf(entries.keySet());
    }
  }

  private static final class TableSchema extends AbstractSchema {
    private final Catalog catalog;
    private final String prefix;
    private final boolean withVirtualColumns;
    private final Map<String, CatalogTable> tables = new ConcurrentHashMap<>();
    private final Lookup<Table> lookup =
        new Lookup<>() {
          @Override
          public @Nullable Table get(String name) {
            return find(name);
          }

          @Override
          public @Nullable Named<Table> getIgnoreCase(String name) {
            CatalogTable table = find(name);
            return table == null
                ? null
                : new Named<>(table.table().name().substring(prefix.length()), table);
          }

          @Override
          public Set<String> getNames(LikePattern pattern) {
            return names().stream().collect(Collectors.toSet());
          }
        };

    TableSchema(Catalog catalog, String prefix, boolean withVirtualColumns) {
      this.catalog = catalog;
      this.withVirtualColumns = withVirtualColumns;
      this.prefix = prefix;
    }

    @Override
    public Lookup<Table> tables() {
      return lookup;
    }

    private @Nullable CatalogTable find(String name) {
      Catalog.Table table = catalog.table(prefix + name).orElse(null);
      if (table == null) {
        return null;
      }
      return tables.computeIfAbsent(
          table.name().toLowerCase(Locale.ROOT),
          key -> new CatalogTable(table, withVirtualColumns));
    }

    private List<String> names() {
      List<String> names = new ArrayList<>();
      for (Catalog.Table table : catalog.tables()) {
        if (table.name().startsWith(prefix)) {
          names.add(table.name().substring(prefix.length()));
        }
      }
      return names;
    }
  }
}
