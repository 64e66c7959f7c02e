package io.cuvee.controller.table;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.cluster.state.Replacement;
import io.cuvee.cluster.state.Replacement.State;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The replacements of segments that are under way, or not settled yet. Thread-safe.
public final class ReplacementStore {
  private final MetadataStore metadata;

  public ReplacementStore(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /// By id.
  public Map<String, Versioned<Replacement>> all(String physicalTable) {
    Map<String, Versioned<Replacement>> found = new TreeMap<>();
    metadata
        .getAll(Replacement.directory(physicalTable))
        .forEach((id, text) -> found.put(id, parse(text)));
    return found;
  }

  /// What queries see of a table's segments, by name.
  ///
  /// @param records of all its segments
  public Map<String, SegmentRecord> visible(
      String physicalTable, Map<String, SegmentRecord> records) {
    return Replacement.visible(
        records, all(physicalTable).values().stream().map(Versioned::value).toList());
  }

  public Optional<Versioned<Replacement>> find(String physicalTable, String id) {
    return metadata.get(Replacement.path(physicalTable, id)).map(ReplacementStore::parse);
  }

  private static Versioned<Replacement> parse(Versioned<String> text) {
    return new Versioned<>(Replacement.parse(text.value()), text.version());
  }

  /// Tables that have replacements.
  public List<String> tables() {
    return metadata.list(Replacement.DIRECTORY);
  }

  /// Creates or replaces, in the leader's own term.
  ///
  /// @param moved what changes with it, both or neither
  /// @return false if another writer was faster
  /// @throws CuveeException `CONFLICT` if other rows were moved meanwhile
  public boolean put(
      String physicalTable,
      Replacement replacement,
      Optional<Versioned<Replacement>> before,
      Optional<MovedRows.Step> moved,
      long epoch) {
    String path = Replacement.path(physicalTable, replacement.id());
    List<Change> changes = new ArrayList<>();
    changes.add(
        before.isPresent()
            ? Change.replace(path, replacement.toJson(), before.get().version())
            : Change.create(path, replacement.toJson()));
    moved.ifPresent(step -> changes.add(note(physicalTable, step)));
    return metadata.changeAll(changes, epoch);
  }

  private Change note(String physicalTable, MovedRows.Step step) {
    String path = MovedRows.path(physicalTable);
    Optional<Versioned<String>> present = metadata.get(path);
    if (!present.map(text -> MovedRows.parse(text.value())).equals(step.before())) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Other rows were moved into table '" + physicalTable + "' meanwhile. Begin anew.");
    }
    return present.isPresent()
        ? Change.replace(path, step.after().toJson(), present.get().version())
        : Change.create(path, step.after().toJson());
  }

  public void delete(String physicalTable, Versioned<Replacement> settled, long epoch) {
    var _ =
        metadata.deleteUnchanged(
            Map.of(Replacement.path(physicalTable, settled.value().id()), settled.version()),
            OptionalLong.of(epoch));
  }

  /// Forgets all of a table that is gone.
  public void deleteAll(String physicalTable) {
    metadata.delete(Replacement.directory(physicalTable));
  }

  /// Whether the segment must stay *arriving*, since a replacement decides who sees it.
  public boolean decides(SegmentKey key) {
    return decided(key.table()).contains(key.segment());
  }

  /// The segments of a table of which this is so.
  public Set<String> decided(String physicalTable) {
    return all(physicalTable).values().stream()
        .map(Versioned::value)
        .filter(known -> !known.settled())
        .flatMap(known -> known.to().keySet().stream())
        .collect(Collectors.toSet());
  }

  /// Checks that a segment of this name may be uploaded.
  ///
  /// @param id of the replacement that it is for, if its sender says so
  /// @param isThere whether the table has a segment of this name
  /// @throws CuveeException `CONFLICT` if queries would not see it as they should
  public void checkUpload(SegmentKey key, Optional<String> id, boolean isThere) {
    Map<String, Versioned<Replacement>> known = all(key.table());
    if (id.isPresent()) {
      Versioned<Replacement> own = known.get(id.get());
      if (own == null
          || own.value().state() != State.IN_PROGRESS
          || !own.value().to().containsKey(key.segment())) {
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "The replacement "
                + id.get()
                + " does not take segment '"
                + key.segment()
                + "': it "
                + (own == null ? "does not exist" : "is " + own.value().state())
                + ". Begin a new one with POST /segments/"
                + key.table()
                + "/startReplaceSegments.");
      }
    }
    for (Versioned<Replacement> each : known.values()) {
      Replacement replacement = each.value();
      boolean isOld = replacement.from().containsKey(key.segment());
      boolean isNew = replacement.to().containsKey(key.segment());
      boolean refused =
          switch (replacement.state()) {
            case IN_PROGRESS -> false;
            case COMPLETED -> isOld || isNew && !isThere;
            case REVERTED -> isNew;
          };
      if (refused && !replacement.settled()) {
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "Segment '"
                + key.segment()
                + "' belongs to the replacement "
                + replacement.id()
                + ", which is "
                + replacement.state()
                + ", so queries would not see it. Use another name, or wait until it is cleaned up.");
      }
    }
  }
}
