package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.zookeeper.FencedNodes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What this server holds, and writes as its current states: whole ones, from here, so that
/// whatever else is written into them is put right with the next change. They are below the Helix
/// session, and nobody looks at them without it. Thread-safe.
final class HeldSegments {
  /// How long a transition waits before Helix is told that it came to nothing and sends it again.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final FencedNodes nodes;
  private final HelixPaths paths;
  private final String server;

  // Guarded by this.
  private final Map<String, Map<SegmentKey, Replica>> byResource = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private @Nullable String session;

  HeldSegments(FencedNodes nodes, HelixPaths paths, String server) {
    this.nodes = nodes;
    this.paths = paths;
    this.server = server;
  }

  /// Remembers the changes, and writes them if ZooKeeper answers.
  synchronized void publish(Map<SegmentKey, Optional<Replica>> changes) {
    changes.forEach((key, replica) -> {
      String resource = HelixPaths.resource(key);
      Map<SegmentKey, Replica> segments =
          byResource.computeIfAbsent(resource, any -> new HashMap<>());
      Replica before =
          replica.isPresent() ? segments.put(key, replica.get()) : segments.remove(key);
      if (!replica.equals(Optional.ofNullable(before))) {
        changed.add(resource);
      }
    });
    notifyAll();
    // A server that loads segments should not wait for a store that is away.
    if (nodes.isConnected()) {
      write();
    }
  }

  /// From now on they are below this session.
  synchronized void enter(String newSession) {
    if (newSession.equals(session)) {
      return;
    }
    session = newSession;
    changed.addAll(byResource.keySet());
  }

  synchronized boolean isOf(String aSession) {
    return aSession.equals(session);
  }

  /// Writes a resource once more, in case somebody else has written into it.
  synchronized void rewrite(String resource) {
    if (byResource.containsKey(resource)) {
      changed.add(resource);
      write();
    }
  }

  /// Writes whatever ZooKeeper does not have.
  synchronized void write() {
    String current = session;
    if (current == null || changed.isEmpty()) {
      return;
    }
    Map<String, byte[]> contents = new HashMap<>();
    for (String resource : changed) {
      String path = paths.currentState(server, current, resource);
      contents.put(
          path,
          Records.currentState(
              path, resource, current, byResource.getOrDefault(resource, Map.of())));
    }
    nodes.write(contents);
    changed.clear();
  }

  synchronized Optional<SegmentState> state(SegmentKey key) {
    return Optional.ofNullable(byResource.get(HelixPaths.resource(key)))
        .map(segments -> segments.get(key))
        .map(Replica::state);
  }

  /// Waits until the segment is in another state, for a while.
  void awaitOther(SegmentKey key, String state) throws InterruptedException {
    awaitWhile(() -> state(key).orElse(SegmentState.OFFLINE).name().equals(state));
  }

  /// Waits until the server no longer holds the segment, for a while.
  void awaitGone(SegmentKey key) throws InterruptedException {
    awaitWhile(() -> state(key).isPresent());
  }

  private synchronized void awaitWhile(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (condition.getAsBoolean()) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return;
      }
      wait(millis);
    }
  }
}
