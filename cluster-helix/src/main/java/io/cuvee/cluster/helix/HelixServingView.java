package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.SplitMap;
import io.cuvee.cluster.zookeeper.Bucket;
import io.cuvee.cluster.zookeeper.FencedNodes;
import io.cuvee.cluster.zookeeper.FencedNodes.Copy;
import io.cuvee.cluster.zookeeper.MirroredServingView;
import io.cuvee.cluster.zookeeper.Subscriptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The serving view, from the live instances and the current states of their sessions: the external
/// views have neither CRCs nor reasons, and come later.
final class HelixServingView {
  private final FencedNodes nodes;
  private final HelixPaths paths;
  private final Subscriptions<ServingView> subscriptions = new Subscriptions<>(this::view);
  private final Copy<String> sessions;

  private final Map<String, Held> servers = new ConcurrentHashMap<>();

  private volatile MirroredServingView view = MirroredServingView.EMPTY;

  HelixServingView(FencedNodes nodes, HelixPaths paths) {
    this.nodes = nodes;
    this.paths = paths;
    this.sessions =
        nodes.copy(
            paths.liveInstances(),
            Records::session,
            (before, after, names) -> names.forEach(name -> sessionChanged(name, after.get(name))));
  }

  ServingView current() {
    awaitLoaded();
    return view();
  }

  private ServingView view() {
    return view;
  }

  AutoCloseable watch(Consumer<ServingView> listener) {
    awaitLoaded();
    return subscriptions.add(listener, () -> {});
  }

  private void awaitLoaded() {
    sessions.awaitLoaded();
    List.copyOf(servers.values()).forEach(Held::awaitLoaded);
  }

  /// What follows runs on the thread of the copies.
  private void sessionChanged(String server, @Nullable String session) {
    Held before = servers.get(server);
    if (session == null) {
      servers.remove(server);
      if (before != null) {
        before.close();
        show(server, before.shown, Map.of());
      }
    } else if (before == null || !before.session.equals(session)) {
      servers.put(server, new Held(server, session, before));
    }
  }

  /// The current states of one session. What an earlier session of the server showed stays until
  /// they have been read.
  private final class Held {
    private final String server;
    private final String session;
    private final Copy<Bucket<Replica>> copy;
    private Map<String, Bucket<Replica>> shown = Map.of();

    Held(String server, String session, @Nullable Held earlier) {
      this.server = server;
      this.session = session;
      if (earlier != null) {
        earlier.close();
        shown = earlier.shown;
      }
      this.copy =
          nodes.copy(
              paths.currentStates(server, session),
              (path, bytes) -> Bucket.of(path, bytes, Records::currentState),
              this::changed);
    }

    private void changed(
        SplitMap<Bucket<Replica>> before, SplitMap<Bucket<Replica>> after, Set<String> names) {
      if (servers.get(server) != this) {
        return;
      }
      Map<String, Bucket<Replica>> old = shown;
      shown = after;
      show(server, old, after);
    }

    void awaitLoaded() {
      copy.awaitLoaded();
    }

    void close() {
      copy.close();
    }
  }

  private void show(
      String server, Map<String, Bucket<Replica>> before, Map<String, Bucket<Replica>> after) {
    Set<String> changed = SplitMap.differences(before, after);
    if (changed.isEmpty()) {
      return;
    }
    view =
        view.with(named(server, changed), of(server, changed, before), of(server, changed, after));
    subscriptions.changed();
  }

  private static Set<String> named(String server, Collection<String> resources) {
    Set<String> names = new HashSet<>();
    resources.forEach(resource -> names.add(server + "/" + resource));
    return names;
  }

  private static Map<String, Bucket<Replica>> of(
      String server, Collection<String> resources, Map<String, Bucket<Replica>> all) {
    Map<String, Bucket<Replica>> some = new HashMap<>();
    for (String resource : resources) {
      Bucket<Replica> bucket = all.get(resource);
      if (bucket != null) {
        some.put(server + "/" + resource, bucket);
      }
    }
    return some;
  }
}
