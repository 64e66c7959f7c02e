package io.cuvee.engine.loading;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Reloads;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.engine.ServerConfig;
import io.cuvee.engine.consuming.ConsumerStatus;
import io.cuvee.engine.consuming.HttpLeaderClient;
import io.cuvee.engine.consuming.StreamConsumers;
import io.cuvee.engine.keys.KeyedTables;
import io.cuvee.engine.rowlog.RowLogHost;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All that a server does about segments: the directory, the loads, what is served and what is
/// published. Thread-safe.
public final class SegmentServing implements AutoCloseable {
  private final ServerConfig config;
  private final LocalStore store;
  private final ServedSegments served = new ServedSegments();
  private final Map<String, Long> seenReloads = new ConcurrentHashMap<>();
  private volatile boolean knowsReloads;
  private volatile @Nullable Reconciler reconciler;
  private volatile @Nullable Publisher publisher;
  private volatile @Nullable StreamConsumers consumers;
  private volatile @Nullable RowLogHost rowLogs;

  private final SegmentCache cache;

  /// Archives that are packed for others at once.
  private final Semaphore packing;

  private SegmentServing(ServerConfig config, LocalStore store) {
    this.config = config;
    this.store = store;
    this.packing = new Semaphore(config.loadThreads());
    this.cache = new SegmentCache(config.cacheSize().bytes(), System::nanoTime);
  }

  /// @throws CuveeException `INVALID_SETTING` if the data directory cannot be used
  public static SegmentServing open(ServerConfig config) {
    return new SegmentServing(config, LocalStore.open(config.dataDirectory()));
  }

  public ServedSegments served() {
    return served;
  }

  /// How full the local disk is, as far as segments are concerned.
  public SegmentCache.State cache() {
    return cache.state();
  }

  public Optional<String> rememberedId() {
    return store.instanceId();
  }

  public void rememberId(String id) {
    store.rememberInstanceId(id);
  }

  /// Loads and drops segments as the cluster assigns them to `server`, until closed.
  public AutoCloseable follow(
      ClusterState cluster, String server, Function<URI, DeepStore> deepStores) {
    cache.tell(new CacheMetrics(server));
    Publisher newPublisher = new Publisher(cluster);
    HttpLeaderClient leader = new HttpLeaderClient(cluster);
    KeyedTables keys = new KeyedTables(cluster.metadata(), served::acquireSound);
    served.keyed(keys);
    RowLogHost newRowLogs =
        new RowLogHost(
            cluster,
            server,
            config.dataDirectory().resolve("row-log"),
            config.host(),
            config.rowLogPort());
    rowLogs = newRowLogs;
    StreamConsumers newConsumers =
        new StreamConsumers(
            server,
            cluster.metadata(),
            leader,
            new SegmentSealer(store, () -> deepStores.apply(URI.create(""))),
            newRowLogs,
            keys);
    consumers = newConsumers;
    served.consuming(newConsumers);
    Reconciler newReconciler =
        new Reconciler(
            new SegmentLoader(store, cluster.metadata(), deepStores, new PeerCopies(cluster)),
            store,
            served,
            newPublisher,
            newConsumers,
            keys,
            config.loadThreads(),
            config.unloadGrace(),
            cache);
    publisher = newPublisher;
    reconciler = newReconciler;
    served.onDamage(newReconciler::replaceDamaged);
    served.onDemand(newReconciler);
    // Before the segments are loaded, so that a config that changes meanwhile is not missed.
    AutoCloseable reloads = cluster.metadata().watch(Reloads.DIRECTORY, this::reload);
    AutoCloseable watch = cluster.watchAssignment(server, newReconciler::assign);
    return () -> {
      reloads.close();
      watch.close();
      newReconciler.close();
      newConsumers.close();
      newRowLogs.close();
      leader.close();
      newPublisher.close();
    };
  }

