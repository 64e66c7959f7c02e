package io.cuvee.cluster.state;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Small versioned texts (JSON) by path: schemas, table configs, segment records, settings. All
/// calls block on the cluster's store and throw `CuveeException` `IO` when it cannot be reached in
/// time. Thread-safe.
///
/// Paths in use: `schemas/{name}`, `tables/{physicalTable}`, `segments/{physicalTable}/{segment}`,
/// `reloads/{physicalTable}`, `instances/{id}`, `rebalances/{physicalTable}/{part}`,
/// `deleted/{physicalTable}/{object}`, `settings/{key}`.
public interface MetadataStore {
  Optional<Versioned<String>> get(String path);

  /// The names directly below `path`, sorted; empty if there is no such path.
  List<String> list(String path);

  /// All texts directly below `path`, by name.
  Map<String, Versioned<String>> getAll(String path);

  /// Creates; false if it exists.
  boolean create(String path, String text);

  /// Replaces the text if its version is still `version`; false if it changed or is gone.
  boolean compareAndSet(String path, String text, int version);

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
  AutoCloseable watch(
      String path, java.util.function.Consumer<Map<String, Versioned<String>>> listener);
}
