package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.AssignmentCopy;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.SegmentHolders;
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
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What every server should hold, for one term of one leader. Only the leader writes assignments,
/// and the store refuses writes of an older term, so a copy that is read once stays true.
/// Thread-safe.
public final class Placement {
  private final ClusterState cluster;
  private final long epoch;

  // Guarded by this.
  private final Map<String, Held> servers = new TreeMap<>();
  private SegmentHolders<Assignment> holders;

  /// Held while something is written, which takes a while: readers need not wait for that. Taken
  /// before the lock of this.
  private final Object writing = new Object();

  /// Servers whose last write may or may not have been done. Guarded by `writing`.
  private final Set<String> uncertain = new HashSet<>();

  /// What is to be written next. Guarded by itself.
  private final List<Write> waiting = new ArrayList<>();

  /// What one thread asks for, and what became of it. Guarded by `writing`.
  private static final class Write {
    final Map<String, Map<SegmentKey, Optional<Assignment>>> changes;
    boolean done;
    @Nullable RuntimeException failure;

    Write(Map<String, Map<SegmentKey, Optional<Assignment>>> changes) {
      this.changes = changes;
    }
  }

  /// How many segments one server should hold, of each table and of all.
  private static final class Held {
    final Map<String, Integer> countByTable = new HashMap<>();
    int count;
  }

  /// @param holders the whole assignment at the beginning of the term
  Placement(ClusterState cluster, long epoch, SegmentHolders<Assignment> holders) {
    this.cluster = cluster;
    this.epoch = epoch;
    this.holders = holders;
    for (String table : holders.tables()) {
      holders
          .of(table)
          .values()
          .forEach(some -> some.keySet().forEach(server -> count(server, table, 1)));
    }
  }

  /// Reads the whole assignment at the beginning of a term.
  static Placement read(ClusterState cluster, long epoch) {
    return new Placement(cluster, epoch, AssignmentCopy.reading(cluster).current());
  }

  private synchronized void readServer(String server) {
    Map<SegmentKey, Optional<Assignment>> changes = new HashMap<>();
    segmentsOn(server).forEach(key -> changes.put(key, Optional.empty()));
    cluster.assignment(server).forEach((key, value) -> changes.put(key, Optional.of(value)));
    apply(Map.of(server, changes));
  }

  private synchronized void apply(Map<String, Map<SegmentKey, Optional<Assignment>>> changes) {
    changes.forEach((server, own) ->
        own.forEach((key, assignment) -> {
          boolean isHeld = holders.of(key).containsKey(server);
          if (isHeld != assignment.isPresent()) {
            count(server, key.table(), isHeld ? -1 : 1);
          }
        }));
    holders = holders.with(changes);
  }

  private void count(String server, String table, int more) {
    Held held = servers.computeIfAbsent(server, name -> new Held());
    held.countByTable.merge(table, more, (a, b) -> a + b == 0 ? null : a + b);
    held.count += more;
  }

  public long epoch() {
    return epoch;
  }

  /// The servers that should hold the segment, with what they should do.
  public synchronized Map<String, Assignment> of(SegmentKey key) {
    return new TreeMap<>(holders.of(key));
  }

  /// All segments of a table that any server should hold.
  public synchronized Set<SegmentKey> segments(String physicalTable) {
    return holders.of(physicalTable).keySet().stream()
        .map(segment -> new SegmentKey(physicalTable, segment))
        .collect(Collectors.toSet());
  }

  /// All tables of which any server should hold a segment.
  public synchronized Set<String> tables() {
    return new TreeSet<>(holders.tables());
  }

  /// Chooses servers for a segment: those that have it, then those with the fewest segments of its
  /// table, then with the fewest of all.
  ///
  /// @param replication how many servers are wanted; there may be fewer candidates
  public Set<String> choose(SegmentKey key, int replication, Collection<String> candidates) {
    return plan(key.table(), candidates).choose(key, replication);
  }

  /// The same for many segments of one table, which count although they are not written yet.
  ///
  /// @param candidates servers that may get more
  Plan plan(String table, Collection<String> candidates) {
    return new Plan(table, candidates);
  }

  /// Candidates in the order in which they come next. Not thread-safe.
  final class Plan {
    private final PriorityQueue<Candidate> next = new PriorityQueue<>();

    private Plan(String table, Collection<String> candidates) {
      synchronized (Placement.this) {
        for (String server : candidates) {
          next.add(Candidate.of(server, count(server, table), count(server)));
        }
      }
    }

    /// @param replication how many servers are wanted; there may be fewer candidates
    Set<String> choose(SegmentKey key, int replication) {
      Set<String> chosen = new TreeSet<>(of(key).keySet());
      List<Candidate> seen = new ArrayList<>();
      while (chosen.size() < replication && !next.isEmpty()) {
        Candidate best = next.remove();
        seen.add(chosen.add(best.server()) ? best.withOneMore() : best);
      }
      next.addAll(seen);
      return chosen;
    }