  /// Does the requests that are new since the last call.
  private void reload(Map<String, Versioned<String>> all) {
    Reconciler current = java.util.Objects.requireNonNull(reconciler);
    boolean isFirst = !knowsReloads;
    knowsReloads = true;
    all.forEach((table, text) -> {
      Reloads reloads = Reloads.parse(text.value());
      long seen = seenReloads.getOrDefault(table, 0L);
      if (!isFirst && reloads.last() != seen) {
        current.reload(table, reloads.segmentsAfter(seen));
      }
      seenReloads.put(table, reloads.last());
    });
    seenReloads.keySet().retainAll(all.keySet());
  }

  /// The logs of rows that this server holds; empty as long as it has not joined the cluster.
  public Optional<RowLogHost> rowLogs() {
    return Optional.ofNullable(rowLogs);
  }

  /// How the consumers are, by table and partition.
  public List<ConsumerStatus> consumers() {
    StreamConsumers current = consumers;
    return current == null ? List.of() : current.status();
  }

  /// How far this server is with the requests to reload a table's segments.
  ///
  /// @param seen number of the newest request that it knows
  /// @param pending segments that it has not looked at yet
  /// @param failures by segment
  public record ReloadState(long seen, int pending, Map<String, String> failures) {}

  public ReloadState reloadState(String table) {
    Reconciler current = reconciler;
    // In this order: what a request makes pending is pending before the request is seen.
    long seen = seenReloads.getOrDefault(table, 0L);
    return current == null
        ? new ReloadState(seen, 0, Map.of())
        : new ReloadState(seen, current.staleCount(table), current.failedReloads(table));
  }

  /// Waits until the assigned segments are loaded or have failed, and the cluster has been told.
  public boolean awaitFirst(Duration timeout) throws InterruptedException {
    Reconciler current = java.util.Objects.requireNonNull(reconciler);
    Publisher telling = java.util.Objects.requireNonNull(publisher);
    return current.awaitFirst(timeout) && telling.awaitPublished(timeout);
  }

  public int pendingCount() {
    Reconciler current = reconciler;
    return current == null ? 0 : current.pendingCount();
  }

  public int assignedCount() {
    Reconciler current = reconciler;
    return current == null ? 0 : current.assignedCount();
  }

  public int failedCount() {
    Reconciler current = reconciler;
    return current == null ? 0 : current.failedCount();
  }

  /// Writes the archive of a segment, for another server that does not get it from the deep store.
  ///
  /// @throws CuveeException `NOT_FOUND` if this version of it is not served here from sound files
  public void writeArchive(SegmentKey key, long crc, OutputStream out) throws IOException {
    Segment present = served.find(key);
    Optional<Segment> found =
        present == null || present.metadata().crc() != crc
            ? Optional.empty()
            : served.acquireSound(
                key, present.metadata().columns().stream().map(ColumnMetadata::name).toList());
    if (found.isEmpty() || found.get().metadata().crc() != crc) {
      found.ifPresent(Segment::release);
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "Segment " + key + " is not here with CRC " + Long.toHexString(crc) + ".");
    }
    packing.acquireUninterruptibly();
    Path work = store.newIncoming();
    try {
      SegmentArchive.pack(found.get().directory(), work.resolve("archive"));
      Files.copy(work.resolve("archive"), out);
    } finally {
      packing.release();
      found.get().release();
      store.delete(work);
    }
  }

  /// Work in a directory that is deleted afterwards.
  @FunctionalInterface
  public interface ScratchWork {
    void run(Path directory) throws InterruptedException;
  }

  public void withScratch(ScratchWork work) throws InterruptedException {
    Path directory = store.newIncoming();
    try {
      work.run(directory);
    } finally {
      store.delete(directory);
    }
  }

  public void deleteUnassigned() {
    Reconciler current = reconciler;
    if (current != null) {
      current.deleteUnassigned();
    }
  }

  @Override
  public void close() {
    served.closeAll();
    store.close();
  }
}
