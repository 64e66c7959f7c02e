package io.cuvee.controller.rebalance;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Attendance;
import io.cuvee.controller.placement.Attendance.Roll;
import io.cuvee.controller.placement.Balance;
import io.cuvee.controller.placement.GroupLayout;
import io.cuvee.controller.placement.GroupStore;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.SegmentHomes;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.placement.Transfers;
import io.cuvee.controller.rebalance.RebalanceJob.Status;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves segments while this controller leads, a few at a time: a segment is loaded at its new
/// servers before the old ones let go of it. Jobs and their moves are in the metadata, so a new
/// leader goes on where the last one was. Thread-safe.
public final class Rebalancer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rebalancer.class);

  private static final long SETTLE_MILLIS = 20;
  private static final long TICK_MILLIS = 1000;

  /// Moves of one job that are looked at together.
  private static final int MAX_ACTIVE = 256;

  private final ClusterState cluster;
  private final Tables tables;
  private final Records records;
  private final TableLocks locks;
  private final Leadership leadership;
  private final Attendance attendance;
  private final Transfers transfers;
  private final Reconciler reconciler;
  private final RebalanceStore store;
  private final GroupStore groupStore;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("controller-rebalance").factory());
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private @Nullable AutoCloseable watch;

  /// The jobs of this term, by table. Guarded by this.
  private final Map<String, Running> running = new HashMap<>();

  /// A plan, and what became of it.
  ///
  /// @param job absent if nothing was begun
  /// @param target the servers of all segments of the table when it is done
  /// @param groups the table's replica groups when it is done, if it has any
  public record Planned(
      Optional<RebalanceJob> job,
      List<Move> moves,
      NavigableMap<String, Set<String>> target,
      Optional<ReplicaGroups> groups) {}

  /// A job with how far it is.
  ///
  /// @param remaining moves that are not done
  public record Progress(RebalanceJob job, int remaining, List<Move> moves) {}

  public Rebalancer(
      ClusterState cluster,
      Tables tables,
      Records records,
      TableLocks locks,
      Leadership leadership,
      Attendance attendance,
      Transfers transfers,
      Reconciler reconciler) {
    this.cluster = cluster;
    this.tables = tables;
    this.records = records;
    this.locks = locks;
    this.leadership = leadership;
    this.attendance = attendance;
    this.transfers = transfers;
    this.reconciler = reconciler;
    this.store = new RebalanceStore(cluster.metadata());
    this.groupStore = new GroupStore(cluster.metadata());
  }

  /// Begins to watch what servers hold.
  public void start() {
    watch = cluster.watchServingView(view -> requestStep());
    var _ =
        executor.scheduleWithFixedDelay(
            this::step, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Takes up the jobs that the last leader left.
  public void termBegan() {
    synchronized (this) {
      running.keySet().forEach(table -> transfers.rebalances(table, false));
      running.clear();
    }
    for (RebalanceJob job : store.all()) {
      if (job.isRunning()) {
        LOG.info("Going on with rebalance {} of {}", job.id(), job.table());
        run(job, store.moves(job));
      }
    }
    requestStep();
  }

  private void requestStep() {
    synchronized (this) {
      if (running.isEmpty()) {
        return;
      }
    }
    if (scheduled.compareAndSet(false, true)) {
      try {
        var _ =
            executor.schedule(
                () -> {
                  scheduled.set(false);
                  step();
                },
                SETTLE_MILLIS,
                TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("Closed already", e);
      }
    }
  }

  /// What a rebalance would do now.
  public Planned plan(TableConfig config, RebalanceOptions options) {
    Placement placement = leadership.requireTerm();
    String table = config.physicalName();
    NavigableMap<String, Set<String>> holders = new TreeMap<>();
    Map<String, SegmentScope> scopes = new HashMap<>();
    for (SegmentRecord record : records.all(table).values()) {
      // Those that consume go where their successors begin.
      if (!record.isConsuming()) {
        holders.put(record.name(), placement.of(record.key()).keySet());
        scopes.put(record.name(), record.scope());
      }
    }
    // Dimension tables are on all servers anyway; a partition with keys is as a whole where it is
    // consumed.
    if (config.isDimension() || config.keys().isPresent()) {
      return new Planned(Optional.empty(), List.of(), holders, Optional.empty());
    }
    Roll roll = attendance.roll(placement.servers());
    if (config.replicaGroups().isPresent()) {
      ReplicaGroups groups =
          GroupLayout.arrange(table, config.replicaGroups().get(), groupStore.find(table), roll);
      NavigableMap<String, Set<String>> target =
          inGroups(
              holders,
              scopes,
              new SegmentHomes(config.replicaGroups().get(), groups),
              options.bootstrap());
      return new Planned(
          Optional.empty(), Move.between(holders, target), target, Optional.of(groups));
    }
    Set<String> servers = new TreeSet<>(roll.expected());
    if (servers.isEmpty()) {
      throw new CuveeException(
          ErrorCode.DATA_UNAVAILABLE,
          "No server can take segments of table '"
              + table
              + "'. Start one, or enable one with PUT /instances/{name}/state?state=ENABLE.");
    }
    NavigableMap<String, Set<String>> target =
        options.bootstrap()
            ? Balance.fromScratch(holders.keySet(), servers, config.replication())
            : Balance.withFewMoves(holders, servers, config.replication());
    return new Planned(Optional.empty(), Move.between(holders, target), target, Optional.empty());
  }

  /// Each group has each segment once, and the segments of each set of servers are spread evenly.
  static NavigableMap<String, Set<String>> inGroups(
      NavigableMap<String, Set<String>> holders,
      Map<String, SegmentScope> scopes,
      SegmentHomes homes,
      boolean fromScratch) {
    Map<Set<String>, NavigableMap<String, Set<String>>> byHome = new LinkedHashMap<>();
    holders.forEach((segment, servers) -> {
      for (Set<String> home :
          homes.of(segment, scopes.getOrDefault(segment, SegmentScope.UNKNOWN))) {
        byHome.computeIfAbsent(home, set -> new TreeMap<>()).put(segment, servers);
      }
    });
    NavigableMap<String, Set<String>> target = new TreeMap<>();
    byHome.forEach((home, segments) ->
        (fromScratch
                ? Balance.fromScratch(segments.keySet(), home, 1)
                : Balance.withFewMoves(segments, home, 1))
            .forEach((segment, servers) ->
                target.computeIfAbsent(segment, name -> new TreeSet<>()).addAll(servers)));
    return target;
  }

  /// Plans a rebalance and begins it, if anything has to move.
  ///
  /// @throws CuveeException `CONFLICT` if the table is being rebalanced
  public synchronized Planned begin(TableConfig config, RebalanceOptions options) {
    refuseSecond(config.physicalName());
    Planned planned = plan(config, options);
    if (planned.moves().isEmpty()) {
      planned.groups().ifPresent(groups -> groupStore.replace(config.physicalName(), groups));
      return planned;
    }
    // Nobody shall move segments to the new groups before the job does.
    transfers.rebalances(config.physicalName(), true);
    try {
      planned.groups().ifPresent(groups -> groupStore.replace(config.physicalName(), groups));
      return new Planned(
          Optional.of(begin(config.physicalName(), planned.moves(), options)),
          planned.moves(),
          planned.target(),
          planned.groups());
    } finally {
      if (!running.containsKey(config.physicalName())) {
        transfers.rebalances(config.physicalName(), false);
      }
    }
  }

  /// Begins to move back what the newest rebalance of the table has moved.
  ///
  /// @throws CuveeException `NOT_FOUND` if there was none, `CONFLICT` if it still runs, or if a
  ///   server that would have to take segments is out of service
  public synchronized RebalanceJob undo(TableConfig config) {
    Placement placement = leadership.requireTerm();
    String table = config.physicalName();
    RebalanceJob last =
        store
            .find(table)
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.NOT_FOUND, "Table '" + table + "' has not been rebalanced."));
    refuseSecond(table);
    if (config.replicaGroups().isPresent()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + table
              + "' has replica groups, which its segments follow: a rebalance of it cannot be taken"
              + " back. Change instanceAssignmentConfigMap or the servers, and rebalance again.");
    }
    Set<String> expected = attendance.roll(placement.servers()).expected();
    Set<String> known = new HashSet<>(records.names(table));
    List<Move> back = new ArrayList<>();
    for (Move move : store.moves(last)) {
      Set<String> present = placement.of(new SegmentKey(table, move.segment())).keySet();
      if (!known.contains(move.segment()) || move.from().isEmpty() || present.equals(move.from())) {
        continue;
      }
      for (String server : move.removed()) {
        if (!expected.contains(server)) {
          throw new CuveeException(
              ErrorCode.CONFLICT,
              "Server '"
                  + server
                  + "' would get back segment '"
                  + move.segment()
                  + "', but is out of service. Start or enable it first.");
        }
      }
      back.add(new Move(move.segment(), present, move.from()));
    }
    if (back.isEmpty()) {
      throw new CuveeException(
          ErrorCode.CONFLICT, "Rebalance " + last.id() + " has moved nothing that could go back.");
    }
    return begin(table, back, last.options());
  }

  private void refuseSecond(String table) {
    Running present = running.get(table);
    if (present != null) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Table '"
              + table
              + "' is being rebalanced by job "
              + present.job.id()
              + ". Wait for it, or cancel it with DELETE /tables/"
              + table
              + "/rebalance.");
    }
  }

  private RebalanceJob begin(String table, List<Move> moves, RebalanceOptions options) {
    RebalanceJob job =
        new RebalanceJob(
            UUID.randomUUID().toString(),
            table,
            Status.IN_PROGRESS,
            options,
            moves.size(),
            System.currentTimeMillis(),
            0,
            "");
    store.create(job, moves);
    LOG.info("Rebalance {} of {} moves {} segments", job.id(), table, moves.size());
    run(job, moves);
    requestStep();
    return job;
  }

  private synchronized void run(RebalanceJob job, List<Move> moves) {
    transfers.rebalances(job.table(), true);
    running.put(job.table(), new Running(job, moves));
  }

  /// Ends a table's rebalance; what has moved stays where it is.
  ///
  /// @return the job; empty if none runs
  public synchronized Optional<RebalanceJob> cancel(String table) {
    leadership.requireTerm();
    Running present = running.get(table);
    if (present == null) {
      return Optional.empty();
    }
    end(present, Status.CANCELLED, "Cancelled with " + present.left() + " segments to move.");
    return Optional.of(present.job);
  }

  /// A job, by its id.
  public Optional<Progress> find(String id) {
    return store.all().stream().filter(job -> job.id().equals(id)).findFirst().map(this::progress);
  }

  /// The newest job of a table.
  public Optional<Progress> newest(String table) {
    return store.find(table).map(this::progress);
  }

  /// Told from what servers hold, so that every controller can.
  private Progress progress(RebalanceJob job) {
    List<Move> moves = store.moves(job);
    ServingView view = cluster.servingView();
    Set<String> present = new HashSet<>(records.names(job.table()));
    int remaining = 0;
    for (Move move : moves) {
      Set<String> holders =
          view.replicas(job.table()).getOrDefault(move.segment(), Map.of()).keySet();
      boolean done =
          holders.containsAll(move.to()) && move.removed().stream().noneMatch(holders::contains);
      if (!done && present.contains(move.segment())) {
        remaining++;
      }
    }
    return new Progress(job, job.status() == Status.DONE ? 0 : remaining, moves);
  }

  /// Brings all jobs as far as they get.
  private void step() {
    List<Running> jobs;
    synchronized (this) {
      jobs = List.copyOf(running.values());
    }
    Optional<Placement> term = leadership.term();
    for (Running job : jobs) {
      try {
        if (term.isPresent()) {
          advance(job, term.get());
        }
      } catch (RuntimeException e) {
        LOG.warn(
            "Rebalance {} of {} could not go on; next time again: {}",
            job.job.id(),
            job.job.table(),
            e.toString());
      }
    }
  }

  private void advance(Running job, Placement placement) {
    if (!tables.configs().containsKey(job.job.table())) {
      store.delete(job.job.table());
      forget(job);
      return;
    }
    ServingView view = cluster.servingView();
    boolean moved = false;
    for (Move move : job.next(MAX_ACTIVE)) {
      if (isStopped(job)) {
        return;
      }
      moved |= advance(job, move, placement, view);
    }
    if (moved) {
      job.movedNanos = System.nanoTime();
    }
    synchronized (this) {
      if (job.left() == 0) {
        end(job, Status.DONE, "Moved " + job.job.moves() + " segments.");
      } else if (System.nanoTime() - job.movedNanos > job.job.options().stallTimeout().toNanos()) {
        end(
            job,
            Status.FAILED,
            "Nothing has moved for "
                + job.job.options().stallTimeout().toSeconds()
                + " s; "
                + job.left()
                + " segments are still to move. GET /tables/"
                + job.job.table()
                + "/externalview tells which servers do not load them.");
      }
    }
    if (moved) {
      requestStep();
    }
  }

  private synchronized boolean isStopped(Running job) {
    return running.get(job.job.table()) != job;
  }

  /// @return whether anything has changed
  private boolean advance(Running job, Move move, Placement placement, ServingView view) {
    SegmentKey key = new SegmentKey(job.job.table(), move.segment());
    RebalanceOptions options = job.job.options();
    try (TableLocks.Held _ = locks.changeSegment(key.table(), key.segment())) {
      var record = records.find(key);
      if (record.isEmpty()) {
        job.done(move);
        return true;
      }
      long crc = record.get().value().crc();
      Set<String> present = placement.of(key).keySet();
      Set<String> added = new TreeSet<>();
      for (String server : move.to()) {
        if (!present.contains(server) && (options.downtime() || transfers.begin(key, server))) {
          added.add(server);
        }
      }
      if (!added.isEmpty()) {
        placement.assign(key, added, crc);
      }
      var replicas = view.replicas(key.table()).getOrDefault(key.segment(), Map.of());
      long loaded =
          move.to().stream().filter(server -> Transfers.holds(replicas.get(server), crc)).count();
      Set<String> obsolete = new TreeSet<>(move.removed());
      obsolete.retainAll(present);
      if (loaded >= options.required(move.to().size())) {
        obsolete.forEach(server -> placement.unassign(server, List.of(key)));
        if (loaded == move.to().size()) {
          job.done(move);
          return true;
        }
        return !added.isEmpty() || !obsolete.isEmpty();
      }
      return !added.isEmpty();
    }
  }

  private void end(Running job, Status status, String message) {
    RebalanceJob ended = job.job.ended(status, message, System.currentTimeMillis());
    if (!store.update(ended)) {
      LOG.warn("Rebalance {} of {} is no longer in the metadata", ended.id(), ended.table());
    }
    LOG.info("Rebalance {} of {} is {}: {}", ended.id(), ended.table(), status, message);
    job.job = ended;
    forget(job);
  }

  private synchronized void forget(Running job) {
    if (running.remove(job.job.table(), job)) {
      transfers.rebalances(job.job.table(), false);
      // Replicas too many, if it was cancelled, can go now.
      reconciler.requestPass();
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    if (watch != null) {
      try {
        watch.close();
      } catch (Exception e) {
        LOG.debug("A watch could not be closed", e);
      }
    }
  }

  /// A job of this term.
  private static final class Running {
    private volatile RebalanceJob job;
    private volatile long movedNanos = System.nanoTime();

    /// Guarded by this.
    private final Map<String, Move> left = new TreeMap<>();

    Running(RebalanceJob job, List<Move> moves) {
      this.job = job;
      moves.forEach(move -> left.put(move.segment(), move));
    }

    synchronized List<Move> next(int limit) {
      return left.values().stream().limit(limit).toList();
    }

    synchronized void done(Move move) {
      left.remove(move.segment());
    }

    synchronized int left() {
      return left.size();
    }
  }
}
