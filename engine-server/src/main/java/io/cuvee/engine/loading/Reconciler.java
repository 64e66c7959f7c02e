package io.cuvee.engine.loading;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.engine.consuming.StreamConsumers;
import io.cuvee.engine.keys.KeyedTables;
import io.cuvee.segment.store.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Makes what is served equal to what is assigned, again and again: each segment has at most one
/// thread that brings it nearer to its assignment as that is at the moment. Failures are published
/// and tried again, later and later. Thread-safe.
final class Reconciler implements ServedSegments.Demand, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(60);
  private static final int MAX_MESSAGE_LENGTH = 500;
  private static final long ROOM_MILLIS = 20;

  /// How long the load of a segment waits for this server's own build of it.
  private static final Duration SETTLE_TIME = Duration.ofSeconds(60);

  private final SegmentLoader loader;
  private final LocalStore store;
  private final ServedSegments served;
  private final Publisher publisher;
  private final StreamConsumers consumers;
  private final KeyedTables keys;
  private final Duration unloadGrace;
  private final Semaphore loads;
  private final AtomicInteger loaded = new AtomicInteger();
  private final SegmentCache cache;

  // Guarded by this object's lock.
  private @Nullable Map<SegmentKey, Assignment> assigned;
  private final Set<SegmentKey> busy = new HashSet<>();
  private final Set<SegmentKey> changed = new HashSet<>();
  private final Map<SegmentKey, Long> failed = new HashMap<>();

  /// Segments whose indexes may not be those of the table's config, with the request that says so.
  private final Map<SegmentKey, Long> stale = new HashMap<>();

  private final Map<SegmentKey, String> failedReloads = new HashMap<>();

  /// Segments that queries have asked for and that are not on the disk yet.
  private final Set<SegmentKey> demanded = new HashSet<>();

  /// Segments whose damaged files are being replaced.
  private final Set<SegmentKey> mending = new HashSet<>();

  private long reloadCount;
  private boolean closed;

  /// @param parallelLoads how many segments are fetched and opened at once
  /// @param unloadGrace how long a segment stays after the cluster was told that it goes, for
  ///   queries on their way
  /// @param cache what fits on the disk
  Reconciler(
      SegmentLoader loader,
      LocalStore store,
      ServedSegments served,
      Publisher publisher,
      StreamConsumers consumers,
      KeyedTables keys,
      int parallelLoads,
      Duration unloadGrace,
      SegmentCache cache) {
    this.cache = cache;
    this.loader = loader;
    this.store = store;
    this.served = served;
    this.publisher = publisher;
    this.consumers = consumers;
    this.keys = keys;
    this.unloadGrace = unloadGrace;
    this.loads = new Semaphore(parallelLoads);
  }

  /// Takes a new assignment; returns at once.
  synchronized void assign(Map<SegmentKey, Assignment> newAssignment) {
    if (closed) {
      return;
    }
    Set<SegmentKey> keys = new HashSet<>(newAssignment.keySet());
    if (assigned != null) {
      keys.addAll(assigned.keySet());
    }
    Map<SegmentKey, Assignment> before = assigned == null ? Map.of() : assigned;
    assigned = Map.copyOf(newAssignment);
    for (SegmentKey key : keys) {
      Assignment wanted = newAssignment.get(key);
      if (wanted == null || !wanted.equals(before.get(key))) {
        if (wanted != null) {
          failed.remove(key);
        } else {
          stale.remove(key);
        }
        if (busy.contains(key)) {
          // Ends the pause after a failure, or the grace before an unload. A load under way is let
          // go on:
          // an interrupt would close its files.
          changed.add(key);
        } else {
          start(key);
        }
      }
    }
    notifyAll();
  }

  private void start(SegmentKey key) {
    if (!isSettled(key)) {
      busy.add(key);
      Thread.ofVirtual().name("load-" + key).start(() -> settle(key));
    }
  }

  private boolean isSettled(SegmentKey key) {
    return isLoaded(key) && (wanted(key) == null || !stale.containsKey(key));
  }

  /// Whether it is as assigned, whatever its indexes.
  private boolean isLoaded(SegmentKey key) {
    Segment segment = served.find(key);
    Assignment wanted = wanted(key);
    if (wanted != null && wanted.target() == SegmentState.CONSUMING) {
      return consumers.holds(key);
    }
    return wanted == null
        ? segment == null
            && !served.isCold(key)
            && !consumers.holds(key)
            && !failed.containsKey(key)
        : wanted.target() == SegmentState.ONLINE
            && !consumers.holds(key)
            && (segment == null
                ? served.isCold(key, wanted.crc()) && !demanded.contains(key)
                : segment.metadata().crc() == wanted.crc());
  }

  /// Brings the indexes of loaded segments up to their table's config; returns at once. Segments
  /// that are being loaded are looked at again afterwards.
  ///
  /// @param segments absent for all of the table
  synchronized void reload(String table, Optional<List<String>> segments) {
    if (closed || assigned == null) {
      return;
    }
    reloadCount++;
    for (SegmentKey key : assigned.keySet()) {
      Assignment wanted = wanted(key);
      // A consuming segment gets the config's indexes when it is sealed.
      if (key.table().equals(table)
          && wanted != null
          && wanted.target() == SegmentState.ONLINE
          && (segments.isEmpty() || segments.get().contains(key.segment()))) {
        stale.put(key, reloadCount);
        if (!busy.contains(key)) {
          start(key);
        }
      }
    }
  }

  /// How many segments of a table are still to be looked at after [#reload].
  synchronized int staleCount(String table) {
    return (int) stale.keySet().stream().filter(key -> key.table().equals(table)).count();
  }

  /// Why the newest reload of segments of a table failed; they are served with the indexes that
  /// they had.
  synchronized Map<String, String> failedReloads(String table) {
    Map<String, String> failures = new TreeMap<>();
    failedReloads.forEach((key, message) -> {
      if (key.table().equals(table)) {
        failures.put(key.segment(), message);
      }
    });
    return failures;
  }

  private void refresh(SegmentKey key, Segment segment, long request) throws InterruptedException {
    Optional<Segment> fresh = Optional.empty();
    String failure = null;
    loads.acquire();
    try {
      fresh = loader.refreshed(key, segment);
    } catch (RuntimeException failed) {
      LOG.warn("Segment {} could not be reloaded and keeps its indexes", key, failed);
      failure = String.valueOf(failed.getMessage());
    } finally {
      loads.release();
    }
    synchronized (this) {
      if (closed) {
        fresh.ifPresent(Segment::close);
        return;
      }
      fresh.ifPresent(newer -> served.put(key, newer));
      stale.remove(key, request);
      if (failure == null) {
        failedReloads.remove(key);
      } else {
        failedReloads.put(key, failure);
      }
      notifyAll();
    }
    if (fresh.isPresent()) {
      // Queries that use it keep it mapped; its files can go.
      segment.close();
      store.delete(segment.directory());
    }
  }

  private @Nullable Assignment wanted(SegmentKey key) {
    Assignment assignment = assigned == null ? null : assigned.get(key);
    return assignment == null
            || assignment.target() == SegmentState.OFFLINE
            || assignment.target() == SegmentState.DROPPED
        ? null
        : assignment;
  }

  /// Works on one segment until it is as assigned.
  private void settle(SegmentKey key) {
    Duration pause = FIRST_RETRY;
    while (true) {
      Assignment target;
      Segment loadedSegment;
      Long staleSince;
      synchronized (this) {
        changed.remove(key);
        if (closed || isSettled(key)) {
          busy.remove(key);
          notifyAll();
          return;
        }
        target = wanted(key);
        loadedSegment = served.find(key);
        staleSince = stale.get(key);
      }
      try {
        if (target == null) {
          unload(key);
        } else if (staleSince != null
            && loadedSegment != null
            && loadedSegment.metadata().crc() == target.crc()) {
          refresh(key, loadedSegment, staleSince);
        } else {
          load(key, target);
        }
        pause = FIRST_RETRY;
      } catch (InterruptedException e) {
        LOG.debug("Interrupted at {}", key);
        return;
      } catch (RuntimeException failure) {
        report(key, target, CuveeException.of(failure));
        pause = pause(key, pause) ? FIRST_RETRY : longer(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LAST_RETRY) < 0 ? twice : LAST_RETRY;
  }

  /// Waits, unless the assignment of the segment changes.
  ///
  /// @return whether it changed
  private synchronized boolean pause(SegmentKey key, Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    try {
      while (!changed.contains(key) && !closed) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  private void load(SegmentKey key, Assignment target) throws InterruptedException {
    if (target.target() == SegmentState.CONSUMING) {
      consume(key);
      return;
    }
    Segment present = served.find(key);
    if (present != null && present.metadata().crc() == target.crc()) {
      // Only its consumer has not been told.
      keys.sealed(key, consumers.isSame(key, present.docCount()));
      consumers.end(key, true);
      publisher.publish(key, Optional.of(new Replica(SegmentState.ONLINE, target.crc(), "")));
      return;
    }
    // What this server seals itself it need not fetch.
    consumers.awaitSettled(key, SETTLE_TIME);
    boolean stays = !cache.isLimited() || loader.mustStay(key);
    boolean isDemanded;
    synchronized (this) {
      isDemanded = demanded.contains(key);
    }
    if (cache.isLimited()) {
      long expected = loader.sizeBytes(key, target.crc());
      if (!stays
          && !isDemanded
          && (!cache.fits(expected)
              || loader.isOnDemand(key) && !loader.hasCopy(key, target.crc()))) {
        leaveCold(key, target);
        return;
      }
      if (!awaitRoom(key, target, expected, stays)) {
        return;
      }
    }
    Segment segment;
    long start = System.nanoTime();
    boolean isLoaded = false;
    loads.acquire();
    try {
      segment = loader.load(key, target.crc());
      isLoaded = true;
    } finally {
      loads.release();
      if (!isLoaded) {
        cache.remove(key, false);
      }
    }
    Optional<Segment> older;
    long bytes = cache.isLimited() ? LocalStore.sizeBytes(segment.directory()) : 0;
    if (cache.isLimited() && !stays && !isDemanded && !cache.stillFits(key, bytes)) {
      // It has become larger than its archive.
      segment.close();
      leaveCold(key, target);
      return;
    }
    synchronized (this) {
      if (closed || !target.equals(wanted(key))) {
        segment.close();
        cache.remove(key, false);
        return;
      }
      failed.remove(key);
      failedReloads.remove(key);
      mending.remove(key);
      demanded.remove(key);
      if (cache.isLimited()) {
        cache.loaded(key, bytes, stays, isDemanded);
      }
      older = served.put(key, segment);
      served.removeCold(key);
    }
    HaltStep.SEALED_SERVED.reached();
    keys.sealed(key, consumers.isSame(key, segment.docCount()));
    consumers.end(key, true);
    publisher.publish(key, Optional.of(new Replica(SegmentState.ONLINE, target.crc(), "")));
    LOG.atLevel(isDemanded ? Level.DEBUG : Level.INFO)
        .log(
            "Loaded segment {} ({} rows, {} served) in {} ms",
            key,
            segment.docCount(),
            loaded.incrementAndGet(),
            (System.nanoTime() - start) / 1_000_000);
    older.ifPresent(this::discard);
    if (cache.isLimited()) {
      cache.victims(0, this::isFree).forEach(this::evict);
    }
  }

  /// Answers for a segment without having it: what servers hold, as the cluster sees it, does not
  /// change with each query.
  private void leaveCold(SegmentKey key, Assignment target) {
    Optional<Segment> older;
    synchronized (this) {
      if (closed || !target.equals(wanted(key))) {
        return;
      }
      failed.remove(key);
      stale.remove(key);
      mending.remove(key);
      served.putCold(key, target.crc());
      older = served.remove(key);
      cache.remove(key, false);
    }
    older.ifPresent(this::discard);
    loader.deleteCopy(key, target.crc());
    publisher.publish(key, Optional.of(new Replica(SegmentState.ONLINE, target.crc(), "")));
  }

  /// Queries that use it keep it mapped; its files can go.
  private void discard(Segment segment) {
    Path directory = segment.directory();
    segment.close();
    store.delete(directory);
  }

  /// Lets others go until there is room for a segment; waits for those that queries use.
  ///
  /// @return false if the segment is not wanted any more
  private boolean awaitRoom(SegmentKey key, Assignment target, long bytes, boolean stays)
      throws InterruptedException {
    while (!cache.reserve(key, bytes, stays)) {
      boolean isAnyGone = false;
      for (SegmentKey victim : cache.victims(bytes, this::isFree)) {
        isAnyGone |= evict(victim);
      }
      synchronized (this) {
        if (closed || !target.equals(wanted(key))) {
          return false;
        }
        if (!isAnyGone) {
          wait(ROOM_MILLIS);
        }
      }
    }
    if (stays) {
      cache.victims(0, this::isFree).forEach(this::evict);
    }
    return true;
  }

  private boolean isFree(SegmentKey key) {
    Segment segment = served.find(key);
    return segment != null && !segment.isInUse();
  }

  /// @return false if it stays, because it is being worked on
  private boolean evict(SegmentKey key) {
    Segment segment;
    synchronized (this) {
      Assignment target = wanted(key);
      segment = served.find(key);
      if (closed || busy.contains(key) || segment == null || target == null) {
        return false;
      }
      served.putCold(key, segment.metadata().crc());
      served.remove(key);
      cache.remove(key, true);
    }
    discard(segment);
    LOG.debug("Segment {} left the disk for others", key);
    return true;
  }

  @Override
  public void used(String table, String segment) {
    if (cache.isLimited()) {
      cache.used(new SegmentKey(table, segment));
    }
  }

  @Override
  public synchronized boolean load(SegmentKey key) {
    if (closed || !served.isCold(key) || failed.containsKey(key)) {
      return false;
    }
    if (demanded.add(key) && !busy.contains(key)) {
      start(key);
    }
    return true;
  }

  @Override
  public synchronized boolean isComing(SegmentKey key) {
    return mending.contains(key);
  }

  /// Sets the files of a segment aside that is served no more because they are damaged, and loads
  /// it anew; returns at once. Queries that have a reference go on: what they read was checked.
  void replaceDamaged(SegmentKey key, Segment segment, CuveeException failure) {
    try {
      store.quarantine(segment.directory());
    } catch (CuveeException e) {
      // The next load checks all of it.
      LOG.warn("Could not set {} aside", segment.directory(), e);
    }
    LOG.warn("Segment {} is fetched again: {}", key, failure.getMessage(), failure.getCause());
    segment.close();
    synchronized (this) {
      cache.remove(key, false);
      if (!closed) {
        // It is not published as lost: queries wait for it, or are answered by another replica.
        mending.add(key);
        if (!busy.contains(key)) {
          start(key);
        }
      }
    }
  }

  private void consume(SegmentKey key) {
    consumers.begin(key);
    synchronized (this) {
      failed.remove(key);
      notifyAll();
    }
    publisher.publish(key, Optional.of(new Replica(SegmentState.CONSUMING, 0, "")));
  }

  private void unload(SegmentKey key) {
    Segment segment = served.find(key);
    publisher.publish(key, Optional.empty());
    if (segment == null) {
      if (consumers.holds(key)) {
        pause(key, unloadGrace);
      }
      consumers.end(key, false);
      if (served.isCold(key)) {
        pause(key, unloadGrace);
      }
      synchronized (this) {
        Assignment again = wanted(key);
        if (again != null && served.isCold(key, again.crc())) {
          publisher.publish(key, Optional.of(new Replica(SegmentState.ONLINE, again.crc(), "")));
          return;
        }
        failed.remove(key);
        stale.remove(key);
        demanded.remove(key);
        mending.remove(key);
        served.removeCold(key);
      }
      return;
    }
    pause(key, unloadGrace);
    synchronized (this) {
      if (wanted(key) != null || closed) {
        publisher.publish(
            key, Optional.of(new Replica(SegmentState.ONLINE, segment.metadata().crc(), "")));
        return;
      }
      served.remove(key);
      cache.remove(key, false);
      failed.remove(key);
      stale.remove(key);
      failedReloads.remove(key);
      mending.remove(key);
    }
    keys.unloaded(key);
    consumers.end(key, false);
    segment.close();
    store.delete(segment.directory());
    LOG.info("Dropped segment {}", key);
  }

  private void report(SegmentKey key, @Nullable Assignment target, CuveeException failure) {
    synchronized (this) {
      if (closed) {
        return;
      }
      failed.put(key, target == null ? 0L : target.crc());
      mending.remove(key);
      notifyAll();
    }
    LOG.warn("Segment {} could not be loaded: {}", key, failure.getMessage(), failure.getCause());
    Segment older = served.find(key);
    String message = String.valueOf(failure.getMessage());
    publisher.publish(
        key,
        Optional.of(
            new Replica(
                SegmentState.ERROR,
                older == null ? 0 : older.metadata().crc(),
                message.substring(0, Math.min(message.length(), MAX_MESSAGE_LENGTH)))));
  }

  /// Waits until the first assignment has come and each of its segments was loaded or has failed
  /// once.
  ///
  /// @return false if that took too long
  synchronized boolean awaitFirst(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (assigned == null || pendingCount() > 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || closed) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /// Segments that are neither as assigned nor failed.
  synchronized int pendingCount() {
    if (assigned == null) {
      return 0;
    }
    int pending = 0;
    for (SegmentKey key : assigned.keySet()) {
      pending += wanted(key) == null || isLoaded(key) || failed.containsKey(key) ? 0 : 1;
    }
    return pending;
  }

  synchronized int assignedCount() {
    return assigned == null ? 0 : assigned.size();
  }

  synchronized int failedCount() {
    return failed.size();
  }

  /// Deletes copies on disk that no assignment mentions.
  void deleteUnassigned() {
    Set<Path> kept = new HashSet<>();
    synchronized (this) {
      // An empty assignment may also mean that the cluster's state was lost.
      if (assigned == null || assigned.isEmpty() || closed) {
        return;
      }
      assigned.forEach((key, assignment) -> {
        kept.add(store.directory(key, assignment.crc()));
        Segment segment = served.find(key);
        if (segment != null) {
          kept.add(segment.directory());
        }
      });
      if (!busy.isEmpty()) {
        return;
      }
    }
    int deleted = store.deleteOthers(kept);
    if (deleted > 0) {
      LOG.info("Deleted {} local copies of segments that are not assigned here any more", deleted);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }
}
