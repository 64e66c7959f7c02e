package io.cuvee.controller.table;

import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Reloads;
import io.cuvee.cluster.state.Replacement;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.RowLogRecord;
import io.cuvee.cluster.state.TimeBoundary;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.common.catalog.DeadLetterTable;
import io.cuvee.common.catalog.KeyConfig;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/// Schemas and table configs, kept by compare-and-set in the cluster's metadata. Thread-safe.
public final class Tables {
  private final MetadataStore metadata;
  private final BiConsumer<TableConfig, Schema> moreChecks;

  public Tables(MetadataStore metadata) {
    this(metadata, (config, schema) -> {});
  }

  /// @param moreChecks throws if it does not like a config
  public Tables(MetadataStore metadata, BiConsumer<TableConfig, Schema> moreChecks) {
    this.metadata = metadata;
    this.moreChecks = moreChecks;
  }

  // Schemas.

  public List<String> schemaNames() {
    return List.copyOf(metadata.getAll("schemas").keySet());
  }

  /// The schema of this exact name.
  ///
  /// @throws CuveeException `NOT_FOUND` with the nearest names
  public Schema schema(String name) {
    return storedSchema(name)
        .map(text -> Schema.parse(text.value()))
        .orElseThrow(() -> noSchema(name));
  }

  private Optional<Versioned<String>> storedSchema(String name) {
    Names.check("Schema name", name, ErrorCode.INVALID_SCHEMA);
    return metadata.get("schemas/" + name);
  }

  private CuveeException noSchema(String name) {
    return new CuveeException(
        ErrorCode.NOT_FOUND,
        "There is no schema '" + name + "'." + Suggestions.didYouMean(name, schemaNames()));
  }

  /// Creates the schema, or changes it to this.
  ///
  /// @param mayReplace whether a schema of this name may be there already
  /// @throws CuveeException `ALREADY_EXISTS`, or `INVALID_SCHEMA` if a table uses the schema and
  ///   the change does not suit its data
  public synchronized void putSchema(Schema schema, boolean mayReplace) {
    String path = "schemas/" + schema.name();
    while (true) {
      Optional<Versioned<String>> before = storedSchema(schema.name());
      if (before.isEmpty()) {
        refuseSameName("Schema", schema.name(), schemaNames(), ErrorCode.INVALID_SCHEMA);
        if (metadata.create(path, schema.toJson())) {
          return;
        }
        continue;
      }
      if (!mayReplace) {
        throw new CuveeException(
            ErrorCode.ALREADY_EXISTS,
            "Schema '"
                + schema.name()
                + "' exists already. Change it with PUT /schemas/"
                + schema.name()
                + ".");
      }
      if (!users(schema.name()).isEmpty()) {
        SchemaChanges.check(Schema.parse(before.get().value()), schema);
      }
      if (metadata.compareAndSet(path, schema.toJson(), before.get().version())) {
        return;
      }
    }
  }

