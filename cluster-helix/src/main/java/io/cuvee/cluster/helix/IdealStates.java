package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.zookeeper.FencedNodes;
import io.cuvee.cluster.zookeeper.FencedNodes.Copy;
import io.cuvee.cluster.zookeeper.Subscriptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What each server should hold, as Helix's ideal states: one for each resource, in which each
/// server reads its part. Thread-safe.
final class IdealStates {
  private final FencedNodes nodes;
  private final HelixPaths paths;

  /// Decoded, by resource: of those that are read again and again most have not changed.
  private final Map<String, Resource> decoded = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Map<String, Subscriptions<Map<SegmentKey, Assignment>>> watched = new HashMap<>();
  private @Nullable Copy<Resource> copy;

  IdealStates(FencedNodes nodes, HelixPaths paths) {
    this.nodes = nodes;
    this.paths = paths;
  }

  /// One resource, by server.
  private static final class Resource {
    private final byte[] bytes;
    private final Map<String, Map<SegmentKey, Assignment>> byServer = new HashMap<>();

    Resource(String path, byte[] bytes) {
      this.bytes = bytes;
      Records.idealState(path, bytes)
          .forEach((key, servers) ->
              servers.forEach((server, wanted) ->
                  byServer.computeIfAbsent(server, any -> new HashMap<>()).put(key, wanted)));
    }

    Map<SegmentKey, Assignment> of(String server) {
      return byServer.getOrDefault(server, Map.of());
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Resource resource && Arrays.equals(bytes, resource.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  private List<Resource> readAll() {
    Map<String, byte[]> present = nodes.readChildren(paths.idealStates());
    decoded.keySet().retainAll(present.keySet());
    return present.entrySet().stream()
        .map(entry ->
            decoded.compute(
                entry.getKey(),
                (name, known) ->
                    known != null && Arrays.equals(known.bytes, entry.getValue())
                        ? known
                        : new Resource(paths.idealState(name), entry.getValue())))
        .toList();
  }

  Map<SegmentKey, Assignment> of(String server) {
    Map<SegmentKey, Assignment> all = new HashMap<>();
    readAll().forEach(resource -> all.putAll(resource.of(server)));
    return all;
  }

  List<String> servers() {
    Set<String> servers = new TreeSet<>();
    readAll().forEach(resource -> servers.addAll(resource.byServer.keySet()));
    return List.copyOf(servers);
  }

  AutoCloseable watch(String server, Consumer<Map<SegmentKey, Assignment>> listener) {
    Subscriptions<Map<SegmentKey, Assignment>> subscriptions;
    Copy<Resource> all;
    synchronized (this) {
      subscriptions =
          watched.computeIfAbsent(server, any -> new Subscriptions<>(() -> copied(server)));
      if (copy == null) {
        copy =
            nodes.copy(
                paths.idealStates(),
                Resource::new,
                (before, after, names) -> changed(before, after, names));
      }
      all = copy;
    }
    all.awaitLoaded();
    return subscriptions.add(listener, () -> {});
  }

  private Map<SegmentKey, Assignment> copied(String server) {
    Copy<Resource> all;
    synchronized (this) {
      all = Objects.requireNonNull(copy);
    }
    Map<SegmentKey, Assignment> wanted = new HashMap<>();
    all.values().values().forEach(resource -> wanted.putAll(resource.of(server)));
    return wanted;
  }

  private void changed(
      Map<String, Resource> before, Map<String, Resource> after, Set<String> names) {
    Map<String, Subscriptions<Map<SegmentKey, Assignment>>> all;
    synchronized (this) {
      all = Map.copyOf(watched);
    }
    all.forEach((server, subscriptions) -> {
      if (names.stream()
          .anyMatch(name -> !part(before, name, server).equals(part(after, name, server)))) {
        subscriptions.changed();
      }
    });
  }

  private static Map<SegmentKey, Assignment> part(
      Map<String, Resource> all, String name, String server) {
    Resource resource = all.get(name);
    return resource == null ? Map.of() : resource.of(server);
  }

  /// @param changes by server
  void assign(Map<String, Map<SegmentKey, Optional<Assignment>>> changes, long epoch) {
    Map<String, Map<SegmentKey, Map<String, Optional<Assignment>>>> byResource = new HashMap<>();
    changes.forEach((server, own) ->
        own.forEach((key, wanted) ->
            byResource
                .computeIfAbsent(HelixPaths.resource(key), any -> new HashMap<>())
                .computeIfAbsent(key, any -> new HashMap<>())
                .put(server, wanted)));
    Map<String, UnaryOperator<Optional<byte[]>>> edits = new HashMap<>();
    byResource.forEach((resource, own) -> {
      String path = paths.idealState(resource);
      edits.put(path, present -> edit(path, resource, present, own));
    });
    nodes.edit(edits, epoch);
  }

  private static Optional<byte[]> edit(
      String path,
      String resource,
      Optional<byte[]> present,
      Map<SegmentKey, Map<String, Optional<Assignment>>> changes) {
    Map<SegmentKey, Map<String, Assignment>> before =
        present.map(bytes -> Records.idealState(path, bytes)).orElse(Map.of());
    Map<SegmentKey, Map<String, Assignment>> after = new HashMap<>(before);
    changes.forEach((key, servers) -> {
      Map<String, Assignment> wanted = new HashMap<>(before.getOrDefault(key, Map.of()));
      servers.forEach((server, assignment) ->
          assignment.ifPresentOrElse(
              value -> wanted.put(server, value), () -> wanted.remove(server)));
      if (wanted.isEmpty()) {
        after.remove(key);
      } else {
        after.put(key, wanted);
      }
    });
    if (after.equals(before)) {
      return present;
    }
    return after.isEmpty()
        ? Optional.empty()
        : Optional.of(Records.idealState(path, resource, after));
  }
}
