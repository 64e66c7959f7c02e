package io.cuvee.controller.table;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.Versioned;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The records of sealed segments. A segment belongs to its table exactly as long as it has a
/// record. Thread-safe.
public final class Records {
  private static final Logger LOG = LoggerFactory.getLogger(Records.class);

  private final MetadataStore metadata;

  // By physical table; guarded by itself.
  private final Map<String, AutoCloseable> watches = new HashMap<>();
  private final Map<String, Map<String, SegmentRecord>> copies = new ConcurrentHashMap<>();

  public Records(MetadataStore metadata) {
    this.metadata = metadata;
  }

  public Optional<Versioned<SegmentRecord>> find(SegmentKey key) {
    return metadata.get(path(key)).map(Records::parse);
  }

  /// By segment name.
  public Map<String, SegmentRecord> all(String physicalTable) {
    Map<String, SegmentRecord> records = new TreeMap<>();
    findAll(physicalTable).forEach((name, record) -> records.put(name, record.value()));
    return records;
  }

  /// Those of some segments, by name, as far as they have one.
  public Map<String, SegmentRecord> all(String physicalTable, Collection<String> segments) {
    Map<String, SegmentRecord> found = new TreeMap<>();
    find(physicalTable, segments).forEach((name, record) -> found.put(name, record.value()));
    return found;
  }

  /// The same, as they are to be replaced.
  public Map<String, Versioned<SegmentRecord>> find(
      String physicalTable, Collection<String> segments) {
    Map<String, Versioned<SegmentRecord>> found = new TreeMap<>();
    metadata
        .getAll("segments/" + physicalTable, segments)
        .forEach((name, text) -> found.put(name, parse(text)));
    return found;
  }

  /// By segment name, from a copy that is kept current from the first call on. It may be behind by
  /// a moment: whoever is about to act looks again with [#find(SegmentKey)].
  public Map<String, SegmentRecord> watched(String physicalTable) {
    synchronized (watches) {
      if (!watches.containsKey(physicalTable)) {
        watches.put(
            physicalTable,
            metadata.watch(
                "segments/" + physicalTable,
                (name, text) -> SegmentRecord.parse(text.value(), physicalTable, name),
                all -> copies.put(physicalTable, all)));
      }
      return copies.getOrDefault(physicalTable, Map.of());
    }
  }

  /// Keeps copies of these tables only.
  public void keepWatching(Set<String> physicalTables) {
    synchronized (watches) {
      watches
          .entrySet()
          .removeIf(watch -> {
            if (physicalTables.contains(watch.getKey())) {
              return false;
            }
            try {
              watch.getValue().close();
            } catch (Exception e) {
              LOG.debug("A watch could not be closed", e);
            }
            copies.remove(watch.getKey());
            return true;
          });
    }
  }

  /// By segment name, as they are to be deleted.
  public Map<String, Versioned<SegmentRecord>> findAll(String physicalTable) {
    Map<String, Versioned<SegmentRecord>> records = new TreeMap<>();
    metadata
        .getAll("segments/" + physicalTable)
        .forEach((name, text) -> records.put(name, parse(text)));
    return records;
  }

  public List<String> names(String physicalTable) {
    return metadata.list("segments/" + physicalTable);
  }

  /// Tables that have records, also if their config is gone.
  public List<String> tables() {
    return metadata.list("segments");
  }

  /// Creates or replaces; false if another writer was faster.
  ///
  /// @param before what the caller found
  public boolean put(SegmentRecord record, Optional<Versioned<SegmentRecord>> before) {
    return before.isPresent()
        ? metadata.compareAndSet(path(record.key()), record.toJson(), before.get().version())
        : metadata.create(path(record.key()), record.toJson());
  }

  /// Replaces those that nobody has changed since they were found.
  ///
  /// @param found what is replaced, in its new form, with the version of the old one
  public void replaceUnchanged(Collection<Versioned<SegmentRecord>> found) {
    var _ =
        metadata.replaceUnchanged(
            found.stream()
                .map(record ->
                    Change.replace(
                        path(record.value().key()), record.value().toJson(), record.version()))
                .toList());
  }

  /// Deletes those that nobody has changed since they were found.
  ///
  /// @param epoch of the term in which that happens; absent if it is only the writer's own record
  /// @return those that are there no longer
  /// @throws io.cuvee.common.error.CuveeException `CONFLICT` if the term is over
  public List<SegmentRecord> delete(
      Collection<Versioned<SegmentRecord>> found, OptionalLong epoch) {
    Map<String, Integer> versions = new HashMap<>();
    found.forEach(record -> versions.put(path(record.value().key()), record.version()));
    Set<String> gone = metadata.deleteUnchanged(versions, epoch);
    return found.stream()
        .map(Versioned::value)
        .filter(record -> gone.contains(path(record.key())))
        .toList();
  }

  private static String path(SegmentKey key) {
    return SegmentRecord.path(key.table(), key.segment());
  }

  private static Versioned<SegmentRecord> parse(Versioned<String> text) {
    return new Versioned<>(SegmentRecord.parse(text.value()), text.version());
  }
}
