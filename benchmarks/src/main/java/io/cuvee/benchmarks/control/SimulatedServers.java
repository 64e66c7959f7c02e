package io.cuvee.benchmarks.control;

import io.cuvee.cluster.ClusterStates;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Many servers in this process, each with its own session, that hold whatever they are told to at
/// once: all of a server but its segments.
final class SimulatedServers implements AutoCloseable {
  private static final int STARTED_AT_ONCE = 16;

  private final AtomicLong replicas = new AtomicLong();
  private final List<Server> servers = new ArrayList<>();

  /// Enters them all.
  SimulatedServers(ZooKeeperConfig config, int count) throws Exception {
    try (ExecutorService starting = Executors.newFixedThreadPool(STARTED_AT_ONCE)) {
      List<Future<Server>> started = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String id = "server-%04d".formatted(i);
        started.add(starting.submit(() -> new Server(config, id)));
      }
      for (Future<Server> server : started) {
        servers.add(server.get());
      }
    }
  }

  /// How many replicas they have published.
  long replicas() {
    return replicas.get();
  }

  private final class Server {
    private final ClusterState cluster;
    private Map<SegmentKey, Assignment> held = Map.of();

    Server(ZooKeeperConfig config, String id) {
      cluster = ClusterStates.connect(config);
      cluster.join(
          new Instance(
              id,
              Instance.Role.SERVER,
              "127.0.0.1",
              0,
              1,
              Set.of(Instance.DEFAULT_TENANT),
              System.currentTimeMillis(),
              Instance.Phase.WARM));
      var _ = cluster.watchAssignment(id, this::take);
    }

    private synchronized void take(Map<SegmentKey, Assignment> wanted) {
      Map<SegmentKey, Optional<Replica>> changes = new HashMap<>();
      wanted.forEach((key, assignment) -> {
        if (!assignment.equals(held.get(key))) {
          changes.put(key, Optional.of(new Replica(assignment.target(), assignment.crc(), "")));
        }
      });
      held.keySet().stream()
          .filter(key -> !wanted.containsKey(key))
          .forEach(key -> changes.put(key, Optional.empty()));
      cluster.publish(changes);
      replicas.addAndGet(wanted.size() - held.size());
      held = wanted;
    }
  }

  @Override
  public void close() {
    try (ExecutorService closing = Executors.newFixedThreadPool(STARTED_AT_ONCE)) {
      servers.forEach(server -> closing.execute(server.cluster::close));
    }
  }
}
