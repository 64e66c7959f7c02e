package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A local copy of the payloads at one depth below a path, kept current by one persistent recursive
/// watch. An event only marks its path; what counts is what is read afterwards, so a lost or
/// repeated event does no harm, and a node that is replaced in one transaction never seems to be
/// gone. While ZooKeeper is away the last known state stays; after every reconnection all is read
/// again. Reading, decoding and listening happen on one thread.
final class Mirror<V> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

  /// Events that come this close together are handled together.
  private static final long SETTLE_MILLIS = 3;

  private static final long RETRY_MILLIS = 250;

  /// Hears which paths changed, appeared or disappeared since the last time, after [#values()]
  /// shows it.
  interface Listener {
    void changed(Set<String> paths);
  }

  private final ZooKeeperLink link;
  private final TaskThread thread;
  private final String root;
  private final int depth;
  private final BiFunction<String, Node, V> decoder;
  private final Listener listener;
  private final Watcher watcher = this::onEvent;
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();

  // Guarded by this.
  private final Set<String> dirty = new LinkedHashSet<>();
  private boolean syncNeeded = true;
  private boolean scheduled;
  private boolean closed;

  // Written by that thread only; replaced, never changed.
  private volatile Map<String, V> values = Map.of();

  /// @param depth of the nodes with payload below `root`, 1 or 2; others are ignored
  /// @param decoder from path and node; a node that it refuses keeps its last good value
  Mirror(
      ZooKeeperLink link,
      TaskThread thread,
      String root,
      int depth,
      BiFunction<String, Node, V> decoder,
      Listener listener) {
    this.link = link;
    this.thread = thread;
    this.root = root;
    this.depth = depth;
    this.decoder = decoder;
    this.listener = listener;
  }

  /// Begins to read and to watch. Apart from the constructor, so that the listener never meets a
  /// field of its owner that is not set yet.
  void start() {
    schedule(0);
  }

  /// By full path. Immutable.
  Map<String, V> values() {
    return values;
  }

  /// Waits until everything was read for the first time.
  void awaitLoaded(long timeoutMillis) {
    if (thread.isCurrent() && !loaded.isDone()) {
      // A listener asks for another state: nobody else would read it meanwhile.
      drain();
    }
    try {
      loaded.get(thread.isCurrent() ? 0 : timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "ZooKeeper did not answer within " + timeoutMillis + " ms while reading " + root + ".",
          e);
    } catch (ExecutionException e) {
      throw CuveeException.of(Objects.requireNonNullElse(e.getCause(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.IO, "Interrupted while reading " + root + ".", e);
    }
  }

  /// Reads everything again: after a reconnection, when events may have been missed.
  void resync() {
    synchronized (this) {
      syncNeeded = true;
    }
    schedule(0);
  }

  private void onEvent(WatchedEvent event) {
    String path = event.getPath();
    if (event.getType() == Watcher.Event.EventType.None || path == null || !isValue(path)) {
      return;
    }
    synchronized (this) {
      dirty.add(path);
    }
    schedule(SETTLE_MILLIS);
  }

  private boolean isValue(String path) {
    if (!path.startsWith(root + "/")) {
      return false;
    }
    int levels = 0;
    for (int i = root.length(); i < path.length(); i++) {
      levels += path.charAt(i) == '/' ? 1 : 0;
    }
    return levels == depth;
  }

  private synchronized void schedule(long delayMillis) {
    if (scheduled || closed) {
      return;
    }
    scheduled = thread.runLater(delayMillis, this::drain);
    if (!scheduled) {
      closed = true;
      loaded.completeExceptionally(
          new CuveeException(ErrorCode.IO, "The connection to the cluster's state is closed."));
    }
  }

  private void drain() {
    boolean sync;
    List<String> paths;
    synchronized (this) {
      scheduled = false;
      if (closed) {
        return;
      }
      sync = syncNeeded;
      syncNeeded = false;
      paths = List.copyOf(dirty);
      dirty.clear();
    }
    Set<String> changed;
    try {
      changed = sync ? readAll() : readSome(paths);
    } catch (RuntimeException e) {
      if (!(e instanceof CuveeException known) || known.code() != ErrorCode.IO) {
        LOG.error("Could not take over a change below {}", root, e);
      }
      synchronized (this) {
        syncNeeded |= sync;
        dirty.addAll(paths);
      }
      schedule(RETRY_MILLIS);
      return;
    }
    // Who waits for the first values may want those that the listener makes of them.
    try {
      if (!loaded.isDone() || !changed.isEmpty()) {
        listener.changed(changed);
      }
    } finally {
      loaded.complete(null);
    }
  }

  private Set<String> readAll() {
    // Watch first, then read: what changes in between is read twice rather than missed.
    link.call(
        "watching " + root,
        () -> {
          ZooKeeper handle = link.handle();
          handle.addWatch(root, watcher, AddWatchMode.PERSISTENT_RECURSIVE);
          return root;
        });
    List<String> parents = List.of(root);
    for (int level = 1; level < depth; level++) {
      parents = childPaths(parents);
    }
    List<String> paths = childPaths(parents);
    Set<String> all = new HashSet<>(values.keySet());
    all.addAll(paths);
    return apply(all, link.readAll(paths));
  }

  private List<String> childPaths(Collection<String> parents) {
    List<String> paths = new ArrayList<>();
    for (String parent : parents) {
      link.children(parent).forEach(child -> paths.add(parent + "/" + child));
    }
    return paths;
  }

  private Set<String> readSome(List<String> paths) {
    return apply(new HashSet<>(paths), link.readAll(paths));
  }

  private Set<String> apply(Set<String> paths, Map<String, Node> found) {
    Map<String, V> next = new HashMap<>(values);
    Set<String> changed = new HashSet<>();
    for (String path : paths) {
      Node node = found.get(path);
      if (node == null || node.data().length == 0) {
        if (next.remove(path) != null) {
          changed.add(path);
        }
        continue;
      }
      try {
        V value = decoder.apply(path, node);
        if (!value.equals(next.put(path, value))) {
          changed.add(path);
        }
      } catch (CuveeException e) {
        LOG.error("Kept the last known state: {}", e.getMessage());
      }
    }
    if (!changed.isEmpty()) {
      values = Map.copyOf(next);
    }
    return changed;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    thread.run(() -> {
      try {
        if (link.isConnected()) {
          link.handle()
              .removeWatches(root, watcher, Watcher.WatcherType.Any, true, (c, p, x) -> {}, this);
        }
      } catch (Exception e) {
        LOG.debug("Left the watch of {} to the end of the session", root, e);
      }
    });
  }
}
