package io.cuvee.sqltests.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// A way of storing tables: encodings, indexes, sort order, the number of segments.
///
/// @param name ends the tables' names
/// @param indexing fills `tableIndexConfig`
record StorageVariant(String name, int segments, Indexing indexing) {
  private static final Set<String> NUMBERS =
      Set.of("INT", "LONG", "FLOAT", "DOUBLE", "BIG_DECIMAL");
  private static final Set<String> DIMENSIONS =
      Set.of("INT", "LONG", "BOOLEAN", "DATE", "STRING", "TIMESTAMP");
  private static final int MAX_DIMENSIONS = 3;

  /// Says how a table with these columns is stored.
  interface Indexing {
    void configure(ObjectNode config, List<Column> columns);
  }

  /// A column of a schema.
  record Column(String name, String type, boolean isArray) {
    boolean isNumber() {
      return NUMBERS.contains(type) && !isArray;
    }

    boolean isDimension() {
      return DIMENSIONS.contains(type) && !isArray;
    }
  }

  /// Those that always run.
  static List<StorageVariant> all() {
    return List.of(
        new StorageVariant("plain", 1, (config, columns) -> {}),
        new StorageVariant("raw", 1, StorageVariant::raw),
        new StorageVariant("raw_indexed", 3, StorageVariant::rawIndexed),
        new StorageVariant("inverted", 9, StorageVariant::inverted),
        new StorageVariant("sorted", 1, StorageVariant::sorted),
        new StorageVariant("star", 2, StorageVariant::starTrees));
  }

  /// One that a seed chooses, column by column.
  static StorageVariant random(long seed) {
    Random random = new Random(seed);
    return new StorageVariant(
        "random_" + Long.toUnsignedString(seed),
        1 + random.nextInt(6),
        (config, columns) -> random(config, columns, random));
  }

  /// The table under another name, stored in this way.
  Fixture of(Fixture table) {
    String renamed = nameOf(table.name());
    try {
      ObjectNode schema = (ObjectNode) Rest.JSON.readTree(table.schema());
      schema.put("schemaName", renamed);
      ObjectNode config = (ObjectNode) Rest.JSON.readTree(table.tableConfig());
      config.put("tableName", renamed);
      ((ObjectNode) config.path("segmentsConfig")).put("schemaName", renamed);
      indexing.configure(config.putObject("tableIndexConfig"), columns(schema));
      return new Fixture(renamed, schema.toString(), config.toString(), table.rows());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String nameOf(String table) {
    return table + "_" + name;
  }

  private static List<Column> columns(JsonNode schema) {
    List<Column> columns = new ArrayList<>();
    for (String role : List.of("dimensionFieldSpecs", "dateTimeFieldSpecs")) {
      for (JsonNode field : schema.path(role)) {
        columns.add(
            new Column(
                field.get("name").asText(),
                field.get("dataType").asText(),
                !field.path("singleValueField").asBoolean(true)));
      }
    }
    return columns;
  }

  private static void add(ObjectNode config, String key, Column column) {
    config.withArrayProperty(key).add(column.name());
  }

  private static void raw(ObjectNode config, List<Column> columns) {
    columns.forEach(column -> add(config, "noDictionaryColumns", column));
  }

  private static void rawIndexed(ObjectNode config, List<Column> columns) {
    for (Column column : columns) {
      // Compresses whatever can be, however little it saves.
      config.withObjectProperty("noDictionaryConfig").put(column.name(), "FSST");
      add(config, "bloomFilterColumns", column);
      addRangeIndex(config, column);
      addJsonIndex(config, column);
    }
  }

  private static void inverted(ObjectNode config, List<Column> columns) {
    for (Column column : columns) {
      add(config, "invertedIndexColumns", column);
      add(config, "bloomFilterColumns", column);
      addRangeIndex(config, column);
      addJsonIndex(config, column);
    }
  }

  private static void addRangeIndex(ObjectNode config, Column column) {
    if (column.isNumber() || column.type().equals("TIMESTAMP") || column.type().equals("DATE")) {
      add(config, "rangeIndexColumns", column);
    }
  }

  private static void addJsonIndex(ObjectNode config, Column column) {
    if (column.type().equals("JSON") && !column.isArray()) {
      add(config, "jsonIndexColumns", column);
    }
  }

  /// By two columns that are not unique.
  private static void sorted(ObjectNode config, List<Column> columns) {
    List<Column> candidates =
        new ArrayList<>(columns.stream().filter(Column::isDimension).toList());
    candidates.removeIf(column -> column.name().equals("id"));
    candidates.stream().limit(2).forEach(column -> add(config, "sortedColumn", column));
  }

  private static void starTrees(ObjectNode config, List<Column> columns) {
    List<Column> dimensions =
        columns.stream()
            .filter(column -> column.isDimension() && !column.name().equals("id"))
            .limit(MAX_DIMENSIONS)
            .toList();
    ObjectNode tree = config.putArray("starTreeIndexConfigs").addObject();
    dimensions.forEach(column -> tree.withArrayProperty("dimensionsSplitOrder").add(column.name()));
    for (Column column : columns) {
      if (column.isNumber()) {
        for (String function : List.of("SUM", "MIN", "MAX", "AVG")) {
          tree.withArrayProperty("functionColumnPairs").add(function + "__" + column.name());
        }
      }
    }
    tree.put("maxLeafRecords", 10);
    config.put("enableDefaultStarTree", true);
  }

  private static void random(ObjectNode config, List<Column> columns, Random random) {
    for (Column column : columns) {
      switch (random.nextInt(3)) {
        case 0 -> add(config, "noDictionaryColumns", column);
        case 1 -> add(config, "invertedIndexColumns", column);
        default -> {}
      }
      if (random.nextBoolean()) {
        addRangeIndex(config, column);
      }
      if (random.nextInt(3) == 0) {
        add(config, "bloomFilterColumns", column);
      }
      if (random.nextBoolean()) {
        addJsonIndex(config, column);
      }
    }
    List<Column> sortable = columns.stream().filter(Column::isDimension).toList();
    if (random.nextBoolean()) {
      add(config, "sortedColumn", sortable.get(random.nextInt(sortable.size())));
    }
    config.put("enableDefaultStarTree", random.nextBoolean());
  }
}
