package io.cuvee.sqltests.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A table of the tests: `tables/<name>.schema.json` and its rows, from `tables/<name>.jsonl` or
/// made.
///
/// @param rows a JSON object each
public record Fixture(String name, String schema, String tableConfig, List<String> rows) {
  public Fixture {
    rows = List.copyOf(rows);
  }

  /// All small tables.
  public static List<Fixture> all() {
    return List.of(
        withTextIndexes(
            fromFiles("emps", Map.of("sortedColumn", List.of("id"))), List.of("title", "skills")),
        fromFiles("depts", Map.of()),
        fromFiles("grades", Map.of("noDictionaryColumns", List.of("low", "high"))),
        kinds(),
        empty("nothing"),
        fromFiles("all_types", Map.of("invertedIndexColumns", List.of("i", "s", "astr"))),
        events());
  }

  /// Random events, always the same ones.
  public static Fixture events() {
    return new Fixture(
        "events",
        resource("events.schema.json"),
        config(
            "events",
            Map.of(
                "sortedColumn", List.of("moment"),
                "invertedIndexColumns", List.of("kind", "tags"),
                "noDictionaryColumns", List.of("amount", "views"))),
        EventRows.make());
  }

  /// A dimension table: the kinds of events.
  public static Fixture kinds() {
    return dimension("kinds");
  }

  /// A table of rows that a test makes, without indexes.
  public static Fixture of(String name, String schema, List<String> rows) {
    return new Fixture(name, schema, config(name, Map.of()), rows);
  }

  private static Fixture fromFiles(String name, Map<String, List<String>> indexes) {
    return new Fixture(
        name,
        resource(name + ".schema.json"),
        config(name, indexes),
        resource(name + ".jsonl").lines().toList());
  }

  private static Fixture withTextIndexes(Fixture plain, List<String> columns) {
    try {
      ObjectNode config = (ObjectNode) Rest.JSON.readTree(plain.tableConfig());
      for (String column : columns) {
        config
            .withArrayProperty("fieldConfigList")
            .addObject()
            .put("name", column)
            .putArray("indexTypes")
            .add("TEXT");
      }
      return new Fixture(plain.name(), plain.schema(), config.toString(), plain.rows());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Fixture dimension(String name) {
    Fixture plain = fromFiles(name, Map.of());
    try {
      ObjectNode config = (ObjectNode) Rest.JSON.readTree(plain.tableConfig());
      config.put("isDimTable", true);
      return new Fixture(name, plain.schema(), config.toString(), plain.rows());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Fixture empty(String name) {
    return new Fixture(name, resource(name + ".schema.json"), config(name, Map.of()), List.of());
  }

  private static String config(String name, Map<String, List<String>> indexes) {
    ObjectNode root = Rest.JSON.createObjectNode();
    root.put("tableName", name).put("tableType", "OFFLINE");
    root.putObject("segmentsConfig").put("schemaName", name).put("replication", "2");
    ObjectNode indexing = root.putObject("tableIndexConfig");
    indexes.forEach((key, columns) -> columns.forEach(indexing.withArrayProperty(key)::add));
    root.putObject("tenants");
    root.putObject("metadata");
    return root.toString();
  }

  /// The rows as files of JSON lines, dealt out in turn, so that every file has values of the whole
  /// range. No rows make no files.
  public List<String> parts(int count) {
    List<StringBuilder> parts = new ArrayList<>();
    for (int i = 0; i < Math.min(count, rows.size()); i++) {
      parts.add(new StringBuilder());
    }
    for (int i = 0; i < rows.size(); i++) {
      parts.get(i % parts.size()).append(rows.get(i)).append('\n');
    }
    return parts.stream().map(StringBuilder::toString).toList();
  }

  private static String resource(String file) {
    try (InputStream in = Fixture.class.getResourceAsStream("/tables/" + file)) {
      if (in == null) {
        throw new IllegalStateException("There is no resource tables/" + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
