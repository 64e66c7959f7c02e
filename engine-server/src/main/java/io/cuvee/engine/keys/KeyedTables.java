package io.cuvee.engine.keys;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.state.StreamSegmentName;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.ingest.upsert.KeyRules;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The tables with keys of which this server has segments. Thread-safe.
public final class KeyedTables {
  private final MetadataStore metadata;
  private final SealedSegments sealed;
  private final ConcurrentHashMap<String, KeyedTable> tables = new ConcurrentHashMap<>();

  public KeyedTables(MetadataStore metadata, SealedSegments sealed) {
    this.metadata = metadata;
    this.sealed = sealed;
  }

  /// A table whose rows may cease to count; empty for others.
  public Optional<KeyedTable> replacing(String table) {
    return Optional.ofNullable(tables.get(table)).filter(KeyedTable::replaces);
  }

  /// The keys of a partition that begins to be consumed here; empty if the table has none.
  public Optional<KeyedPartition> partition(
      String table, TableConfig config, Schema schema, int partition) {
    return KeyRules.of(config, schema)
        .map(rules ->
            tables
                .computeIfAbsent(
                    table,
                    name -> new KeyedTable(name, rules, sealed, number -> committed(name, number)))
                .partition(partition));
  }

  private Set<Long> committed(String table, int partition) {
    return metadata.getAll("segments/" + table).values().stream()
        .map(text -> SegmentRecord.parse(text.value()))
        .flatMap(record -> record.stream().stream())
        .filter(range -> range.partition() == partition && !range.isOpen())
        .map(StreamRange::sequence)
        .collect(Collectors.toSet());
  }

  /// A sealed segment is served from now on. May take long, if the keys of its partition are to be
  /// read.
  ///
  /// @param isSame whether its rows are those that were consumed here
  public void sealed(SegmentKey key, boolean isSame) {
    Optional<StreamSegmentName> name = name(key);
    if (name.isEmpty()) {
      return;
    }
    Optional<TableConfig> config =
        metadata.get("tables/" + key.table()).map(text -> TableConfig.parse(text.value()));
    if (config.isEmpty() || config.get().keys().isEmpty()) {
      return;
    }
    metadata
        .get("schemas/" + config.get().schemaName())
        .map(text -> Schema.parse(text.value()))
        .flatMap(schema -> partition(key.table(), config.get(), schema, name.get().partition()))
        .ifPresent(partition -> partition.sealed(name.get().sequence(), key.segment(), isSame));
  }

  private static Optional<StreamSegmentName> name(SegmentKey key) {
    return key.table().endsWith("_" + TableType.REALTIME)
        ? StreamSegmentName.parse(key.segment())
        : Optional.empty();
  }

  /// A segment is no longer here.
  public void unloaded(SegmentKey key) {
    KeyedTable table = tables.get(key.table());
    Optional<StreamSegmentName> name = name(key);
    if (table != null && name.isPresent()) {
      KeyedPartition partition = table.find(name.get().partition());
      if (partition != null) {
        partition.unloaded(name.get().sequence());
        removeIfEmpty(key.table(), table, name.get().partition(), partition);
      }
    }
  }

  /// Nothing of a partition is consumed here any more.
  public void consumerEnded(String physicalTable, int number) {
    KeyedTable table = tables.get(physicalTable);
    KeyedPartition partition = table == null ? null : table.find(number);
    if (table != null && partition != null) {
      partition.consumerEnded();
      removeIfEmpty(physicalTable, table, number, partition);
    }
  }

  private void removeIfEmpty(String name, KeyedTable table, int number, KeyedPartition partition) {
    if (partition.isEmpty() && table.remove(number, partition)) {
      tables.remove(name, table);
    }
  }
}