    /// The best of some servers, which then counts as having one more.
    Optional<String> least(Set<String> some) {
      Optional<Candidate> best =
          next.stream()
              .filter(candidate -> some.contains(candidate.server()))
              .min(Comparator.naturalOrder());
      best.ifPresent(candidate -> {
        next.remove(candidate);
        next.add(candidate.withOneMore());
      });
      return best.map(Candidate::server);
    }
  }

  /// A server that segments may come to; the least is the best.
  ///
  /// @param ofTable segments of the table that it has
  /// @param ofAll segments that it has
  /// @param chance decides between equals, each time otherwise, so that segments of one server do
  ///   not all have their other replicas on the same
  private record Candidate(String server, int ofTable, int ofAll, int chance)
      implements Comparable<Candidate> {
    static Candidate of(String server, int ofTable, int ofAll) {
      return new Candidate(server, ofTable, ofAll, ThreadLocalRandom.current().nextInt());
    }

    Candidate withOneMore() {
      return of(server, ofTable + 1, ofAll + 1);
    }

    @Override
    public int compareTo(Candidate other) {
      int byTable = Integer.compare(ofTable, other.ofTable);
      int byAll = byTable == 0 ? Integer.compare(ofAll, other.ofAll) : byTable;
      return byAll == 0 ? Integer.compare(chance, other.chance) : byAll;
    }
  }

  /// All servers that should hold anything, live or not.
  public synchronized Set<String> servers() {
    Set<String> assigned = new TreeSet<>();
    servers.forEach((server, held) -> {
      if (held.count > 0) {
        assigned.add(server);
      }
    });
    return assigned;
  }

  /// The segments that one server should hold.
  public synchronized Set<SegmentKey> segmentsOn(String server) {
    Held held = servers.get(server);
    if (held == null) {
      return Set.of();
    }
    Set<SegmentKey> keys = HashSet.newHashSet(held.count);
    for (String table : held.countByTable.keySet()) {
      holders
          .of(table)
          .forEach((segment, some) -> {
            if (some.containsKey(server)) {
              keys.add(new SegmentKey(table, segment));
            }
          });
    }
    return Set.copyOf(keys);
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
    return held == null ? 0 : held.count;
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
  public void unassign(Collection<SegmentKey> keys) {
    synchronized (writing) {
      Map<String, Map<SegmentKey, Optional<Assignment>>> changes = new TreeMap<>();
      for (SegmentKey key : keys) {
        of(key)
            .keySet()
            .forEach(server ->
                changes
                    .computeIfAbsent(server, name -> new HashMap<>())
                    .put(key, Optional.empty()));
      }
      write(changes);
    }
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

  /// Writes changes for each server; those that change nothing are left out. What several threads
  /// ask for while one writes is then written together.
  ///
  /// @throws CuveeException `CONFLICT` if the term is over, `IO`
  public void write(Map<String, Map<SegmentKey, Optional<Assignment>>> changes) {
    Write own = new Write(changes);
    synchronized (waiting) {
      waiting.add(own);
    }
    synchronized (writing) {
      if (!own.done) {
        List<Write> all;
        synchronized (waiting) {
          all = List.copyOf(waiting);
          waiting.clear();
        }
        writeAll(all);
      }
      if (own.failure != null) {
        throw own.failure;
      }
    }
  }

  private void writeAll(List<Write> all) {
    RuntimeException failure = null;
    try {
      Map<String, Map<SegmentKey, Optional<Assignment>>> together = new TreeMap<>();
      for (Write each : all) {
        each.changes.forEach((server, wanted) ->
            together.computeIfAbsent(server, name -> new HashMap<>()).putAll(wanted));
      }
      writeServers(together);
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Write each : all) {
      each.failure = failure;
      each.done = true;
    }
  }

  private void writeServers(Map<String, Map<SegmentKey, Optional<Assignment>>> wanted) {
    for (String server : List.copyOf(uncertain)) {
      readServer(server);
      uncertain.remove(server);
    }
    synchronized (this) {
      wanted.forEach((server, own) ->
          own.entrySet()
              .removeIf(change ->
                  change
                      .getValue()
                      .equals(Optional.ofNullable(holders.of(change.getKey()).get(server)))));
    }
    wanted.values().removeIf(Map::isEmpty);
    if (wanted.isEmpty()) {
      return;
    }
    try {
      cluster.assign(wanted, epoch);
    } catch (RuntimeException e) {
      uncertain.addAll(wanted.keySet());
      throw e;
    }
    apply(wanted);
  }
}
