package io.cuvee.broker.routing;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.ServingView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Servers that ZooKeeper no longer tells of, though they did not say that they leave. Often it is
/// their session that has died, all of them at once after an outage of ZooKeeper, while the servers
/// are well. For a while they are asked for what nobody else has, by what was known of them last: a
/// dead one refuses the connection, and one that lives knows itself what it has. For one thread.
final class AbsentServers {
  /// A server enters again some seconds after ZooKeeper answers, and tells a little later what it
  /// has.
  static final long GRACE_NANOS = 30_000_000_000L;

  /// What a server has goes away in other moments than the server itself.
  private static final long SETTLED_NANOS = 5_000_000_000L;

  private List<Instance> live = List.of();
  private Map<String, Absence> absent = Map.of();

  /// What was known, the oldest first: one view is older than [#SETTLED_NANOS], if any is.
  private final Deque<Known> past = new ArrayDeque<>();

  private record Known(long nanos, ServingView view) {}

  private record Absence(Instance instance, ServingView view, long since) {}

  /// Takes what ZooKeeper tells now.
  ///
  /// @return whether there are absent servers, so that time alone will change something
  boolean update(List<Instance> now, ServingView view, long nanos) {
    Map<String, Instance> byId = new HashMap<>();
    now.forEach(instance -> byId.put(instance.id(), instance));
    Map<String, Absence> next = new HashMap<>();
    absent.forEach((id, absence) -> {
      Instance back = byId.get(id);
      // Another process has loaded nothing yet.
      boolean isOver =
          nanos - absence.since() > GRACE_NANOS
              || back != null && back.incarnation() != absence.instance().incarnation();
      if (!isOver) {
        next.put(id, absence);
      }
    });
    for (Instance before : live) {
      if (!byId.containsKey(before.id()) && before.phase() != Instance.Phase.DRAINING) {
        next.put(before.id(), new Absence(before, settled(view, nanos), nanos));
      }
    }
    live = List.copyOf(now);
    absent = Map.copyOf(next);
    remember(view, nanos);
    return !absent.isEmpty();
  }

  private ServingView settled(ServingView view, long nanos) {
    ServingView settled = past.isEmpty() ? view : past.getFirst().view();
    for (Known known : past) {
      if (nanos - known.nanos() >= SETTLED_NANOS) {
        settled = known.view();
      }
    }
    return settled;
  }

  private void remember(ServingView view, long nanos) {
    if (past.isEmpty() || past.getLast().view().version() != view.version()) {
      past.addLast(new Known(nanos, view));
    }
    while (past.size() > 1) {
      Known oldest = past.removeFirst();
      if (nanos - past.getFirst().nanos() < SETTLED_NANOS) {
        past.addFirst(oldest);
        return;
      }
    }
  }

  /// The live servers and the absent ones, which are the last to be asked.
  List<Instance> withAbsent(List<Instance> instances) {
    if (absent.isEmpty()) {
      return instances;
    }
    Set<String> present = new HashSet<>();
    instances.forEach(instance -> present.add(instance.id()));
    List<Instance> all = new ArrayList<>(instances);
    absent
        .values()
        .forEach(absence -> {
          if (!present.contains(absence.instance().id())) {
            all.add(absence.instance().with(Instance.Phase.STARTING));
          }
        });
    return List.copyOf(all);
  }

  /// The replicas of a table, with those of absent servers of which nothing newer is known.
  Map<String, Map<String, Replica>> withAbsent(
      String table, Map<String, Map<String, Replica>> replicas) {
    if (absent.isEmpty()) {
      return replicas;
    }
    Map<String, Map<String, Replica>> all = new HashMap<>(replicas);
    absent.forEach((server, absence) ->
        absence
            .view()
            .replicas(table)
            .forEach((segment, holders) -> {
              Replica known = holders.get(server);
              Map<String, Replica> present = all.getOrDefault(segment, Map.of());
              if (known != null && !present.containsKey(server)) {
                Map<String, Replica> more = new HashMap<>(present);
                more.put(server, known);
                all.put(segment, more);
              }
            }));
    return all;
  }
}
