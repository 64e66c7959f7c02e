package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.SplitMap;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A local copy of the payloads at one depth below a path, kept current by one persistent recursive
/// watch. An event only marks its path; what counts is what is read afterwards, so a lost or
/// repeated event does no harm, and a node that is replaced in one transaction never seems to be
/// gone. While ZooKeeper is away the last known state stays; after every reconnection all is read
/// again. Reading, decoding and listening happen on one thread.
final class Mirror<V> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

  /// After some events were handled, those of this time are handled together; where that takes
  /// long, since very much changes, those of twice that time. What comes after a pause is handled
  /// at once.
  private static final long SETTLE_MILLIS = 3;

  private static final long MAX_SETTLE_MILLIS = 500;

  private static final long RETRY_MILLIS = 250;

  /// Nodes that are read and decoded before the next ones are.
  private static final int READ_BATCH = 1000;

  /// Hears which nodes changed, appeared or disappeared since the last time, after [#values()]
  /// shows it.
  interface Listener<V> {
    /// @param before the values of the last time
    void changed(SplitMap<V> before, Set<String> names);
  }

  private final ZooKeeperLink link;
  private final TaskThread thread;
  private final String root;
  private final int depth;
  private final BiFunction<String, Node, V> decoder;
  private final Listener<V> listener;
  private final Watcher watcher = this::onEvent;
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();

  // Guarded by this.
  private final Set<String> dirty = new LinkedHashSet<>();
  private final List<CompletableFuture<Void>> followers = new ArrayList<>();
  private boolean syncNeeded = true;
  private boolean scheduled;
  private boolean closed;

  // Written by that thread only; replaced, never changed.
  private volatile SplitMap<V> values = SplitMap.empty();

  private volatile long settleMillis = SETTLE_MILLIS;

  /// When events were handled last.
  private volatile long drained = System.nanoTime();

  /// What is being read; that thread's.
  private @Nullable Reading reading;

  /// @param depth of the nodes with payload below `root`, 1 or 2; others are ignored
  /// @param decoder from the path below `root`, and node; a node that it refuses keeps its last
  ///   good value
  Mirror(
      ZooKeeperLink link,
      TaskThread thread,
      String root,
      int depth,
      BiFunction<String, Node, V> decoder,
      Listener<V> listener) {
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

  /// By path below the root. Immutable.
  SplitMap<V> values() {
    return values;
  }

  /// Waits until everything was read for the first time; a million nodes take a while.
  ///
  /// @param timeoutMillis how long nothing may come, neither here nor for others of the thread,
  ///   which this one waits for
  void awaitLoaded(long timeoutMillis) {
    if (thread.isCurrent() && !loaded.isDone()) {
      // A listener asks for another state: nobody else would read it meanwhile.
      do {
        drain();
      } while (reading != null);
    }
    await(loaded, timeoutMillis);
  }

  /// Waits until [#values()] shows all that was written before this call, by whomever.
  ///
  /// @param timeoutMillis as for [#awaitLoaded]
  void catchUp(long timeoutMillis) {
    awaitLoaded(timeoutMillis);
    link.awaitEvents(root);
    CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    synchronized (this) {
      followers.add(caughtUp);
    }
    schedule(0);
    await(caughtUp, timeoutMillis);
  }

  private void await(CompletableFuture<Void> event, long timeoutMillis) {
    try {
      while (true) {
        long before = thread.progress();
        try {
          event.get(thread.isCurrent() ? 0 : timeoutMillis, TimeUnit.MILLISECONDS);
          return;
        } catch (TimeoutException e) {
          if (thread.isCurrent() || thread.progress() == before && !thread.isBusy()) {
            throw e;
          }
        }
      }
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
    if (event.getType() == Watcher.Event.EventType.None) {
      if (event.getState() != Watcher.Event.KeeperState.SyncConnected) {
        // What happens from now on is not told; it is read when the connection is back.
        synchronized (this) {
          syncNeeded = true;
        }
      }
      return;
    }
    if (path == null || !isValue(path)) {
      return;
    }
    synchronized (this) {
      dirty.add(path);
    }
    schedule(untilSettled());
  }

  private long untilSettled() {
    return Math.max(0, settleMillis - (System.nanoTime() - drained) / 1_000_000);
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
    if (scheduled) {
      return;
    }
    scheduled = !closed && thread.runLater(delayMillis, this::drain);
    if (!scheduled) {
      end();
    }
  }

  private synchronized void end() {
    closed = true;
    CuveeException failure =
        new CuveeException(ErrorCode.IO, "The connection to the cluster's state is closed.");
    loaded.completeExceptionally(failure);
    followers.forEach(follower -> follower.completeExceptionally(failure));
    followers.clear();
  }

  /// One reading of some nodes, a batch at a time, so that a long one does not hold up the others
  /// of the thread.
  private final class Reading {
    private final boolean isSync;
    private final Set<String> paths;
    private final Iterator<String> rest;
    private final List<CompletableFuture<Void>> followers;
    private final Map<String, Optional<V>> changes = new HashMap<>();

    Reading(boolean isSync, Set<String> paths, List<CompletableFuture<Void>> followers) {
      this.isSync = isSync;
      this.paths = paths;
      this.rest = paths.iterator();
      this.followers = followers;
    }

    /// @return whether there is more to read
    boolean next() {
      List<String> batch = new ArrayList<>();
      while (rest.hasNext() && batch.size() < READ_BATCH) {
        batch.add(rest.next());
      }
      read(batch, changes);
      return rest.hasNext();
    }
  }

  private Reading begin() {
    boolean isSync;
    Set<String> paths;
    List<CompletableFuture<Void>> waiting;
    synchronized (this) {
      isSync = syncNeeded;
      syncNeeded = false;
      paths = new LinkedHashSet<>(dirty);
      dirty.clear();
      waiting = List.copyOf(followers);
      followers.clear();
    }
    try {
      return new Reading(isSync, isSync ? watchedPaths() : paths, waiting);
    } catch (RuntimeException e) {
      again(isSync, paths, waiting);
      throw e;
    }
  }

  private synchronized void again(
      boolean isSync, Set<String> paths, List<CompletableFuture<Void>> waiting) {
    syncNeeded |= isSync;
    dirty.addAll(paths);
    followers.addAll(waiting);
  }

  private void drain() {
    synchronized (this) {
      scheduled = false;
      if (closed) {
        reading = null;
        end();
        return;
      }
      // Events that came while others were handled.
      if (reading == null && !syncNeeded && followers.isEmpty() && untilSettled() > 0) {
        schedule(untilSettled());
        return;
      }
    }
    Reading current = reading;
    reading = null;
    try {
      if (current == null) {
        current = begin();
      }
      if (current.next()) {
        reading = current;
        schedule(0);
        return;
      }
    } catch (RuntimeException e) {
      if (!(e instanceof CuveeException known) || known.code() != ErrorCode.IO) {
        LOG.error("Could not take over a change below {}", root, e);
      }
      if (current != null) {
        again(current.isSync, current.paths, current.followers);
      }
      schedule(RETRY_MILLIS);
      return;
    }
    Reading done = current;
    thread.step(() -> take(done));
    if (isBehind()) {
      schedule(settleMillis);
    }
  }

  private void take(Reading done) {
    long begun = System.nanoTime();
    SplitMap<V> before = values;
    values = before.with(done.changes);
    // Who waits for the first values may want those that the listener makes of them.
    try {
      if (!loaded.isDone() || !done.changes.isEmpty()) {
        listener.changed(before, done.changes.keySet());
      }
    } catch (RuntimeException e) {
      LOG.error("A listener of what is below {} failed", root, e);
    } finally {
      loaded.complete(null);
      done.followers.forEach(follower -> follower.complete(null));
      settleMillis =
          Math.clamp((System.nanoTime() - begun) / 500_000, SETTLE_MILLIS, MAX_SETTLE_MILLIS);
      drained = System.nanoTime();
    }
  }

  /// Whether something was told while other things were read.
  private synchronized boolean isBehind() {
    return syncNeeded || !dirty.isEmpty() || !followers.isEmpty();
  }

  private Set<String> watchedPaths() {
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
    Set<String> all = new LinkedHashSet<>(childPaths(parents));
    values.keySet().forEach(name -> all.add(root + "/" + name));
    return all;
  }

  private List<String> childPaths(List<String> parents) {
    List<String> paths = new ArrayList<>();
    for (int from = 0; from < parents.size(); from += READ_BATCH) {
      List<String> some = parents.subList(from, Math.min(parents.size(), from + READ_BATCH));
      thread.step(() ->
          childrenOf(some)
              .forEach((parent, names) -> names.forEach(name -> paths.add(parent + "/" + name))));
    }
    return paths;
  }

  /// One may have very many, which take as long as they take; of several each has few.
  private Map<String, List<String>> childrenOf(List<String> parents) {
    return parents.size() == 1
        ? Map.of(parents.getFirst(), link.children(parents.getFirst()))
        : link.childrenOf(parents);
  }

  private void read(List<String> paths, Map<String, Optional<V>> changes) {
    Map<String, Node> found = link.readAll(paths);
    for (String path : paths) {
      String name = path.substring(root.length() + 1);
      Node node = found.get(path);
      V known = values.get(name);
      if (node == null || node.data().length == 0) {
        if (known != null) {
          changes.put(name, Optional.empty());
        }
        continue;
      }
      try {
        V value = decoder.apply(name, node);
        if (!value.equals(known)) {
          changes.put(name, Optional.of(value));
        }
      } catch (CuveeException e) {
        LOG.error("Kept the last known state: {}", e.getMessage());
      }
    }
    thread.progressed();
  }

  @Override
  public void close() {
    end();
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
