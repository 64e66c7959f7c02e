package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.error.CuveeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What every server should hold, for one term of one leader. Only the leader writes assignments,
/// and the store refuses writes of an older term, so a copy that is read once stays true.
/// Thread-safe.
public final class Placement {
  private final ClusterState cluster;
  private final long epoch;

  // Guarded by this.
  private final Map<String, Held> servers = new TreeMap<>();

  /// Servers whose last write may or may not have been done.
  private final Set<String> uncertain = new HashSet<>();

  /// What one server should hold, with a count for each table.
  private static final class Held {
    final Map<SegmentKey, Assignment> segments = new HashMap<>();
    final Map<String, Integer> countByTable = new HashMap<>();

    void put(SegmentKey key, Assignment assignment) {
      if (segments.put(key, assignment) == null) {
        countByTable.merge(key.table(), 1, Integer::sum);
      }
    }

    void remove(SegmentKey key) {
      if (segments.remove(key) != null) {
        countByTable.computeIfPresent(key.table(), (table, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  private Placement(ClusterState cluster, long epoch) {
    this.cluster = cluster;
    this.epoch = epoch;
  }

  /// Reads the whole assignment at the beginning of a term.
  static Placement read(ClusterState cluster, long epoch) {
    Placement placement = new Placement(cluster, epoch);
    cluster.assignedServers().forEach(placement::readServer);
    return placement;
  }

  private synchronized void readServer(String server) {
    Held held = new Held();
    cluster.assignment(server).forEach(held::put);
    servers.put(server, held);
  }

  public long epoch() {
    return epoch;
  }

  /// The servers that should hold the segment, with what they should do.
  public synchronized Map<String, Assignment> of(SegmentKey key) {
    Map<String, Assignment> found = new TreeMap<>();
    servers.forEach((server, held) -> {
      Assignment assignment = held.segments.get(key);
      if (assignment != null) {
        found.put(server, assignment);
      }
    });
    return found;
  }

  /// All segments of a table that any server should hold.
  public synchronized Set<SegmentKey> segments(String physicalTable) {
    Set<SegmentKey> keys = new TreeSet<>();
    for (Held held : servers.values()) {
      if (held.countByTable.containsKey(physicalTable)) {
        held.segments.keySet().stream()
            .filter(key -> key.table().equals(physicalTable))
            .forEach(keys::add);
      }
    }
    return keys;
  }

  /// All tables of which any server should hold a segment.
  public synchronized Set<String> tables() {
    Set<String> tables = new TreeSet<>();
    servers.values().forEach(held -> tables.addAll(held.countByTable.keySet()));
    return tables;
  }

  /// Chooses servers for a segment: those that have it, then those with the fewest segments of its
  /// table, then with the fewest of all.
  ///
  /// @param replication how many servers are wanted; there may be fewer candidates
  public synchronized Set<String> choose(
      SegmentKey key, int replication, Collection<String> candidates) {
    Set<String> chosen = new TreeSet<>(of(key).keySet());
    List<String> others = new ArrayList<>(new TreeSet<>(candidates));
    others.removeAll(chosen);
    others.sort(
        Comparator.<String>comparingInt(server -> count(server, key.table()))
            .thenComparingInt(this::count)
            .thenComparingInt(server -> (server + key).hashCode()));
    for (String server : others) {
      if (chosen.size() >= replication) {
        break;
      }
      chosen.add(server);
    }
    return chosen;
  }

  /// All servers that should hold anything, live or not.
  public synchronized Set<String> servers() {
    Set<String> assigned = new TreeSet<>();
    servers.forEach((server, held) -> {
      if (!held.segments.isEmpty()) {
        assigned.add(server);
      }
    });
    return assigned;
  }

  /// The segments that one server should hold.
  public synchronized Set<SegmentKey> segmentsOn(String server) {
    Held held = servers.get(server);
    return held == null ? Set.of() : Set.copyOf(held.segments.keySet());
  }

  /// Asks one server to drop the segments; others keep them.
  public synchronized void unassign(String server, Collection<SegmentKey> keys) {
    Map<SegmentKey, Optional<Assignment>> changes = new HashMap<>();
    keys.forEach(key -> changes.put(key, Optional.empty()));
    write(Map.of(server, changes));
  }

  /// How many segments of a table a server should hold.
  synchronized int count(String server, String table) {
    Held held = servers.get(server);
    return held == null ? 0 : held.countByTable.getOrDefault(table, 0);
  }

  private int count(String server) {
    Held held = servers.get(server);
    return held == null ? 0 : held.segments.size();
  }

  /// Asks all `onServers` to hold this version of the segment.
  public void assign(SegmentKey key, Set<String> onServers, long crc) {
    Map<String, Map<SegmentKey, Optional<Assignment>>> changes = new TreeMap<>();
    for (String server : onServers) {
      changes.put(server, Map.of(key, Optional.of(new Assignment(SegmentState.ONLINE, crc))));
    }
    write(changes);
  }

  /// Asks all servers to drop the segments.
  public synchronized void unassign(Collection<SegmentKey> keys) {
    Map<String, Map<SegmentKey, Optional<Assignment>>> changes = new TreeMap<>();
    servers.forEach((server, held) ->
        keys.forEach(key -> {
          if (held.segments.containsKey(key)) {
            changes.computeIfAbsent(server, name -> new HashMap<>()).put(key, Optional.empty());
          }
        }));
    write(changes);
  }

  /// Puts the assignment of one segment back to what it was.
  public void restore(SegmentKey key, Map<String, Assignment> before) {
    Map<String, Map<SegmentKey, Optional<Assignment>>> changes = new TreeMap<>();
    before.forEach((server, old) -> changes.put(server, Map.of(key, Optional.of(old))));
    for (String server : of(key).keySet()) {
      changes.putIfAbsent(server, Map.of(key, Optional.empty()));
    }
    write(changes);
  }

  /// Writes changes for each server; those that change nothing are left out.
  ///
  /// @throws CuveeException `CONFLICT` if the term is over, `IO`
  public synchronized void write(Map<String, Map<SegmentKey, Optional<Assignment>>> changes) {
    for (String server : List.copyOf(uncertain)) {
      readServer(server);
      uncertain.remove(server);
    }
    changes.forEach((server, wanted) -> {
      Held held = servers.computeIfAbsent(server, name -> new Held());
      Map<SegmentKey, Optional<Assignment>> different = new HashMap<>();
      wanted.forEach((key, assignment) -> {
        if (!assignment.equals(Optional.ofNullable(held.segments.get(key)))) {
          different.put(key, assignment);
        }
      });
      if (!different.isEmpty()) {
        writeServer(server, held, different);
      }
    });
  }

  private void writeServer(
      String server, Held held, Map<SegmentKey, Optional<Assignment>> changes) {
    try {
      cluster.assign(server, changes, epoch);
    } catch (RuntimeException e) {
      uncertain.add(server);
      throw e;
    }
    changes.forEach((key, assignment) ->
        assignment.ifPresentOrElse(value -> held.put(key, value), () -> held.remove(key)));
  }
}
