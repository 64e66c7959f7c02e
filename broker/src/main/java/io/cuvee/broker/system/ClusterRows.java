package io.cuvee.broker.system;

import static io.cuvee.broker.system.SystemRows.row;

import io.cuvee.broker.routing.Inventory;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replacement;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of `system` that tell of the cluster, from one [Inventory].
final class ClusterRows {
  private final Inventory inventory;

  /// What is written of a table by its logical name.
  private final Map<String, Definition> definitions = new HashMap<>();

  /// @param configs of its halves, by physical name
  private record Definition(Schema schema, String schemaJson, Map<String, String> configs) {}

  ClusterRows(Inventory inventory) {
    this.inventory = inventory;
    new TreeMap<>(inventory.tables())
        .forEach((physical, text) -> {
          try {
            TableConfig config = TableConfig.parse(text.value());
            Versioned<String> schema = inventory.schemas().get(config.schemaName());
            if (schema != null) {
              definitions
                  .computeIfAbsent(
                      config.logicalName(),
                      name ->
                          new Definition(
                              Schema.parse(schema.value()), schema.value(), new TreeMap<>()))
                  .configs()
                  .put(physical, text.value());
            }
          } catch (CuveeException unreadable) {
            // Not a table that can be queried; the view has logged it.
          }
        });
  }

  Optional<FieldSpec> field(String table, String column) {
    Definition definition = definitions.get(table);
    return definition == null ? Optional.empty() : definition.schema().field(column);
  }

  Stream<List<@Nullable Object>> tables(Catalog catalog) {
    return Relation.of(catalog).stream().map(this::table);
  }

  private List<@Nullable Object> table(Relation relation) {
    Definition definition = definitions.get(relation.table().name());
    long segments = 0;
    long rows = 0;
    long bytes = 0;
    List<String> physical =
        definition == null ? List.of() : List.copyOf(definition.configs().keySet());
    for (String half : physical) {
      for (SegmentRecord record : visible(half).values()) {
        if (!record.arriving()) {
          segments++;
          rows += record.totalDocs();
          bytes += record.sizeBytes();
        }
      }
    }
    return row(
        relation.schema(),
        relation.name(),
        relation.isSystem() ? "SYSTEM" : "TABLE",
        relation.table().isDimension(),
        relation.table().columns().size(),
        relation.isSystem() ? null : segments,
        relation.isSystem() ? null : rows,
        relation.isSystem() ? null : bytes,
        physical,
        definition == null ? null : definition.schemaJson(),
        definition == null || definition.configs().isEmpty()
            ? null
            : String.join("\n", definition.configs().values()),
        createStatement(relation, definition));
  }

  /// The segments of a table that queries see.
  private Map<String, SegmentRecord> visible(String physical) {
    return Replacement.visible(
        inventory.segments().getOrDefault(physical, Map.of()),
        inventory.replacements().getOrDefault(physical, Map.of()).values().stream()
            .map(text -> Replacement.parse(text.value()))
            .toList());
  }

  /// The table as a statement that would make it; beside the columns it has the config as it was
  /// written.
  private static String createStatement(Relation relation, @Nullable Definition definition) {
    String columns =
        relation.table().columns().stream()
            .map(column ->
                "  "
                    + quoted(column.name())
                    + " "
                    + column.type().sqlName()
                    + (column.nullable() ? "" : " NOT NULL")
                    + defaultOf(definition, column))
            .collect(Collectors.joining(",\n"));
    String config =
        definition == null
            ? ""
            : definition.configs().values().stream()
                .map(text -> "config = " + text(text.strip()))
                .collect(Collectors.joining(",\n  ", "\nWITH (\n  ", "\n)"));
    return "CREATE TABLE "
        + quoted(relation.schema())
        + "."
        + quoted(relation.name())
        + " (\n"
        + columns
        + "\n)"
        + config;
  }

