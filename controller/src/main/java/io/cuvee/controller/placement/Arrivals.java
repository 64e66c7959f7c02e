package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// Segments that are stored and assigned but not loaded yet. When the servers have a new one, its
/// record says so, and from then on brokers count on it. Thread-safe.
public final class Arrivals {
  /// How a load ended.
  ///
  /// @param loaded whether it can be queried now
  /// @param failed whether it is still wanted, but no server could load it
  /// @param problem why it cannot be queried; else empty
  public record Outcome(boolean loaded, boolean failed, String problem) {
    private static final Outcome LOADED = new Outcome(true, false, "");

    private static Outcome obsolete(String why) {
      return new Outcome(false, false, why);
    }
  }

  /// A version of a segment that is awaited.
  private record Awaited(long crc, CompletableFuture<Outcome> outcome) {}

  private final ClusterState cluster;
  private final Records records;
  private final ReplacementStore replacements;
  private final TableLocks locks;

  // Guarded by this.
  private final Map<SegmentKey, Awaited> awaited = new HashMap<>();

  public Arrivals(
      ClusterState cluster, Records records, ReplacementStore replacements, TableLocks locks) {
    this.cluster = cluster;
    this.records = records;
    this.replacements = replacements;
    this.locks = locks;
  }

  /// Awaits a version of a segment; an older version of it is no longer awaited.
  public synchronized CompletableFuture<Outcome> await(SegmentKey key, long crc) {
    Awaited before = awaited.get(key);
    if (before != null && before.crc() == crc && !before.outcome().isDone()) {
      return before.outcome();
    }
    if (before != null) {
      before.outcome().complete(Outcome.obsolete("another version of it was stored meanwhile"));
    }
    Awaited next = new Awaited(crc, new CompletableFuture<>());
    awaited.put(key, next);
    return next.outcome();
  }

  /// The segment is gone.
  public synchronized void forget(SegmentKey key) {
    Awaited before = awaited.remove(key);
    if (before != null) {
      before.outcome().complete(Outcome.obsolete("it was deleted meanwhile"));
    }
  }

  /// Whether anything is awaited.
  public synchronized boolean isEmpty() {
    return awaited.isEmpty();
  }

  /// Looks at what servers hold now, and ends the wait for what is loaded or cannot be.
  public void check(Placement placement) {
    Map<SegmentKey, Awaited> pending;
    synchronized (this) {
      pending = new HashMap<>(awaited);
    }
    if (pending.isEmpty()) {
      return;
    }
    ServingView view = cluster.servingView();
    Set<String> live =
        cluster.instances(Instance.Role.SERVER).stream()
            .map(Instance::id)
            .collect(Collectors.toSet());
    Map<String, Map<String, Awaited>> loaded = new HashMap<>();
    pending.forEach((key, wanted) -> {
      Optional<Outcome> outcome = judge(key, wanted.crc(), placement.of(key), live, view);
      if (outcome.isPresent() && outcome.get().loaded()) {
        loaded.computeIfAbsent(key.table(), name -> new HashMap<>()).put(key.segment(), wanted);
      } else {
        outcome.ifPresent(result -> end(key, wanted, result));
      }
    });
    loaded.forEach((table, segments) -> {
      clearArriving(table, segments);
      segments.forEach((name, wanted) -> end(new SegmentKey(table, name), wanted, Outcome.LOADED));
    });
  }

  private synchronized void end(SegmentKey key, Awaited wanted, Outcome outcome) {
    // A segment that failed to load stays awaited: a server may succeed later.
    if (outcome.loaded()) {
      awaited.remove(key, wanted);
    }
    wanted.outcome().complete(outcome);
  }

  /// Loaded: on at least one server, and no live server still works on it. Failed: no server has
  /// it, and all that are alive tried in vain.
  private static Optional<Outcome> judge(
      SegmentKey key,
      long crc,
      Map<String, Assignment> assigned,
      Set<String> live,
      ServingView view) {
    Map<String, Replica> replicas =
        view.replicas(key.table()).getOrDefault(key.segment(), Map.of());
    int loaded = 0;
    int working = 0;
    List<String> failures = new ArrayList<>();
    for (String server : new TreeSet<>(assigned.keySet())) {
      Replica replica = replicas.get(server);
      if (!live.contains(server)) {
        continue;
      }
      if (replica != null && isHeld(replica) && replica.crc() == crc) {
        loaded++;
      } else if (replica != null && replica.state() == SegmentState.ERROR) {
        failures.add(server + ": " + replica.message());
      } else {
        working++;
      }
    }
    if (loaded > 0 && working == 0) {
      return Optional.of(Outcome.LOADED);
    }
    if (loaded == 0 && working == 0 && !failures.isEmpty()) {
      return Optional.of(new Outcome(false, true, String.join("; ", failures)));
    }
    return Optional.empty();
  }

  private static boolean isHeld(Replica replica) {
    return replica.state() == SegmentState.ONLINE || replica.state() == SegmentState.CONSUMING;
  }

  /// All that have come together become visible together.
  private void clearArriving(String table, Map<String, Awaited> segments) {
    try (TableLocks.Held _ = locks.changeSegments(table, segments.keySet())) {
      List<Versioned<SegmentRecord>> arrived = new ArrayList<>();
      records
          .find(table, segments.keySet())
          .forEach((name, record) -> {
            if (record.value().arriving()
                && record.value().crc() == Objects.requireNonNull(segments.get(name)).crc()) {
              arrived.add(new Versioned<>(record.value().withArriving(false), record.version()));
            }
          });
      if (!arrived.isEmpty()) {
        Set<String> decided = replacements.decided(table);
        arrived.removeIf(record -> decided.contains(record.value().name()));
        records.replaceUnchanged(arrived);
      }
    }
  }

  /// Why a segment is not loaded yet, as far as servers tell.
  public String describe(SegmentKey key, Placement placement) {
    Map<String, Replica> replicas =
        cluster.servingView().replicas(key.table()).getOrDefault(key.segment(), Map.of());
    return placement.of(key).keySet().stream()
        .map(server -> {
          Replica replica = replicas.get(server);
          return server
              + ": "
              + (replica == null
                  ? "not begun"
                  : replica.state()
                      + (replica.message().isEmpty() ? "" : ", " + replica.message()));
        })
        .collect(Collectors.joining("; "));
  }
}
