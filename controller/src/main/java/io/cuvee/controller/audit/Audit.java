package io.cuvee.controller.audit;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.table.RecordObjects;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Trash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Compares the metadata, the deep store, the assignment and what servers report with each other,
/// and the objects with their checksums. A cluster at work is never in line at one moment, so what
/// looks wrong is looked at again a while later, and counts if it is still so. Writes nothing.
public final class Audit {
  private static final String TABLES = "tables/";

  private final ClusterState cluster;
  private final MetadataStore metadata;
  private final DeepStore store;
  private final ObjectCheck objects;
  private final Duration settle;
  private final Consumer<String> progress;

  /// @param directory for one fetched object at a time
  /// @param settle how long what looks wrong may take to become right
  /// @param progress hears what is being looked at
  public Audit(
      ClusterState cluster,
      DeepStore store,
      Path directory,
      Duration settle,
      Consumer<String> progress) {
    this.cluster = cluster;
    this.metadata = cluster.metadata();
    this.store = store;
    this.objects = new ObjectCheck(store, directory);
    this.settle = settle;
    this.progress = progress;
  }

  /// Looks at everything.
  ///
  /// @param only the halves of this table, or this half; absent for all
  /// @param readsObjects whether to read the objects, or only look whether they are there
  /// @throws CuveeException `TABLE_NOT_FOUND`, or `IO` if ZooKeeper or the deep store do not answer
  public AuditReport run(Optional<String> only, boolean readsObjects) throws InterruptedException {
    Look first = new Look(readsObjects, Optional.empty());
    List<String> tables = tables(only);
    look(first, tables, only.isEmpty());
    if (!first.findings.isEmpty()) {
      progress.accept("looking again at what seems wrong");
      Thread.sleep(settle);
      Set<String> doubtful = new TreeSet<>();
      first.findings.forEach(finding -> doubtful.add(finding.table()));
      Look second = new Look(readsObjects, Optional.of(first.findings));
      look(
          second,
          tables(only).stream().filter(doubtful::contains).toList(),
          only.isEmpty() && doubtful.stream().anyMatch(table -> !tables.contains(table)));
      first.findings.removeIf(finding -> second.findings.stream().noneMatch(finding::isSameAs));
    }
    first.findings.sort(
        Comparator.comparing(Finding::table)
            .thenComparing(Finding::segment)
            .thenComparing(Finding::kind)
            .thenComparing(Finding::where));
    return new AuditReport(first.findings, first.counts(tables.size()));
  }

  /// Those that have a config or segments.
  private List<String> tables(Optional<String> only) {
    Set<String> names = new TreeSet<>(metadata.list("tables"));
    names.addAll(metadata.list("segments"));
    if (only.isEmpty()) {
      return List.copyOf(names);
    }
    List<String> halves =
        names.stream()
            .filter(name ->
                name.equals(only.get())
                    || name.equals(only.get() + "_OFFLINE")
                    || name.equals(only.get() + "_REALTIME"))
            .toList();
    if (halves.isEmpty()) {
      throw new CuveeException(
          ErrorCode.TABLE_NOT_FOUND,
          "There is no table '" + only.get() + "' in the cluster's metadata.");
    }
    return halves;
  }

  /// One walk through tables.
  private final class Look {
    private final boolean readsObjects;

    /// What an earlier look found: only such objects are read again.
    private final Optional<List<Finding>> earlier;

    private final Map<String, Map<SegmentKey, Assignment>> assigned = new HashMap<>();
    private final Set<String> live = new TreeSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private int segments;
    private int objects;
    private int objectsRead;
    private long bytesRead;
    private int replicas;
    private int partitions;
    private int gaps;

    Look(boolean readsObjects, Optional<List<Finding>> earlier) {
      this.readsObjects = readsObjects;
      this.earlier = earlier;
      for (String server : cluster.assignedServers()) {
        assigned.put(server, cluster.assignment(server));
      }
      cluster.instances(Instance.Role.SERVER).forEach(server -> live.add(server.id()));
    }

    void add(Finding.Kind kind, String table, String segment, String where, String detail) {
      findings.add(new Finding(kind, table, segment, where, detail));
    }

    boolean isToRead(SegmentRecord record) {
      return readsObjects
          && (earlier.isEmpty()
              || earlier.get().stream()
                  .anyMatch(finding ->
                      finding.where().equals(record.downloadUrl())
                          && finding.table().equals(record.table())));
    }

    AuditReport.Counts counts(int tables) {
      return new AuditReport.Counts(
          tables,
          segments,
          objects,
          objectsRead,
          bytesRead,
          replicas,
          live.size(),
          partitions,
          gaps);
    }
  }

