package io.cuvee.controller.backup;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.audit.StreamChain;
import io.cuvee.controller.table.RecordObjects;
import io.cuvee.controller.table.Trash;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Makes the metadata anew from what the deep store has: the newest copies ([MetadataCopies]), and
/// what was stored after them. Uploaded segments tell themselves what they are; those of streams
/// have their records beside them. A table without a copy, as an older release left it, gets a
/// schema and a config from its segments.
public final class DeepStoreRebuild {
  /// How long before a copy an object may have been stored whose record is not in it yet.
  private static final long LATEST_UPLOAD_MILLIS = 60_000;

  private final DeepStore store;
  private final String root;
  private final String cluster;
  private final StoredSegments segments;
  private final Path directory;
  private final Consumer<String> progress;
  private final List<String> notes = new ArrayList<>();
  private final SortedMap<String, String> texts = new TreeMap<>();

  /// @param backup what the metadata should be
  /// @param notes what people should know of it, a sentence each
  public record Result(Backup backup, List<String> notes) {
    public Result {
      notes = List.copyOf(notes);
    }
  }

  /// @param root where the store is
  /// @param cluster name of the cluster whose copies count
  /// @param directory for one fetched object at a time
  /// @param progress hears what is being looked at
  public DeepStoreRebuild(
      DeepStore store, URI root, String cluster, Path directory, Consumer<String> progress) {
    this.store = store;
    this.root = root.toString().replaceFirst("/+$", "") + "/";
    this.cluster = cluster;
    this.directory = directory;
    this.segments = new StoredSegments(store, this.root, directory);
    this.progress = progress;
  }

