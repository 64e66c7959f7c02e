package io.cuvee.broker;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// The cluster's state in memory, with what a test puts into it. Listeners are called at once.
public final class FakeCluster implements ClusterState, MetadataStore {
  private final Map<String, Versioned<String>> texts = new TreeMap<>();
  private final Map<String, Instance> instances = new TreeMap<>();
  private final Map<String, Map<String, Map<String, Replica>>> replicas = new TreeMap<>();
  private final Map<String, List<Consumer<Map<String, Versioned<String>>>>> textListeners =
      new HashMap<>();
  private final List<Consumer<ServingView>> servingListeners = new ArrayList<>();
  private final List<Consumer<List<Instance>>> serverListeners = new ArrayList<>();
  private long version;

  public synchronized void table(Schema schema, TableConfig config) {
    put("schemas/" + schema.name(), schema.toJson());
    put("tables/" + config.physicalName(), config.toJson());
  }

  public synchronized void segment(String table, String segment, long docs, boolean arriving) {
    put(
        SegmentRecord.path(table, segment),
        new SegmentRecord(table, segment, 1, "", docs, 1, 1).withArriving(arriving).toJson());
  }

  public synchronized void serves(String server, String table, String segment, SegmentState state) {
    Map<String, Map<String, Replica>> segments =
        new TreeMap<>(replicas.getOrDefault(table, Map.of()));
    Map<String, Replica> holders = new TreeMap<>(segments.getOrDefault(segment, Map.of()));
    holders.put(server, new Replica(state, 1, state == SegmentState.ERROR ? "bad checksum" : ""));
    segments.put(segment, holders);
    replicas.put(table, segments);
    servingChanged();
  }

  public synchronized void server(String id, int port, Instance.Phase phase) {
    instances.put(
        id, new Instance(id, Instance.Role.SERVER, "127.0.0.1", 0, port, Set.of(), 1, phase));
    serversChanged();
  }

  public synchronized void serverGone(String id) {
    instances.remove(id);
    serversChanged();
  }

  public synchronized void put(String path, String text) {
    Versioned<String> before = texts.get(path);
    texts.put(path, new Versioned<>(text, before == null ? 0 : before.version() + 1));
    textsChanged(path);
  }

  private void textsChanged(String path) {
    String parent = path.substring(0, path.lastIndexOf('/'));
    Map<String, Versioned<String>> all = getAll(parent);
    textListeners.getOrDefault(parent, List.of()).forEach(listener -> listener.accept(all));
  }

  private void servingChanged() {
    ServingView view = servingView();
    servingListeners.forEach(listener -> listener.accept(view));
  }

  private void serversChanged() {
    List<Instance> all = instances(Instance.Role.SERVER);
    serverListeners.forEach(listener -> listener.accept(all));
  }

  // ClusterState

  @Override
  public synchronized void join(Instance self) {
    instances.put(self.id(), self);
  }

  @Override
  public void update(Instance self) {
    join(self);
  }

  @Override
  public synchronized List<Instance> instances(Instance.Role role) {
    return instances.values().stream().filter(instance -> instance.role() == role).toList();
  }

  @Override
  public synchronized AutoCloseable watchInstances(
      Instance.Role role, Consumer<List<Instance>> listener) {
    serverListeners.add(listener);
    listener.accept(instances(role));
    return () -> {};
  }

  @Override
  public Map<SegmentKey, Assignment> assignment(String server) {
    return Map.of();
  }

  @Override
  public AutoCloseable watchAssignment(
      String server, Consumer<Map<SegmentKey, Assignment>> listener) {
    return () -> {};
  }

  @Override
  public void assign(String server, Map<SegmentKey, Optional<Assignment>> changes, long epoch) {}

  @Override
  public List<String> assignedServers() {
    return List.of();
  }

  @Override
  public void publish(Map<SegmentKey, Optional<Replica>> changes) {}

  @Override
  public synchronized ServingView servingView() {
    long now = ++version;
    Map<String, Map<String, Map<String, Replica>>> copy = Map.copyOf(replicas);
    return new ServingView() {
      @Override
      public long version() {
        return now;
      }

      @Override
      public Set<String> tables() {
        return copy.keySet();
      }

      @Override
      public Map<String, Map<String, Replica>> replicas(String physicalTable) {
        return copy.getOrDefault(physicalTable, Map.of());
      }
    };
  }

  @Override
  public synchronized AutoCloseable watchServingView(Consumer<ServingView> listener) {
    servingListeners.add(listener);
    listener.accept(servingView());
    return () -> {};
  }

  @Override
  public AutoCloseable campaign(String id, Consumer<Optional<Long>> listener) {
    return () -> {};
  }

  @Override
  public Optional<String> leader() {
    return Optional.empty();
  }

  @Override
  public MetadataStore metadata() {
    return this;
  }

  @Override
  public void close() {}

  // MetadataStore

  @Override
  public synchronized Optional<Versioned<String>> get(String path) {
    return Optional.ofNullable(texts.get(path));
  }

  @Override
  public synchronized List<String> list(String path) {
    return List.copyOf(getAll(path).keySet());
  }

  @Override
  public synchronized Map<String, Versioned<String>> getAll(String path) {
    Map<String, Versioned<String>> below = new TreeMap<>();
    texts.forEach((key, text) -> {
      if (key.startsWith(path + "/") && key.indexOf('/', path.length() + 1) < 0) {
        below.put(key.substring(path.length() + 1), text);
      }
    });
    return below;
  }

  @Override
  public synchronized boolean create(String path, String text) {
    if (texts.containsKey(path)) {
      return false;
    }
    put(path, text);
    return true;
  }

  @Override
  public synchronized boolean compareAndSet(String path, String text, int expected) {
    put(path, text);
    return true;
  }

  @Override
  public synchronized boolean changeAll(List<Change> changes, long epoch) {
    changes.forEach(change -> put(change.path(), change.text()));
    return true;
  }

  @Override
  public synchronized Set<String> deleteUnchanged(
      Map<String, Integer> versions, OptionalLong epoch) {
    versions.keySet().forEach(this::delete);
    return versions.keySet();
  }

  @Override
  public Instant clock() {
    return Instant.now();
  }

  @Override
  public synchronized void delete(String path) {
    texts.keySet().removeIf(key -> key.equals(path) || key.startsWith(path + "/"));
    textsChanged(path);
  }

  @Override
  public synchronized <T> AutoCloseable watch(
      String path,
      BiFunction<String, Versioned<String>, T> reader,
      Consumer<Map<String, T>> listener) {
    Map<String, T> known = new HashMap<>();
    Consumer<Map<String, Versioned<String>>> reading =
        all -> {
          all.forEach((name, text) -> {
            try {
              known.put(name, reader.apply(name, text));
            } catch (CuveeException e) {
              // Keeps its last good value.
            }
          });
          known.keySet().retainAll(all.keySet());
          listener.accept(Map.copyOf(known));
        };
    textListeners.computeIfAbsent(path, key -> new ArrayList<>()).add(reading);
    reading.accept(getAll(path));
    return () -> {};
  }

  @Override
  public AutoCloseable onWrite(Consumer<String> listener) {
    return () -> {};
  }
}