  private void look(Look look, List<String> tables, boolean looksBeyond) {
    Map<String, Schema> schemas = schemas(look);
    for (String table : tables) {
      progress.accept(table);
      Optional<TableConfig> config = config(look, table, schemas);
      Map<String, SegmentRecord> records = records(look, table);
      if (config.isEmpty() && metadata.get(TABLES + table).isEmpty() && !records.isEmpty()) {
        look.add(
            Finding.Kind.SEGMENTS_WITHOUT_TABLE,
            table,
            "",
            "",
            records.size() + " segments have records, but there is no config");
      }
      look.segments += records.size();
      if (records.values().stream().allMatch(Audit::isReadable)) {
        streams(look, table, records);
      }
      config.ifPresent(known -> replicas(look, known, records));
      objects(look, table, records);
    }
    if (looksBeyond) {
      strangers(look, new HashSet<>(tables));
    }
  }

  private Map<String, Schema> schemas(Look look) {
    Map<String, Schema> schemas = new HashMap<>();
    metadata
        .getAll("schemas")
        .forEach((name, text) -> {
          try {
            schemas.put(name, Schema.parse(text.value()));
          } catch (CuveeException e) {
            unreadable(look, "", "", "schemas/" + name, e);
          }
        });
    return schemas;
  }

  private static void unreadable(
      Look look, String table, String segment, String path, CuveeException e) {
    look.add(
        Finding.Kind.UNREADABLE_METADATA, table, segment, path, String.valueOf(e.getMessage()));
  }