  /// @throws CuveeException `NOT_FOUND` if the store has nothing of the cluster, `IO`
  public Result run() {
    Map<String, Backup> copies = copies();
    copies.values().forEach(copy -> texts.putAll(copy.texts()));
    Map<String, List<SegmentObject>> objects = new TreeMap<>();
    for (String name : store.list("")) {
      SegmentObject.of(name)
          .ifPresent(object ->
              objects.computeIfAbsent(object.table(), table -> new ArrayList<>()).add(object));
    }
    if (copies.isEmpty() && objects.isEmpty()) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "The deep store at " + root + " has neither segments nor copies of metadata.");
    }
    Set<String> tables = new TreeSet<>(objects.keySet());
    tables.addAll(copies.keySet());
    tables.remove(MetadataSnapshot.CLUSTER);
    for (String table : tables) {
      progress.accept(table);
      table(table, Optional.ofNullable(copies.get(table)), objects.getOrDefault(table, List.of()));
    }
    adoptRoot();
    return new Result(
        new Backup(cluster, Backup.ALL, System.currentTimeMillis(), texts, Map.of()), notes);
  }

  /// A backup, with the segments of streams that were sealed after it: their rows were
  /// acknowledged, and the stream may not have them any more. All else is as in the backup.
  public Result continued(Backup backup) {
    texts.putAll(backup.texts());
    Map<String, List<SegmentObject>> objects = new TreeMap<>();
    for (String path : backup.texts().keySet()) {
      if (path.startsWith("tables/") && path.endsWith("_" + TableType.REALTIME)) {
        String table = path.substring("tables/".length());
        progress.accept(table);
        store
            .list(table + "/")
            .forEach(name ->
                SegmentObject.of(name)
                    .ifPresent(object ->
                        objects.computeIfAbsent(table, key -> new ArrayList<>()).add(object)));
      }
    }
    objects.forEach((table, own) -> {
      Map<String, SegmentRecord> records = records(table);
      int before = records.size();
      addSealed(records, unknown(table, records, own));
      if (records.size() > before) {
        notes.add(
            table
                + " has "
                + (records.size() - before)
                + " segments that were sealed after the backup.");
      }
    });
    return new Result(
        new Backup(
            backup.cluster(),
            backup.part(),
            backup.createdMillis(),
            texts,
            sealedAssignments(backup)),
        notes);
  }

  /// Who consumed a segment that is sealed now has it at hand, or loads it.
  private Map<String, Map<SegmentKey, Assignment>> sealedAssignments(Backup backup) {
    Map<String, Map<SegmentKey, Assignment>> assignments = new HashMap<>();
    backup
        .assignments()
        .forEach((server, segments) -> {
          Map<SegmentKey, Assignment> own = new HashMap<>(segments);
          own.replaceAll((key, assignment) ->
              assignment.target() == SegmentState.CONSUMING
                  ? Optional.ofNullable(texts.get(SegmentRecord.path(key.table(), key.segment())))
                      .map(SegmentRecord::parse)
                      .filter(record -> !record.isConsuming())
                      .map(record -> new Assignment(SegmentState.ONLINE, record.crc()))
                      .orElse(assignment)
                  : assignment);
          assignments.put(server, own);
        });
    return assignments;
  }

  /// The newest good copy of each part.
  private Map<String, Backup> copies() {
    Map<String, TreeSet<String>> versions = new TreeMap<>();
    Set<String> clusters = new TreeSet<>();
    for (String name : store.list(MetadataCopies.DIRECTORY)) {
      String[] parts = name.split("/");
      if (parts.length == 4) {
        clusters.add(parts[1]);
        if (parts[1].equals(cluster)) {
          versions.computeIfAbsent(parts[2], part -> new TreeSet<>()).add(name);
        }
      }
    }
    if (versions.isEmpty() && !clusters.isEmpty()) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "The deep store at "
              + root
              + " has copies of the metadata of "
              + clusters
              + ", none of '"
              + cluster
              + "'. Say which one with -D cluster.name=NAME.");
    }
    Map<String, Backup> copies = new TreeMap<>();
    versions.forEach((part, names) -> {
      for (String name : names.descendingSet()) {
        try {
          copies.put(part, BackupFiles.fetch(store, URI.create(root + name), directory));
          return;
        } catch (CuveeException e) {
          notes.add("A copy of the metadata of " + part + " is left out: " + e.getMessage());
        }
      }
    });
    return copies;
  }

  private void table(String table, Optional<Backup> copy, List<SegmentObject> objects) {
    Optional<String> config = Optional.ofNullable(texts.get("tables/" + table));
    boolean isStream = table.endsWith("_" + TableType.REALTIME);
    if (copy.isPresent() && config.isEmpty()) {
      if (!objects.isEmpty()) {
        notes.add(table + " was deleted; " + objects.size() + " objects of it are left alone.");
      }
      return;
    }
    if (copy.isEmpty() && isStream) {
      notes.add(
          table
              + " has no copy of its config, without which its stream is not known; "
              + objects.size()
              + " objects of it are left alone.");
      return;
    }
    Map<String, SegmentRecord> records = records(table);
    List<SegmentObject> unknown = unknown(table, records, objects);
    if (isStream) {
      addSealed(records, unknown);
    } else {
      addUploaded(table, config, records, unknown, copy);
    }
    Set<String> present = new HashSet<>();
    objects.forEach(object -> present.add(object.name()));
    records.values().stream()
        .filter(record -> !record.isConsuming())
        .filter(record -> !present.contains(RecordObjects.objectName(record.downloadUrl())))
        .forEach(record ->
            notes.add(
                "The object of "
                    + record.key()
                    + " is not in the deep store. Its rows cannot be queried unless a server has a"
                    + " copy; delete the segment if it is to be given up."));
  }

  /// The objects that neither a record nor a deleted segment has, the youngest last.
  private List<SegmentObject> unknown(
      String table, Map<String, SegmentRecord> records, List<SegmentObject> objects) {
    Set<String> known = new HashSet<>();
    records.values().forEach(record -> known.add(RecordObjects.objectName(record.downloadUrl())));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      if (text.getKey().startsWith("deleted/" + table + "/")) {
        Trash.urlsIn(text.getValue()).forEach(url -> known.add(RecordObjects.objectName(url)));
      }
    }
    return objects.stream()
        .filter(object -> !known.contains(object.name()))
        .sorted(SegmentObject.BY_AGE)
        .toList();
  }

  private Map<String, SegmentRecord> records(String table) {
    Map<String, SegmentRecord> records = new TreeMap<>();
    String prefix = "segments/" + table + "/";
    texts.tailMap(prefix).entrySet().stream()
        .takeWhile(text -> text.getKey().startsWith(prefix))
        .forEach(text -> {
          SegmentRecord record = SegmentRecord.parse(text.getValue());
          records.put(record.name(), record);
        });
    return records;
  }

  private void put(Map<String, SegmentRecord> records, SegmentRecord record) {
    records.put(record.name(), record);
    texts.put(SegmentRecord.path(record.table(), record.name()), record.toJson());
  }

  private static boolean isAfter(SegmentObject object, Optional<Backup> copy) {
    return copy.isEmpty()
        || object.storedMillis().orElse(0) > copy.get().createdMillis() - LATEST_UPLOAD_MILLIS;
  }

  /// A sealed segment that the copy does not have yet.
  private record Sealed(SegmentObject object, SegmentRecord record) {
    StreamRange range() {
      return record.stream().orElseThrow();
    }

    /// Whether it comes next after a segment, or takes its place as it is sealed.
    boolean follows(SegmentRecord last) {
      StreamRange before = last.stream().orElseThrow();
      return last.isConsuming()
          ? record.name().equals(last.name())
          : range().sequence() == before.sequence() + 1
              && range().startOffset() == before.endOffset().orElseThrow();
    }
  }

  /// Continues each partition with what was sealed after the copy. Of several attempts to seal one
  /// segment, that one counts with which the next segment goes on.
  private void addSealed(Map<String, SegmentRecord> records, List<SegmentObject> unknown) {
    Set<String> stored = new HashSet<>();
    unknown.stream()
        .filter(object -> !object.isRecord())
        .forEach(object -> stored.add(object.name()));
    Map<Integer, List<Sealed>> sealed = new TreeMap<>();
    for (SegmentObject object : unknown) {
      if (object.isRecord() && stored.contains(object.name())) {
        try {
          Sealed found = new Sealed(object, segments.sealed(object));
          sealed
              .computeIfAbsent(found.range().partition(), partition -> new ArrayList<>())
              .add(found);
        } catch (CuveeException e) {
          notes.add(object.table() + "/" + object.segment() + " is left out: " + e.getMessage());
        }
      }
    }
    Map<Integer, List<SegmentRecord>> chains = StreamChain.byPartition(records.values());
    sealed.forEach((partition, found) -> {
      Optional<SegmentRecord> last = Optional.ofNullable(chains.get(partition)).map(List::getLast);
      while (true) {
        Optional<Sealed> next = next(last, found);
        if (next.isEmpty()) {
          return;
        }
        put(records, next.get().record());
        last = next.map(Sealed::record);
      }
    });
  }

  /// Without a copy of the metadata a partition begins with the oldest segment that there is: those
  /// before it may have been deleted for their age.
  ///
  /// @param found with the youngest last
  private static Optional<Sealed> next(Optional<SegmentRecord> last, List<Sealed> found) {
    long first = found.stream().mapToLong(each -> each.range().sequence()).min().orElse(0);
    List<Sealed> followers =
        found.stream()
            .filter(each ->
                last.isPresent() ? each.follows(last.get()) : each.range().sequence() == first)
            .toList();
    return followers.stream()
        .filter(each -> found.stream().anyMatch(other -> other.follows(each.record())))
        .reduce((older, younger) -> younger)
        .or(() -> followers.stream().reduce((older, younger) -> younger));
  }

  private void addUploaded(
      String table,
      Optional<String> configText,
      Map<String, SegmentRecord> records,
      List<SegmentObject> unknown,
      Optional<Backup> copy) {
    String logicalName = TableType.logicalName(table);
    TableConfig config =
        configText.map(TableConfig::parse).orElseGet(() -> TableConfig.offline(logicalName, 1));
    // The youngest of each segment.
    Map<String, SegmentObject> newest = new TreeMap<>();
    unknown.stream()
        .filter(object -> !object.isRecord() && isAfter(object, copy))
        .forEach(object -> newest.put(object.segment(), object));
    Map<String, FieldSpec> fields = new LinkedHashMap<>();
    for (SegmentObject object :
        newest.values().stream().sorted(SegmentObject.BY_AGE.reversed()).toList()) {
      Optional<SegmentRecord> before = Optional.ofNullable(records.get(object.segment()));
      if (before.isPresent() && before.get().createdMillis() >= object.storedMillis().orElse(0)) {
        continue;
      }
      progress.accept(object.name());
      try {
        StoredSegments.Uploaded found = segments.uploaded(object, config);
        put(records, found.record());
        found
            .metadata()
            .columns()
            .forEach(column ->
                fields.putIfAbsent(
                    column.name(), FieldSpec.dimension(column.name(), column.type())));
      } catch (CuveeException e) {
        notes.add("The object " + object.name() + " is left out: " + e.getMessage());
      }
    }
    if (configText.isEmpty() && !fields.isEmpty()) {
      texts.put("tables/" + table, config.toJson());
      boolean isNew =
          texts.putIfAbsent(
                  "schemas/" + logicalName,
                  Schema.of(logicalName, List.copyOf(fields.values())).toJson())
              == null;
      notes.add(
          table
              + " has no copy of its config. It got the simplest one"
              + (isNew ? ", and a schema as its segments have it" : "")
              + "; look through them.");
    }
  }

  /// The store may be at another place than before.
  private void adoptRoot() {
    for (Map.Entry<String, String> text : texts.entrySet()) {
      if (text.getKey().startsWith("segments/")) {
        SegmentRecord record = SegmentRecord.parse(text.getValue());
        String url = root + RecordObjects.objectName(record.downloadUrl());
        if (!record.isConsuming() && !URI.create(url).equals(URI.create(record.downloadUrl()))) {
          text.setValue(record.withDownloadUrl(url).toJson());
        }
      }
    }
    texts.put(DeepStores.PATH, root);
  }
}