  private static String defaultOf(@Nullable Definition definition, Catalog.TableColumn column) {
    return definition == null
        ? ""
        : definition
            .schema()
            .field(column.name())
            .flatMap(FieldSpec::defaultText)
            .map(text -> " DEFAULT " + text(text))
            .orElse("");
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String text(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  Stream<List<@Nullable Object>> columns(Catalog catalog) {
    return Relation.of(catalog).stream()
        .flatMap(relation ->
            IntStream.range(0, relation.table().columns().size())
                .mapToObj(i -> {
                  Catalog.TableColumn column = relation.table().columns().get(i);
                  Optional<FieldSpec> field = field(relation.table().name(), column.name());
                  return row(
                      relation.schema(),
                      relation.name(),
                      column.name(),
                      i + 1,
                      column.type().dataType().name(),
                      field.map(known -> known.role().name()).orElse(null),
                      column.type().isArray(),
                      column.nullable(),
                      field.flatMap(FieldSpec::defaultText).orElse(null));
                }));
  }

  Stream<List<@Nullable Object>> instances(Collection<Instance> instances) {
    Map<String, Long> held = new HashMap<>();
    for (String table : inventory.serving().tables()) {
      inventory
          .serving()
          .replicas(table)
          .values()
          .forEach(holders ->
              holders.forEach((server, replica) -> {
                if (isHeld(replica)) {
                  held.merge(server, 1L, Long::sum);
                }
              }));
    }
    return instances.stream()
        .sorted(Comparator.comparing(Instance::role).thenComparing(Instance::id))
        .map(instance ->
            row(
                instance.id(),
                instance.role().name(),
                instance.host(),
                instance.httpPort(),
                instance.dataPort() == 0 ? null : instance.dataPort(),
                instance.phase().name(),
                instance.tenants().stream().sorted().toList(),
                instance.incarnation(),
                instance.role() == Instance.Role.SERVER
                    ? held.getOrDefault(instance.id(), 0L)
                    : null));
  }

  private static boolean isHeld(Replica replica) {
    return replica.state() == SegmentState.ONLINE || replica.state() == SegmentState.CONSUMING;
  }

  /// A segment of the metadata, or one that servers hold and the metadata does not name.
  private record Located(
      String physical,
      String name,
      @Nullable SegmentRecord segment,
      Map<String, Replica> replicas) {}

  private Stream<Located> located() {
    TreeSet<String> physicalTables = new TreeSet<>(inventory.tables().keySet());
    return physicalTables.stream()
        .flatMap(physical -> {
          Map<String, SegmentRecord> records =
              inventory.segments().getOrDefault(physical, Map.of());
          Map<String, Map<String, Replica>> replicas = inventory.serving().replicas(physical);
          TreeSet<String> names = new TreeSet<>(records.keySet());
          names.addAll(replicas.keySet());
          return names.stream()
              .map(name ->
                  new Located(
                      physical,
                      name,
                      records.get(name),
                      new TreeMap<>(replicas.getOrDefault(name, Map.of()))));
        });
  }

  Stream<List<@Nullable Object>> segments() {
    return located().map(ClusterRows::segment);
  }

  private static List<@Nullable Object> segment(Located located) {
    SegmentRecord segment = located.segment();
    List<String> servers = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    boolean consuming = false;
    for (Map.Entry<String, Replica> holder : located.replicas().entrySet()) {
      Replica replica = holder.getValue();
      consuming |= replica.state() == SegmentState.CONSUMING;
      if (isHeld(replica)) {
        servers.add(holder.getKey());
      } else if (!replica.message().isEmpty()) {
        problems.add(holder.getKey() + ": " + replica.message());
      }
    }
    String state =
        segment != null && segment.arriving()
            ? "ARRIVING"
            : servers.isEmpty() ? "MISSING" : consuming ? "CONSUMING" : "ONLINE";
    return row(
        TableType.logicalName(located.physical()),
        located.physical(),
        located.name(),
        segment == null && !consuming ? "LEAVING" : state,
        segment == null ? null : segment.totalDocs(),
        segment == null ? null : segment.sizeBytes(),
        segment == null ? null : segment.crc(),
        segment == null ? null : Instant.ofEpochMilli(segment.createdMillis()),
        servers.size(),
        servers,
        segment == null ? null : segment.downloadUrl(),
        problems.isEmpty() ? null : String.join("; ", problems));
  }

  Stream<List<@Nullable Object>> replicas() {
    return located()
        .flatMap(located ->
            located.replicas().entrySet().stream()
                .map(holder -> {
                  Replica replica = holder.getValue();
                  SegmentRecord segment = located.segment();
                  return row(
                      TableType.logicalName(located.physical()),
                      located.physical(),
                      located.name(),
                      holder.getKey(),
                      replica.state().name(),
                      replica.crc(),
                      segment != null && segment.crc() == replica.crc(),
                      replica.message().isEmpty() ? null : replica.message());
                }));
  }
}
