package io.cuvee.controller.retention;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.table.Trash;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Objects of the deep store that belong to no segment: what uploads left that failed, and
/// deletions that did not get so far. They are named `table/segment/version`.
///
/// The deep store may be all that is left of a table when its metadata are lost or were restored
/// from an old copy, so an object is deleted only if the metadata make sense beside it: if the
/// segment has a record, the object that it names is there; if not, the table has more segments
/// with records than without. And it must have been without an owner for long. For use by one
/// thread.
public final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

  /// Versions have random names.
  private static final Pattern OBJECT =
      Pattern.compile("([\\w.-]+)/([\\w.-]+)/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final MetadataStore metadata;
  private final Tables tables;
  private final Records records;
  private final Trash trash;
  private final DeepStore deepStore;
  private final Leadership leadership;
  private final Duration age;

  /// When an object was first seen without an owner.
  private final Map<String, Instant> since = new HashMap<>();

  /// @param age how long an object must have been without an owner; zero never looks
  public Orphans(
      MetadataStore metadata,
      Tables tables,
      Records records,
      Trash trash,
      DeepStore deepStore,
      Leadership leadership,
      Duration age) {
    this.metadata = metadata;
    this.tables = tables;
    this.records = records;
    this.trash = trash;
    this.deepStore = deepStore;
    this.leadership = leadership;
    this.age = age;
  }

  /// Another controller leads: it counts by itself.
  void forget() {
    since.clear();
  }

  /// Looks through the tables that there are, and deletes what has been without an owner for long
  /// enough. Objects of tables that this cluster does not know are left alone.
  void sweep(Instant now) {
    if (!age.isPositive()) {
      return;
    }
    Optional<URI> root = DeepStores.announced(metadata);
    Optional<Placement> term = leadership.term();
    if (root.isEmpty() || term.isEmpty()) {
      return;
    }
    Set<String> seen = new HashSet<>();
    for (TableConfig config : tables.configs().values()) {
      // The objects of streams' segments are stored before their records, by servers.
      if (config.type() != TableType.OFFLINE) {
        continue;
      }
      try {
        for (String object : find(config.physicalName())) {
          seen.add(object);
          Instant first = since.computeIfAbsent(object, name -> now);
          if (first.isBefore(now)
              && !first.plus(age).isAfter(now)
              && leadership.term().equals(term)
              && isStillOrphan(object)) {
            LOG.info("Deleting the object {}, which belongs to no segment", object);
            deepStore.delete(URI.create(slashed(root.get()) + object));
          }
        }
      } catch (CuveeException e) {
        LOG.warn(
            "Objects of {} that belong to no segment stay for now: {}",
            config.physicalName(),
            e.getMessage());
      }
    }
    since.keySet().retainAll(seen);
  }

  /// The objects of a table that belong to no segment, as far as that is certain.
  List<String> find(String table) {
    // What is stored after this is not in the list; what was recorded before is in the records.
    List<String> objects = deepStore.list(table + "/");
    Map<String, SegmentRecord> known = records.all(table);
    Set<String> owned = new HashSet<>();
    known.values().forEach(record -> owned.add(name(record.downloadUrl())));
    Set<String> present = new HashSet<>(objects);
    present.retainAll(owned);
    trash.urls(table).forEach(url -> owned.add(name(url)));
    List<String> superseded = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    Set<String> unknownSegments = new HashSet<>();
    for (String object : objects) {
      Optional<SegmentKey> key = segment(object);
      if (owned.contains(object) || key.isEmpty()) {
        continue;
      }
      SegmentRecord record = known.get(key.get().segment());
      if (record == null) {
        unknown.add(object);
        unknownSegments.add(key.get().segment());
      } else if (present.contains(name(record.downloadUrl()))) {
        superseded.add(object);
      } else {
        LOG.warn("The object of segment {} is not in the deep store; {} stays", key.get(), object);
      }
    }
    if (unknownSegments.size() < known.size()) {
      superseded.addAll(unknown);
    } else if (!unknown.isEmpty()) {
      LOG.warn(
          "Table {} has {} segments in the metadata, but the deep store has objects of {} others,"
              + " as if metadata were lost; they stay. Restore the metadata, or delete the objects.",
          table,
          known.size(),
          unknownSegments.size());
    }
    return superseded;
  }

  private boolean isStillOrphan(String object) {
    return records
        .find(segment(object).orElseThrow())
        .filter(record -> name(record.value().downloadUrl()).equals(object))
        .isEmpty();
  }

  /// The segment of an object; empty if it is none that this cluster stored.
  private static Optional<SegmentKey> segment(String object) {
    Matcher parts = OBJECT.matcher(object);
    return parts.matches()
        ? Optional.of(new SegmentKey(parts.group(1), parts.group(2)))
        : Optional.empty();
  }

  private static String slashed(URI root) {
    String text = root.toString();
    return text.endsWith("/") ? text : text + "/";
  }

  /// The last three parts of where an object is.
  private static String name(String url) {
    int from = url.length();
    for (int i = 0; i < 3 && from > 0; i++) {
      from = url.lastIndexOf('/', from - 1);
    }
    return url.substring(from + 1);
  }
}