  private Optional<TableConfig> config(Look look, String table, Map<String, Schema> schemas) {
    Optional<Versioned<String>> text = metadata.get(TABLES + table);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      TableConfig config = TableConfig.parse(text.get().value());
      if (!schemas.containsKey(config.schemaName())
          && metadata.get("schemas/" + config.schemaName()).isEmpty()) {
        look.add(
            Finding.Kind.TABLE_WITHOUT_SCHEMA,
            table,
            "",
            config.schemaName(),
            "the table needs the schema '" + config.schemaName() + "', which is not there");
      }
      return Optional.of(config);
    } catch (CuveeException e) {
      unreadable(look, table, "", TABLES + table, e);
      return Optional.empty();
    }
  }

  private Map<String, SegmentRecord> records(Look look, String table) {
    Map<String, SegmentRecord> records = new TreeMap<>();
    metadata
        .getAll("segments/" + table)
        .forEach((name, text) -> {
          try {
            SegmentRecord record = SegmentRecord.parse(text.value());
            if (!record.key().equals(new SegmentKey(table, name))) {
              throw new CuveeException(
                  ErrorCode.INTERNAL, "It is the record of " + record.key() + ".");
            }
            if (!isReadable(record)) {
              throw new CuveeException(
                  ErrorCode.INTERNAL, "It names no object, and the segment does not consume.");
            }
            records.put(name, record);
          } catch (CuveeException e) {
            unreadable(look, table, name, SegmentRecord.path(table, name), e);
            // Whatever else is known of the segment belongs to it.
            records.put(name, new SegmentRecord(table, name, 0, "", 0, 0, 0));
          }
        });
    return records;
  }

  private static boolean isReadable(SegmentRecord record) {
    return record.isConsuming() || !record.downloadUrl().isEmpty();
  }

  private void streams(Look look, String table, Map<String, SegmentRecord> records) {
    boolean isPaused = false;
    try {
      isPaused =
          metadata
              .get(ConsumptionControl.path(table))
              .map(text -> ConsumptionControl.parse(text.value()).paused())
              .orElse(false);
    } catch (CuveeException e) {
      unreadable(look, table, "", ConsumptionControl.path(table), e);
    }
    look.findings.addAll(StreamChain.check(records.values(), isPaused));
    look.partitions += StreamChain.byPartition(records.values()).size();
    records
        .values()
        .forEach(record -> look.gaps += record.stream().map(r -> r.gaps().size()).orElse(0));
  }

  private void replicas(Look look, TableConfig config, Map<String, SegmentRecord> records) {
    String table = config.physicalName();
    Map<String, Map<String, Replica>> serving = cluster.servingView().replicas(table);
    int wanted = config.isDimension() ? Math.max(1, look.live.size()) : config.replication();
    records.values().stream()
        .filter(Audit::isReadable)
        .forEach(
            record -> segment(look, record, serving.getOrDefault(record.name(), Map.of()), wanted));
    Map<String, Set<String>> leftovers = new TreeMap<>();
    look.assigned.forEach((server, segments) ->
        segments.keySet().stream()
            .filter(key -> key.table().equals(table) && !records.containsKey(key.segment()))
            .forEach(key ->
                leftovers.computeIfAbsent(key.segment(), name -> new TreeSet<>()).add(server)));
    serving.forEach((segment, servers) -> {
      look.replicas += servers.size();
      if (!records.containsKey(segment)) {
        leftovers.computeIfAbsent(segment, name -> new TreeSet<>()).addAll(servers.keySet());
      }
    });
    leftovers.forEach((segment, servers) ->
        servers.forEach(server ->
            look.add(
                Finding.Kind.REPLICA_WITHOUT_SEGMENT,
                table,
                segment,
                server,
                "the server has it or is to have it, but the segment has no record")));
  }

  private static void segment(
      Look look, SegmentRecord record, Map<String, Replica> replicas, int wanted) {
    int loaded = 0;
    int told = 0;
    for (Map.Entry<String, Replica> entry : new TreeMap<>(replicas).entrySet()) {
      Replica replica = entry.getValue();
      if (!look.live.contains(entry.getKey())) {
        continue;
      }
      boolean serves =
          replica.state() == SegmentState.ONLINE || replica.state() == SegmentState.CONSUMING;
      if (replica.state() == SegmentState.ERROR) {
        told++;
        look.add(
            Finding.Kind.REPLICA_ERROR,
            record.table(),
            record.name(),
            entry.getKey(),
            replica.message());
      } else if (serves && !record.isConsuming() && replica.crc() != record.crc()) {
        told++;
        look.add(
            Finding.Kind.REPLICA_DIFFERS,
            record.table(),
            record.name(),
            entry.getKey(),
            "it serves CRC "
                + Long.toHexString(replica.crc())
                + ", the record says "
                + Long.toHexString(record.crc()));
      } else if (serves) {
        loaded++;
      }
    }
    if (loaded + told < wanted) {
      Set<String> assigned = new TreeSet<>();
      look.assigned.forEach((server, segments) -> {
        if (segments.containsKey(record.key())) {
          assigned.add(server);
        }
      });
      look.add(
          loaded + told == 0 ? Finding.Kind.UNAVAILABLE : Finding.Kind.UNDER_REPLICATED,
          record.table(),
          record.name(),
          "",
          loaded
              + " of "
              + wanted
              + " replicas; assigned to "
              + (assigned.isEmpty() ? "no server" : String.join(", ", assigned))
              + (record.arriving() ? "; it is arriving" : ""));
    }
  }

  private void objects(Look look, String table, Map<String, SegmentRecord> records) {
    List<String> present = store.list(table + "/");
    Set<String> names = new HashSet<>(present);
    Set<String> owned = new HashSet<>();
    int number = 0;
    for (SegmentRecord record : records.values()) {
      number++;
      if (record.isConsuming() || !isReadable(record)) {
        continue;
      }
      look.objects++;
      String name = RecordObjects.objectName(record.downloadUrl());
      owned.add(name);
      if (!names.contains(name)) {
        ObjectCheck.finding(
                record, Finding.Kind.OBJECT_MISSING, "the deep store does not have the object")
            .ifPresent(look.findings::add);
      } else if (look.isToRead(record)) {
        progress.accept(table + ": object " + number + " of " + records.size());
        look.objectsRead++;
        look.bytesRead += record.sizeBytes();
        objects.check(record).ifPresent(look.findings::add);
      }
    }
    new Trash(metadata, new Records(metadata), store, Duration.ofDays(1))
        .urls(table)
        .forEach(url -> owned.add(RecordObjects.objectName(url)));
    for (String name : present) {
      boolean isOfUnreadable =
          records.containsKey(segmentOf(name)) && !isReadable(records.get(segmentOf(name)));
      if (!owned.contains(RecordObjects.owner(name)) && !isOfUnreadable) {
        look.add(
            Finding.Kind.ORPHAN_OBJECT,
            table,
            segmentOf(name),
            name,
            "no segment and no deleted one has this object");
      }
    }
  }

  /// Objects of tables that the metadata do not know, one finding a table.
  private void strangers(Look look, Set<String> known) {
    Map<String, Integer> counts = new TreeMap<>();
    Set<String> deleted = new HashSet<>(metadata.list("deleted"));
    for (String name : store.list("")) {
      int slash = name.indexOf('/');
      String table = slash < 0 ? "" : name.substring(0, slash);
      boolean isTable = table.endsWith("_OFFLINE") || table.endsWith("_REALTIME");
      if (isTable && !known.contains(table) && !deleted.contains(table)) {
        counts.merge(table, 1, Integer::sum);
      }
    }
    counts.forEach((table, count) ->
        look.add(
            Finding.Kind.ORPHAN_OBJECT,
            table,
            "",
            table + "/",
            count + " objects are of a table that the metadata do not know"));
  }

  private static String segmentOf(String object) {
    String[] parts = object.split("/");
    return parts.length > 1 ? parts[1] : "";
  }
}
