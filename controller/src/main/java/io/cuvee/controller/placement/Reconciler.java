package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Attendance.Roll;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.table.Trash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the assignment in line with tables, records and servers, again and again: what a
/// controller that died left half done is finished by the next one. Does nothing while another
/// controller leads.
///
/// The rules: a consuming segment consumes on as many servers as the table wants. A segment without
/// a record, or of a table without a config, is on no server. A segment with a record is on as many
/// servers as the table wants, as far as there are servers, in the version of the record. A server
/// that died keeps its assignment, since it is expected back, but after a while others stand in for
/// it, a few segments at a time.
public final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private static final long SETTLE_MILLIS = 20;

  /// Changes that are written together: the more, the fewer times the same buckets are written.
  private static final int WRITE_BATCH = 600_000;

  /// Segments that are looked at while a table is locked.
  private static final int LOCK_BATCH = 200_000;

  private final ClusterState cluster;
  private final Tables tables;
  private final Records records;
  private final Trash trash;
  private final TableLocks locks;
  private final Arrivals arrivals;
  private final Leadership leadership;
  private final ServerChoice servers;
  private final Attendance attendance;
  private final Transfers transfers;
  private final ScheduledExecutorService passes = executor("controller-reconcile");

  /// Uploads wait for what is found here; a pass over very many segments must not hold it up.
  private final ScheduledExecutorService checks = executor("controller-arrivals");

  /// When it was last looked at what has arrived.
  private volatile long checked = System.nanoTime();

  /// The pass that is due when a server has been away for too long; of the thread of passes.
  private Future<?> nextLoss = CompletableFuture.completedFuture(null);

  private final AtomicBoolean passScheduled = new AtomicBoolean();
  private final AtomicBoolean checkScheduled = new AtomicBoolean();
  private final List<AutoCloseable> watches = new ArrayList<>();

  private static ScheduledExecutorService executor(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name(name).factory());
  }

  public Reconciler(
      ClusterState cluster,
      Tables tables,
      Records records,
      Trash trash,
      TableLocks locks,
      Arrivals arrivals,
      Leadership leadership,
      Attendance attendance,
      Transfers transfers) {
    this.cluster = cluster;
    this.tables = tables;
    this.records = records;
    this.trash = trash;
    this.locks = locks;
    this.arrivals = arrivals;
    this.leadership = leadership;
    this.attendance = attendance;
    this.servers = new ServerChoice(attendance, new GroupStore(cluster.metadata()));
    this.transfers = transfers;
  }

  /// Begins to watch servers and what they hold.
  public void start(Duration interval) {
    watches.add(
        cluster.watchInstances(
            Instance.Role.SERVER,
            instances -> {
              requestPass();
              requestCheck();
            }));
    attendance.onChange(this::requestPass);
    watches.add(cluster.watchServingView(view -> requestCheck()));
    long millis = interval.toMillis();
    var _ = passes.scheduleWithFixedDelay(this::pass, millis, millis, TimeUnit.MILLISECONDS);
  }

  /// Asks for a pass over all tables, soon.
  public void requestPass() {
    request(passes, passScheduled, this::pass, SETTLE_MILLIS);
  }

  /// A pass when the next of those that are missed has been away long enough, by the clock that
  /// this pass has read: an earlier one would find it still expected, and none would follow.
  private void requestWhenLost() {
    nextLoss.cancel(false);
    try {
      attendance
          .untilLost()
          .ifPresent(left ->
              nextLoss =
                  passes.schedule(this::requestPass, left.toMillis() + 1, TimeUnit.MILLISECONDS));
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed already", e);
    }
  }

  /// Asks for a look at what has arrived, soon.
  public void requestCheck() {
    long since = (System.nanoTime() - checked) / 1_000_000;
    request(checks, checkScheduled, this::check, Math.max(0, SETTLE_MILLIS - since));
  }

  private static void request(
      ScheduledExecutorService executor, AtomicBoolean scheduled, Runnable task, long delayMillis) {
    if (scheduled.compareAndSet(false, true)) {
      try {
        var _ =
            executor.schedule(
                () -> {
                  scheduled.set(false);
                  task.run();
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("Closed already", e);
      }
    }
  }

  private void check() {
    try {
      Optional<Placement> term = leadership.term();
      if (term.isPresent()) {
        arrivals.check(term.get());
        Set<String> live =
            cluster.instances(Instance.Role.SERVER).stream()
                .map(Instance::id)
                .collect(Collectors.toSet());
        if (transfers.settle(term.get(), cluster.servingView(), live)) {
          requestPass();
        }
      } else {
        transfers.clear();
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not look at what has arrived; next time again: {}", e.toString());
    } finally {
      checked = System.nanoTime();
    }
  }

  private void pass() {
    Optional<Placement> term = leadership.term();
    if (term.isEmpty()) {
      records.keepWatching(Set.of());
      return;
    }
    try {
      Map<String, TableConfig> configs = tables.configs();
      records.keepWatching(configs.keySet());
      Set<String> names = new TreeSet<>(configs.keySet());
      names.addAll(term.get().tables());
      names.addAll(records.tables());
      for (String table : names) {
        reconcile(table, term.get());
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not finish a pass over all tables; next time again: {}", e.toString());
    } finally {
      requestWhenLost();
    }
    requestCheck();
  }

  /// Brings one table in line.
  void reconcile(String physicalTable, Placement placement) {
    Optional<TableConfig> config = tables.find(physicalTable);
    if (config.isEmpty() || dependOnOthers(config.get())) {
      reconcile(physicalTable, placement, Optional.empty());
      return;
    }
    // Most segments are as they should be, of a table that may have very many: those are not read
    // again, and nobody waits for that.
    List<String> doubtful = doubtful(config.get(), placement);
    for (int from = 0; from < doubtful.size(); from += LOCK_BATCH) {
      reconcile(
          physicalTable,
          placement,
          Optional.of(doubtful.subList(from, Math.min(doubtful.size(), from + LOCK_BATCH))));
    }
  }

  /// Whether where a segment belongs is decided by others of its partition.
  private static boolean dependOnOthers(TableConfig config) {
    return config.type() == TableType.REALTIME || config.keys().isPresent();
  }

  /// The segments that may not be as they should be, as far as one can tell without asking anybody.
  private List<String> doubtful(TableConfig config, Placement placement) {
    Roll roll = servers.roll(placement);
    Optional<SegmentHomes> homes = homes(config, roll);
    List<String> doubtful = new ArrayList<>();
    Map<String, SegmentRecord> all = records.watched(config.physicalName());
    all.forEach((name, record) -> {
      boolean isSettled =
          homes.isPresent()
              ? servers.isSettledInGroups(
                  placement,
                  record.key(),
                  wanted(record),
                  homes.get().of(name, record.scope()),
                  roll)
              : servers.isSettled(placement, record.key(), wanted(record), config, roll);
      if (record.arriving() || !isSettled) {
        doubtful.add(name);
      }
    });
    placement.segments(config.physicalName()).stream()
        .map(SegmentKey::segment)
        .filter(name -> !all.containsKey(name))
        .forEach(doubtful::add);
    return doubtful;
  }

  /// @param some segments; absent: all of the table
  private void reconcile(String physicalTable, Placement placement, Optional<List<String>> some) {
    try (TableLocks.Held _ = locks.wholeTable(physicalTable)) {
      Optional<TableConfig> config = tables.find(physicalTable);
      if (config.isEmpty()) {
        removeAll(physicalTable, placement);
        return;
      }
      Map<String, SegmentRecord> found =
          some.isPresent() ? records.all(physicalTable, some.get()) : records.all(physicalTable);
      Collection<SegmentKey> looked =
          some.isPresent()
              ? some.get().stream().map(name -> new SegmentKey(physicalTable, name)).toList()
              : placement.segments(physicalTable);
      List<SegmentKey> leftovers =
          looked.stream()
              .filter(key -> !found.containsKey(key.segment()))
              .filter(key -> !placement.of(key).isEmpty())
              .toList();
      if (!leftovers.isEmpty()) {
        LOG.info("Dropping {} segments of {} without record", leftovers.size(), physicalTable);
        placement.unassign(leftovers);
      }
      assignMissing(config.get(), found.values(), placement);
    }
  }

  /// As long as there are too few servers for replica groups, segments are placed without.
  private Optional<SegmentHomes> homes(TableConfig config, Roll roll) {
    try {
      return servers.homes(config, roll);
    } catch (CuveeException e) {
      if (e.code() != ErrorCode.DATA_UNAVAILABLE) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Assignment wanted(SegmentRecord record) {
    return new Assignment(
        record.isConsuming() ? SegmentState.CONSUMING : SegmentState.ONLINE, record.crc());
  }

  private void assignMissing(
      TableConfig config, Collection<SegmentRecord> all, Placement placement) {
    Roll roll = servers.roll(placement);
    Map<String, Map<String, Replica>> held = cluster.servingView().replicas(config.physicalName());
    Map<String, Map<SegmentKey, Optional<Assignment>>> changes = new TreeMap<>();
    Optional<SegmentHomes> homes = homes(config, roll);
    boolean isRebalanced = transfers.isRebalanced(config.physicalName());
    Placement.Plan plan = placement.plan(config.physicalName(), roll.candidates());
    Map<String, Integer> removals = new HashMap<>();
    int changeCount = 0;
    Map<Integer, SegmentRecord> newest =
        config.keys().isPresent() ? SegmentRecord.newest(all) : Map.of();
    for (SegmentRecord record : newestFirst(all, newest.values())) {
      SegmentKey key = record.key();
      Set<String> whole = wholePartition(record, newest, placement, roll);
      Assignment wanted = wanted(record);
      Map<String, Assignment> present = placement.of(key);
      Optional<List<Set<String>>> own = homes.map(known -> known.of(record.name(), record.scope()));
      boolean changed = false;
      for (String server : chosen(config, key, whole, own, roll, placement, plan)) {
        if (!wanted.equals(present.get(server))
            && (present.containsKey(server)
                || present.isEmpty()
                || mayTransfer(config, record, server))) {
          changes.computeIfAbsent(server, name -> new HashMap<>()).put(key, Optional.of(wanted));
          changeCount++;
          changed = true;
        }
      }
      if (record.arriving() || changed && !present.isEmpty() && !record.isConsuming()) {
        var _ = arrivals.await(key, record.crc());
      }
      if (!changed && !isRebalanced) {
        Map<String, Replica> replicas = held.getOrDefault(key.segment(), Map.of());
        for (String server :
            own.isPresent()
                ? ServerChoice.surplusInGroups(
                    placement, key, record.crc(), own.get(), roll, replicas, whole)
                : servers.surplus(
                    placement, key, record.crc(), config, roll, replicas, removals, whole)) {
          changes.computeIfAbsent(server, name -> new HashMap<>()).put(key, Optional.empty());
          removals.merge(server, 1, Integer::sum);
          changeCount++;
        }
      }
      // Others of its partition go where it goes.
      if (newest.containsValue(record) || changeCount >= WRITE_BATCH) {
        write(config, changes, placement);
        changes.clear();
        removals.clear();
        changeCount = 0;
      }
    }
    write(config, changes, placement);
  }

  /// @param whole servers of the segment's partition, if it goes where others go
  /// @param homes of the segment, if the table has replica groups
  private Set<String> chosen(
      TableConfig config,
      SegmentKey key,
      Set<String> whole,
      Optional<List<Set<String>>> homes,
      Roll roll,
      Placement placement,
      Placement.Plan plan) {
    Set<String> present = placement.of(key).keySet();
    if (!whole.isEmpty()) {
      return union(present, whole);
    }
    if (homes.isEmpty()) {
      return servers.choose(placement, key, config, roll, plan);
    }
    // A rebalance brings what is there to its new groups, each to a place that it has chosen.
    return transfers.isRebalanced(config.physicalName()) && !present.isEmpty()
        ? present
        : servers.inGroups(placement, key, homes.get(), roll, plan);
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(others);
    return all;
  }

  /// Those that others of their partitions go after come first.
  private static Collection<SegmentRecord> newestFirst(
      Collection<SegmentRecord> all, Collection<SegmentRecord> newest) {
    Set<SegmentRecord> ordered = new LinkedHashSet<>(newest);
    ordered.addAll(all);
    return ordered;
  }

  /// The servers that should have all segments of a partition with keys: those of the newest.
  ///
  /// @return empty if the segment is placed by itself
  private static Set<String> wholePartition(
      SegmentRecord record, Map<Integer, SegmentRecord> newest, Placement placement, Roll roll) {
    Optional<SegmentRecord> leading =
        record.stream()
            .map(range -> newest.get(range.partition()))
            .filter(last -> !last.equals(record));
    Set<String> holders = new TreeSet<>();
    leading.ifPresent(last -> holders.addAll(placement.of(last.key()).keySet()));
    holders.retainAll(roll.candidates());
    return holders;
  }

  /// Whether a further replica may be loaded now. What nobody can query yet does not wait, nor does
  /// a stream.
  private boolean mayTransfer(TableConfig config, SegmentRecord record, String server) {
    return config.isDimension()
        || record.arriving()
        || record.isConsuming()
        || transfers.begin(record.key(), server);
  }

  private static void write(
      TableConfig config,
      Map<String, Map<SegmentKey, Optional<Assignment>>> changes,
      Placement placement) {
    if (!changes.isEmpty()) {
      LOG.info("Changing the assignment of {} on {}", config.physicalName(), changes.keySet());
      placement.write(changes);
    }
  }

  /// Removes all segments of a table that has no config: first from the records, so that no query
  /// expects them, then from the servers, then from the deep store. Only a leader whose term is not
  /// over can, and only records that it knows: a table of the same name may have been made since.
  ///
  /// @return how many there were
  int removeAll(String physicalTable, Placement placement) {
    var found = records.findAll(physicalTable).values();
    // Records are younger than their tables, so no table is overlooked here.
    if (tables.find(physicalTable).isPresent()) {
      return 0;
    }
    List<SegmentRecord> gone = records.delete(found, OptionalLong.of(placement.epoch()));
    placement.unassign(placement.segments(physicalTable));
    gone.forEach(record -> arrivals.forget(record.key()));
    trash.discard(physicalTable, gone.stream().map(SegmentRecord::downloadUrl).toList());
    return gone.size();
  }

  /// Deletes a table's config and all its segments.
  public void deleteTable(TableConfig config) {
    Placement placement = leadership.requireTerm();
    try (TableLocks.Held _ = locks.wholeTable(config.physicalName())) {
      tables.delete(config);
      int count = removeAll(config.physicalName(), placement);
      LOG.info("Deleted table {} with {} segments", config.physicalName(), count);
    }
  }

  /// Deletes one segment.
  ///
  /// @return false if there is none
  public boolean deleteSegment(SegmentKey key) {
    return deleteSegment(key, record -> true);
  }

  /// Deletes one segment if its record, as it is now, is still to go.
  ///
  /// @return false if there is none, or it is to stay
  public boolean deleteSegment(SegmentKey key, Predicate<SegmentRecord> isToGo) {
    Placement placement = leadership.requireTerm();
    try (TableLocks.Held _ = locks.changeSegment(key.table(), key.segment())) {
      while (true) {
        Optional<Versioned<SegmentRecord>> found = records.find(key);
        if (found.isEmpty() || !isToGo.test(found.get().value())) {
          return false;
        }
        if (records.delete(List.of(found.get()), OptionalLong.of(placement.epoch())).isEmpty()) {
          continue;
        }
        placement.unassign(List.of(key));
        arrivals.forget(key);
        trash.discard(key.table(), List.of(found.get().value().downloadUrl()));
        LOG.info("Deleted segment {}", key);
        return true;
      }
    }
  }

  @Override
  public void close() {
    for (AutoCloseable watch : watches) {
      try {
        watch.close();
      } catch (Exception e) {
        LOG.debug("A watch could not be closed", e);
      }
    }
    passes.shutdownNow();
    checks.shutdownNow();
    records.keepWatching(Set.of());
  }
}
