package io.cuvee.cluster.state;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// Small versioned texts (JSON) by path: schemas, table configs, segment records, settings. All
/// calls block on the cluster's store and throw `CuveeException` `IO` when it cannot be reached in
/// time. Thread-safe.
///
/// Paths in use: `schemas/{name}`, `tables/{physicalTable}`, `segments/{physicalTable}/{segment}`,
/// `reloads/{physicalTable}`, `consumption/{physicalTable}`, `instances/{id}`,
/// `row-logs/{physicalTable}`, `row-peers/{server}`, `rebalances/{physicalTable}/{part}`,
/// `replica-groups/{physicalTable}`, `replacements/{physicalTable}/{id}`,
/// `deleted/{physicalTable}/{object}`, `tasks/{name}`, `schedules/{physicalTable}`,
/// `settings/{key}`.
public interface MetadataStore {
  /// Reads nothing out of the texts.
  BiFunction<String, Versioned<String>, Versioned<String>> TEXTS = (name, text) -> text;

  /// One of several changes that belong together.
  ///
  /// @param version of the text that is replaced; absent if it is created
  record Change(String path, String text, OptionalInt version) {
    public static Change create(String path, String text) {
      return new Change(path, text, OptionalInt.empty());
    }

    public static Change replace(String path, String text, int version) {
      return new Change(path, text, OptionalInt.of(version));
    }
  }

  Optional<Versioned<String>> get(String path);

  /// The names directly below `path`, sorted; empty if there is no such path. The empty path is the
  /// one above all others.
  List<String> list(String path);

  /// All texts directly below `path`, by name.
  Map<String, Versioned<String>> getAll(String path);

  /// Some of the texts directly below `path`, by name.
  default Map<String, Versioned<String>> getAll(String path, Collection<String> names) {
    Map<String, Versioned<String>> texts = new TreeMap<>();
    names.forEach(name -> get(path + "/" + name).ifPresent(text -> texts.put(name, text)));
    return texts;
  }

  /// Some texts from anywhere, by path, in one question to the store.
  default Map<String, Versioned<String>> getEach(Collection<String> paths) {
    Map<String, Versioned<String>> texts = new TreeMap<>();
    paths.forEach(path -> get(path).ifPresent(text -> texts.put(path, text)));
    return texts;
  }

  /// Creates; false if it exists.
  boolean create(String path, String text);

  /// Replaces the text if its version is still `version`; false if it changed or is gone.
  boolean compareAndSet(String path, String text, int version);

  /// Replaces those of many texts whose versions are still as stated; the others stay.
  ///
  /// @param changes of texts that are there
  /// @return the paths that were changed
  default Set<String> replaceUnchanged(List<Change> changes) {
    Set<String> changed = new HashSet<>();
    for (Change change : changes) {
      if (compareAndSet(change.path(), change.text(), change.version().orElseThrow())) {
        changed.add(change.path());
      }
    }
    return changed;
  }

  /// Makes all of a few changes or none of them; false if one of the texts is not as expected.
  ///
  /// @throws io.cuvee.common.error.CuveeException `CONFLICT` if `epoch` is not that of the present
  ///   leader
  boolean changeAll(List<Change> changes, long epoch);

  /// Deletes those texts whose versions are still these and that have nothing below; the others
  /// stay. What is above them and has no text goes with the last of them.
  ///
  /// @param versions by path
  /// @param epoch of the leader that deletes; absent if any process may
  /// @return the paths that are there no longer
  /// @throws io.cuvee.common.error.CuveeException `CONFLICT` if `epoch` is not that of the present
  ///   leader
  Set<String> deleteUnchanged(Map<String, Integer> versions, OptionalLong epoch);

  /// The time by the store's own clock: a second opinion, where a wrong clock would do harm.
  Instant clock();

  /// Deletes it and everything below; nothing happens if it is not there.
  void delete(String path);

  /// Calls `listener` now and after every change directly below `path`, from one thread at a time,
  /// with all texts by name. Served from a local copy that watches keep current.
  default AutoCloseable watch(String path, Consumer<Map<String, Versioned<String>>> listener) {
    return watch(path, TEXTS, listener);
  }

  /// As [#watch(String, Consumer)], with what the texts say: only that is kept. The maps are
  /// immutable, and what differs between two is quickly found: [SplitMap#differences].
  ///
  /// @param reader of a name and its text; one that it refuses keeps its last good value
  <T> AutoCloseable watch(
      String path,
      BiFunction<String, Versioned<String>, T> reader,
      Consumer<Map<String, T>> listener);

  /// Calls `listener` after each write of this process, also one that may have failed, with the
  /// path; on the writer's thread, so it must not block.
  AutoCloseable onWrite(Consumer<String> listener);
}