  /// Deletes a schema that no table uses.
  ///
  /// @throws CuveeException `NOT_FOUND`, or `CONFLICT` if a table uses it
  public synchronized void deleteSchema(String name) {
    if (storedSchema(name).isEmpty()) {
      throw noSchema(name);
    }
    List<String> users = users(name);
    if (!users.isEmpty()) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Schema '"
              + name
              + "' is used by table "
              + String.join(", ", users)
              + ". Delete the table first.");
    }
    metadata.delete("schemas/" + name);
  }

  private List<String> users(String schema) {
    return configs().values().stream()
        .filter(config -> config.schemaName().equals(schema))
        .map(TableConfig::physicalName)
        .toList();
  }

  // Table configs.

  /// All table configs by physical name.
  public Map<String, TableConfig> configs() {
    Map<String, TableConfig> configs = new TreeMap<>();
    metadata
        .getAll("tables")
        .forEach((name, text) -> configs.put(name, TableConfig.parse(text.value())));
    return configs;
  }

  /// The config of this physical name.
  public Optional<TableConfig> find(String physicalName) {
    return metadata.get("tables/" + physicalName).map(text -> TableConfig.parse(text.value()));
  }

  /// The halves of a table.
  ///
  /// @param name logical (`flights`) or physical (`flights_OFFLINE`)
  /// @param type only this half, if stated
  /// @throws CuveeException `TABLE_NOT_FOUND` with the nearest names
  public List<TableConfig> halves(String name, Optional<TableType> type) {
    Names.check("Table name", name, ErrorCode.INVALID_TABLE);
    List<TableConfig> halves = new ArrayList<>();
    for (TableType each : TableType.values()) {
      boolean wanted = type.isEmpty() || type.get() == each;
      String physical = name.endsWith("_" + each) ? name : each.physicalName(name);
      if (wanted && physical.endsWith("_" + each)) {
        metadata
            .get("tables/" + physical)
            .ifPresent(text -> halves.add(TableConfig.parse(text.value())));
      }
    }
    if (halves.isEmpty()) {
      throw noTable(name, type);
    }
    return halves;
  }

  private CuveeException noTable(String name, Optional<TableType> type) {
    TreeSet<String> known = new TreeSet<>();
    configs()
        .values()
        .forEach(config -> {
          known.add(config.logicalName());
          if (name.contains("_")) {
            known.add(config.physicalName());
          }
        });
    known.remove(name);
    return new CuveeException(
        ErrorCode.TABLE_NOT_FOUND,
        "There is no table '"
            + name
            + "'"
            + type.map(half -> " of type " + half).orElse("")
            + "."
            + Suggestions.didYouMean(name, known));
  }

  /// The OFFLINE half of a table.
  ///
  /// @throws CuveeException `TABLE_NOT_FOUND` with the nearest names
  public TableConfig offline(String name) {
    return halves(name, Optional.of(TableType.OFFLINE)).getFirst();
  }

  /// The schema that a table's config names.
  public Schema schemaOf(TableConfig config) {
    return schema(config.schemaName());
  }

  /// Checks a config against its schema without storing it.
  ///
  /// @throws CuveeException `INVALID_TABLE` that says what does not fit
  public void check(TableConfig config) {
    Optional<Versioned<String>> text = storedSchema(config.schemaName());
    if (text.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + config.logicalName()
              + "' needs the schema '"
              + config.schemaName()
              + "', which does not exist."
              + Suggestions.didYouMean(config.schemaName(), schemaNames())
              + " Create it first with POST /schemas.");
    }
    Schema schema = Schema.parse(text.get().value());
    TableChecks.check(config, schema);
    if (config.type() == TableType.REALTIME) {
      StreamChecks.check(config, schema);
    }
    moreChecks.accept(config, schema);
  }

  /// Creates the table.
  ///
  /// @throws CuveeException `ALREADY_EXISTS`, or `INVALID_TABLE` that says what does not fit
  public synchronized void create(TableConfig config) {
    check(config);
    List<String> logicalNames = configs().values().stream().map(TableConfig::logicalName).toList();
    refuseSameName("Table", config.logicalName(), logicalNames, ErrorCode.INVALID_TABLE);
    checkWithOtherHalf(config);
    prepareDeadLetters(config);
    if (!metadata.create("tables/" + config.physicalName(), config.toJson())) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "Table '"
              + config.physicalName()
              + "' exists already. Change it with PUT /tables/"
              + config.logicalName()
              + ".");
    }
  }

  /// Makes the table for messages that are no rows, if there is to be one.
  private void prepareDeadLetters(TableConfig config) {
    Optional<String> letters = config.ingestion().deadLetterTable();
    if (letters.isEmpty()) {
      return;
    }
    String name = letters.get();
    Optional<TableConfig> present =
        Optional.ofNullable(configs().get(TableType.REALTIME.physicalName(name)));
    if (present.isPresent()) {
      DeadLetterTable.check(config.logicalName(), present.get(), schemaOf(present.get()));
      return;
    }
    Schema schema = DeadLetterTable.schema(name);
    Optional<Schema> before = storedSchema(name).map(text -> Schema.parse(text.value()));
    if (!before.equals(Optional.of(schema))) {
      putSchema(schema, false);
    }
    create(DeadLetterTable.config(name, config.replication()));
  }

  private void checkWithOtherHalf(TableConfig config) {
    for (TableType other : TableType.values()) {
      if (other != config.type()) {
        metadata
            .get("tables/" + other.physicalName(config.logicalName()))
            .map(text -> TableConfig.parse(text.value()))
            .ifPresent(half -> {
              refuseReplacing(config);
              refuseReplacing(half);
              TimeBoundary.check(config, half, schemaOf(config));
            });
      }
    }
  }

  /// A row could not replace one of the other half.
  private static void refuseReplacing(TableConfig half) {
    if (half.keys().filter(KeyConfig::replaces).isPresent()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + half.logicalName()
              + "' has an upsertConfig, and so cannot have an OFFLINE half as well.");
    }
  }

  /// Changes the config of an existing table.
  ///
  /// @throws CuveeException `TABLE_NOT_FOUND`, or `INVALID_TABLE` that says what does not fit
  public synchronized void update(TableConfig config) {
    check(config);
    checkWithOtherHalf(config);
    prepareDeadLetters(config);
    String path = "tables/" + config.physicalName();
    while (true) {
      Versioned<String> before =
          metadata
              .get(path)
              .orElseThrow(() -> noTable(config.logicalName(), Optional.of(config.type())));
      TableConfig configBefore = TableConfig.parse(before.value());
      refuseOtherKeys(configBefore, config);
      String schemaBefore = configBefore.schemaName();
      if (!schemaBefore.equals(config.schemaName())) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "Table '"
                + config.logicalName()
                + "' has the schema '"
                + schemaBefore
                + "', which cannot be exchanged for '"
                + config.schemaName()
                + "'. Change the schema itself, or create another table.");
      }
      if (metadata.compareAndSet(path, config.toJson(), before.version())) {
        return;
      }
    }
  }

  /// Which of its rows count is decided when they come.
  private static void refuseOtherKeys(TableConfig before, TableConfig after) {
    boolean isSame =
        before.keys().equals(after.keys())
            && (after.keys().isEmpty()
                || after
                    .keys()
                    .get()
                    .comparison(before)
                    .equals(after.keys().get().comparison(after)));
    if (!isSame) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + after.logicalName()
              + "': upsertConfig and dedupConfig, and the time column that they compare by, cannot be"
              + " changed once the table is there. Create another table.");
    }
  }

  /// Deletes the config; segments are the caller's.
  public synchronized void delete(TableConfig config) {
    metadata.delete("tables/" + config.physicalName());
    metadata.delete(Reloads.path(config.physicalName()));
    metadata.delete(ConsumptionControl.path(config.physicalName()));
    metadata.delete("rebalances/" + config.physicalName());
    metadata.delete(ReplicaGroups.path(config.physicalName()));
    metadata.delete(Replacement.directory(config.physicalName()));
    metadata.delete("schedules/" + config.physicalName());
    metadata.delete(RowLogRecord.path(config.physicalName()));
    metadata.delete(MovedRows.path(config.physicalName()));
  }

  /// Queries compare names in any case, so no two names may differ in case only.
  private static void refuseSameName(
      String what, String name, List<String> others, ErrorCode code) {
    for (String other : others) {
      if (other.equalsIgnoreCase(name) && !other.equals(name)) {
        throw new CuveeException(
            code,
            what
                + " '"
                + name
                + "' differs from '"
                + other
                + "' in case only. Choose another name.");
      }
    }
  }
}
