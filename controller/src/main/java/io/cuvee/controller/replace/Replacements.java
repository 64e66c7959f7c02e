package io.cuvee.controller.replace;

import io.cuvee.cluster.state.Replacement;
import io.cuvee.cluster.state.Replacement.State;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Arrivals;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replaces segments by others, all at once: it begins, the new segments are uploaded and loaded
/// without being seen, it ends, and from then on queries see them and no longer the old ones. What
/// makes it so is one text of the metadata, see [Replacement]. Until the old segments are deleted,
/// it can be taken back. Thread-safe.
public final class Replacements {
  private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);

  /// By how much readers of the metadata may differ in what they have seen, at most.
  private static final Duration SETTLE_TIME = Duration.ofSeconds(10);

  /// How long the name of a replacement is remembered, for those who come too late.
  private static final Duration MEMORY = Duration.ofDays(1);

  private static final int MAX_SEGMENTS = 10_000;

  private final Tables tables;
  private final Records records;
  private final ReplacementStore store;
  private final TableLocks locks;
  private final Leadership leadership;
  private final Arrivals arrivals;
  private final Reconciler reconciler;
  private final Duration timeout;
  private final Duration retention;

  /// @param timeout after which a replacement that was begun is taken back
  /// @param retention how long old segments stay, so that it can be taken back
  public Replacements(
      Tables tables,
      Records records,
      ReplacementStore store,
      TableLocks locks,
      Leadership leadership,
      Arrivals arrivals,
      Reconciler reconciler,
      Duration timeout,
      Duration retention) {
    this.tables = tables;
    this.records = records;
    this.store = store;
    this.locks = locks;
    this.leadership = leadership;
    this.arrivals = arrivals;
    this.reconciler = reconciler;
    this.timeout = timeout;
    this.retention = retention;
  }

  /// All that are known of a table, oldest first.
  public List<Replacement> all(TableConfig config) {
    return store.all(config.physicalName()).values().stream()
        .map(Versioned::value)
        .sorted(Comparator.comparingLong(Replacement::startedMillis))
        .toList();
  }

  /// Begins.
  ///
  /// @param from segments that the table has; may be empty
  /// @param to names that it does not have; may be empty
  /// @param force whether others under way that have one of these segments are taken back
  /// @return its id
  /// @throws CuveeException `INVALID_INPUT`, `NOT_FOUND`, `ALREADY_EXISTS`, `CONFLICT` with another
  ///   replacement
  public String start(
      TableConfig config, Collection<String> from, Collection<String> to, boolean force) {
    String table = config.physicalName();
    check(from, to);
    try (TableLocks.Held _ = locks.wholeTable(table)) {
      Placement term = leadership.requireTerm();
      var _ = tables.offline(table);
      for (Versioned<Replacement> other : store.all(table).values()) {
        makeWay(config, other, from, to, force, term);
      }
      Map<String, SegmentRecord> present = records.all(table);
      Map<String, Long> old = new HashMap<>();
      for (String name : from) {
        SegmentRecord record = present.get(name);
        if (record == null) {
          throw new CuveeException(
              ErrorCode.NOT_FOUND,
              "segmentsFrom names '" + name + "', which table '" + table + "' does not have.");
        }
        old.put(name, record.crc());
      }
      Map<String, Long> young = new HashMap<>();
      for (String name : to) {
        if (present.containsKey(name)) {
          throw new CuveeException(
              ErrorCode.ALREADY_EXISTS,
              "segmentsTo names '"
                  + name
                  + "', which table '"
                  + table
                  + "' has already. Give the new segment another name.");
        }
        young.put(name, 0L);
      }
      long now = System.currentTimeMillis();
      Replacement begun =
          new Replacement(
              UUID.randomUUID().toString(), State.IN_PROGRESS, old, young, now, now, false);
      if (!store.put(table, begun, Optional.empty(), Optional.empty(), term.epoch())) {
        throw changed(begun.id());
      }
      LOG.info(
          "Began the replacement {} of {} segments of {} by {}",
          begun.id(),
          from.size(),
          table,
          to.size());
      return begun.id();
    }
  }

  private static void check(Collection<String> from, Collection<String> to) {
    if (from.isEmpty() && to.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Neither segmentsFrom nor segmentsTo names a segment; nothing would be replaced.");
    }
    if (from.size() > MAX_SEGMENTS || to.size() > MAX_SEGMENTS) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "At most " + MAX_SEGMENTS + " segments are replaced at once. Do it in several steps.");
    }
    if (!Collections.disjoint(from, to)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "A segment is both in segmentsFrom and in segmentsTo. Give the new segments new names.");
    }
  }

  /// Sees to it that another replacement does not stand in the way, or says that it does.
  private void makeWay(
      TableConfig config,
      Versioned<Replacement> other,
      Collection<String> from,
      Collection<String> to,
      boolean force,
      Placement term) {
    Replacement known = other.value();
    boolean replacesOld = !Collections.disjoint(known.from().keySet(), from);
    boolean replacesNew = !Collections.disjoint(known.to().keySet(), from);
    boolean sameNames = !Collections.disjoint(known.to().keySet(), to);
    if (known.settled() || !replacesOld && !replacesNew && !sameNames) {
      return;
    }
    switch (known.state()) {
      case IN_PROGRESS -> {
        if (!force) {
          throw inTheWay(known, "End it or take it back first, or say forceCleanup=true.");
        }
        moveTo(config, other, State.REVERTED, known.to(), Optional.empty(), term);
        if (sameNames || replacesNew) {
          deleteHidden(config.physicalName(), known.in(State.REVERTED, known.to(), 0));
        }
      }
      case COMPLETED -> {
        if (replacesOld || sameNames) {
          throw inTheWay(known, "Queries do not see its old segments any more.");
        }
        // What is replaced now cannot be taken back to what was before.
        deleteHidden(config.physicalName(), known);
      }
      case REVERTED -> {
        if (sameNames || replacesNew) {
          throw inTheWay(known, "Its new segments are being deleted. Use other names.");
        }
      }
    }
  }

  private static CuveeException inTheWay(Replacement known, String advice) {
    return new CuveeException(
        ErrorCode.CONFLICT,
        "The replacement "
            + known.id()
            + ", which is "
            + known.state()
            + ", has some of these segments. "
            + advice);
  }

  private static CuveeException changed(String id) {
    return new CuveeException(
        ErrorCode.CONFLICT, "The replacement " + id + " was changed meanwhile. Try again.");
  }

  private Versioned<Replacement> require(TableConfig config, String id) {
    return store
        .find(config.physicalName(), id)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.NOT_FOUND,
                "Table '" + config.physicalName() + "' has no replacement '" + id + "'."));
  }

  /// Ends: from now on queries see the new segments. Again, it changes nothing.
  ///
  /// @param kept those of the new segments that there are, if it is not all that it began with
  /// @param moved what is noted with it, if the new segments have rows of the REALTIME half
  /// @param patience how long servers may take to load the new segments
  /// @throws CuveeException `CONFLICT` if what was moved has changed, or a segment is not there, or
  ///   one of the old ones has changed since it began, or it was taken back; `DATA_UNAVAILABLE` if
  ///   servers do not load one in time
  public Ended end(
      TableConfig config,
      String id,
      Optional<Set<String>> kept,
      Optional<MovedRows.Step> moved,
      Duration patience) {
    String table = config.physicalName();
    Replacement begun = require(config, id).value();
    Set<String> to = kept.orElse(begun.to().keySet());
    if (!begun.to().keySet().containsAll(to)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "segmentsTo names segments that the replacement " + id + " did not begin with.");
    }
    if (begun.state() == State.IN_PROGRESS) {
      awaitLoaded(table, to, patience);
    }
    try (TableLocks.Held _ = locks.wholeTable(table)) {
      Placement term = leadership.requireTerm();
      Versioned<Replacement> present = require(config, id);
      switch (present.value().state()) {
        case IN_PROGRESS -> complete(config, present, to, moved, term);
        case REVERTED ->
            throw new CuveeException(
                ErrorCode.CONFLICT, "The replacement " + id + " was taken back. Begin a new one.");
        case COMPLETED -> {}
      }
      return new Ended(one(table, to), one(table, begun.from().keySet()));
    }
  }

  /// What a reader sees who knows that a replacement has ended.
  ///
  /// @param seen one of the new segments, if there are any
  /// @param gone one of the old ones, if there are any
  public record Ended(Optional<SegmentKey> seen, Optional<SegmentKey> gone) {}

  private static Optional<SegmentKey> one(String table, Collection<String> names) {
    return names.stream().findFirst().map(name -> new SegmentKey(table, name));
  }

  private void awaitLoaded(String table, Set<String> to, Duration patience) {
    Map<SegmentKey, CompletableFuture<Arrivals.Outcome>> awaited = new LinkedHashMap<>();
    for (String name : to) {
      SegmentRecord record = requireNew(table, name);
      awaited.put(record.key(), arrivals.await(record.key(), record.crc()));
    }
    reconciler.requestCheck();
    long end = System.nanoTime() + patience.toNanos();
    awaited.forEach((key, loaded) -> {
      String problem;
      try {
        Arrivals.Outcome outcome = loaded.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (outcome.loaded()) {
          return;
        }
        problem = outcome.problem();
      } catch (TimeoutException e) {
        problem = arrivals.describe(key, leadership.requireTerm());
      } catch (ExecutionException e) {
        throw CuveeException.of(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Interrupted while waiting.", e);
      }
      throw new CuveeException(
          ErrorCode.DATA_UNAVAILABLE,
          "Segment '"
              + key.segment()
              + "' is not loaded ("
              + problem
              + "), so nothing was replaced. End the replacement again, or take it back.");
    });
  }

  private SegmentRecord requireNew(String table, String name) {
    return records
        .find(new SegmentKey(table, name))
        .map(Versioned::value)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.CONFLICT,
                "Segment '" + name + "' of segmentsTo was not uploaded, or deleted meanwhile."));
  }

  private void complete(
      TableConfig config,
      Versioned<Replacement> begun,
      Set<String> to,
      Optional<MovedRows.Step> moved,
      Placement term) {
    String table = config.physicalName();
    begun
        .value()
        .from()
        .forEach((name, crc) -> {
          if (!isStill(table, name, crc)) {
            throw new CuveeException(
                ErrorCode.CONFLICT,
                "Segment '"
                    + name
                    + "' of segmentsFrom was changed or deleted since the replacement "
                    + begun.value().id()
                    + " began. Take that back and begin anew.");
          }
        });
    Map<String, Long> young = new HashMap<>();
    for (String name : begun.value().to().keySet()) {
      if (to.contains(name)) {
        young.put(name, requireNew(table, name).crc());
      } else if (records.find(new SegmentKey(table, name)).isPresent()) {
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "Segment '" + name + "' was uploaded, but segmentsTo leaves it out. Delete it first.");
      }
    }
    moveTo(config, begun, State.COMPLETED, young, moved, term);
  }

  private boolean isStill(String table, String name, long crc) {
    return records
        .find(new SegmentKey(table, name))
        .filter(record -> record.value().crc() == crc)
        .isPresent();
  }

  private void moveTo(
      TableConfig config,
      Versioned<Replacement> before,
      State state,
      Map<String, Long> to,
      Optional<MovedRows.Step> moved,
      Placement term) {
    Replacement next = before.value().in(state, to, System.currentTimeMillis());
    if (!store.put(config.physicalName(), next, Optional.of(before), moved, term.epoch())) {
      throw changed(next.id());
    }
    LOG.info("The replacement {} of segments of {} is {}", next.id(), config.physicalName(), state);
  }

  /// Takes a replacement back: queries see the old segments, and the new ones are deleted. Again,
  /// it changes nothing.
  ///
  /// @param force whether it may be under way
  /// @throws CuveeException `CONFLICT` if that cannot be done any more
  public void revert(TableConfig config, String id, boolean force) {
    String table = config.physicalName();
    try (TableLocks.Held _ = locks.wholeTable(table)) {
      Placement term = leadership.requireTerm();
      Versioned<Replacement> present = require(config, id);
      Replacement known = present.value();
      switch (known.state()) {
        case REVERTED -> {
          return;
        }
        case IN_PROGRESS -> {
          if (!force) {
            throw new CuveeException(
                ErrorCode.CONFLICT,
                "The replacement "
                    + id
                    + " is under way. Take it back with forceRevert=true if nobody ends it.");
          }
        }
        case COMPLETED -> checkOldIsWhole(table, known);
      }
      moveTo(config, present, State.REVERTED, known.to(), Optional.empty(), term);
    }
  }

  private void checkOldIsWhole(String table, Replacement known) {
    if (known.to().keySet().stream()
        .flatMap(name -> records.find(new SegmentKey(table, name)).stream())
        .anyMatch(record -> record.value().marks().containsKey(MovedRows.TASK))) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "The replacement "
              + known.id()
              + " has rows that were moved from the REALTIME half, which would be in neither half.");
    }
    boolean isReplacedAgain =
        store.all(table).values().stream()
            .map(Versioned::value)
            .anyMatch(other ->
                other.state() != State.REVERTED
                    && !Collections.disjoint(other.from().keySet(), known.to().keySet()));
    boolean isWhole =
        known.from().entrySet().stream()
            .allMatch(old -> isStill(table, old.getKey(), old.getValue()));
    boolean isSame =
        known.to().entrySet().stream()
            .allMatch(young -> isStill(table, young.getKey(), young.getValue()));
    if (known.settled() || isReplacedAgain || !isWhole || !isSame) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "The replacement "
              + known.id()
              + " cannot be taken back any more: "
              + (isWhole
                  ? "its new segments were changed or replaced since."
                  : "its old segments are deleted."));
    }
  }

  /// Whether there is anything to clean up, now or later.
  public boolean isNeeded() {
    return !store.tables().isEmpty();
  }

  /// Cleans up after replacements that were abandoned, taken back or completed.
  ///
  /// @param now by two clocks
  public void sweep(Instant now) {
    for (String table : store.tables()) {
      Optional<Placement> term = leadership.term();
      if (term.isEmpty()) {
        return;
      }
      Optional<TableConfig> config = Optional.ofNullable(tables.configs().get(table));
      try {
        for (Versioned<Replacement> each : store.all(table).values()) {
          if (config.isPresent()) {
            sweep(config.get(), each, now, term.get());
          }
        }
        if (config.isEmpty()) {
          forget(table);
        }
      } catch (CuveeException e) {
        LOG.warn("Replaced segments of {} stay for now: {}", table, e.getMessage());
      }
    }
  }

  private void forget(String table) {
    try (TableLocks.Held _ = locks.wholeTable(table)) {
      if (!tables.configs().containsKey(table)) {
        store.deleteAll(table);
      }
    }
  }

  private void sweep(TableConfig config, Versioned<Replacement> each, Instant now, Placement term) {
    Replacement known = each.value();
    String table = config.physicalName();
    Duration age = Duration.between(Instant.ofEpochMilli(known.changedMillis()), now);
    if (known.settled()) {
      if (age.compareTo(MEMORY) > 0) {
        store.delete(table, each, term.epoch());
      }
      return;
    }
    boolean isDue =
        switch (known.state()) {
          case IN_PROGRESS -> age.compareTo(timeout) > 0;
          case COMPLETED -> age.compareTo(SETTLE_TIME) > 0 && age.compareTo(retention) > 0;
          case REVERTED -> age.compareTo(SETTLE_TIME) > 0;
        };
    if (!isDue) {
      return;
    }
    if (known.state() == State.IN_PROGRESS) {
      LOG.warn("The replacement {} of segments of {} was abandoned", known.id(), table);
      revert(config, known.id(), true);
    } else if (!deleteHidden(table, known) && !show(table, known)) {
      // Not before all that was done has been there for a while, so that no reader of the metadata
      // hears of this first.
      var _ =
          store.put(
              table,
              known.asSettled(now.toEpochMilli()),
              Optional.of(each),
              Optional.empty(),
              term.epoch());
    }
  }

  /// Deletes the segments of a replacement that queries do not see.
  ///
  /// @return whether there were any
  private boolean deleteHidden(String table, Replacement known) {
    boolean found = false;
    var hidden = known.state() == State.COMPLETED ? known.from() : known.to();
    for (String name : hidden.keySet()) {
      found |= reconciler.deleteSegment(new SegmentKey(table, name), record -> isIn(table, known));
    }
    return found;
  }

  /// Whether it is still as it was; nobody changes that while a segment of the table is being
  /// changed.
  private boolean isIn(String table, Replacement known) {
    return store
        .find(table, known.id())
        .filter(present -> present.value().state() == known.state() && !present.value().settled())
        .isPresent();
  }

  /// The new segments of a completed replacement need it no longer to be seen.
  ///
  /// @return whether there were any that did
  private boolean show(String table, Replacement known) {
    boolean found = false;
    if (known.state() == State.COMPLETED) {
      for (String name : known.to().keySet()) {
        try (TableLocks.Held _ = locks.changeSegment(table, name)) {
          Optional<Versioned<SegmentRecord>> record = records.find(new SegmentKey(table, name));
          if (record.isPresent() && record.get().value().arriving()) {
            records.put(record.get().value().withArriving(false), record);
            found = true;
          }
        }
      }
    }
    return found;
  }

  /// Deletes a segment. If queries see it in place of others, these go first, lest they come back.
  ///
  /// @return false if there is none
  public boolean delete(SegmentKey key) {
    while (true) {
      List<Replacement> completed = completedFor(key);
      completed.forEach(known -> deleteHidden(key.table(), known));
      if (reconciler.deleteSegment(key, record -> completed.containsAll(completedFor(key)))) {
        return true;
      }
      if (records.find(key).isEmpty()) {
        return false;
      }
    }
  }

  private List<Replacement> completedFor(SegmentKey key) {
    return store.all(key.table()).values().stream()
        .map(Versioned::value)
        .filter(known ->
            known.state() == State.COMPLETED
                && !known.settled()
                && known.to().containsKey(key.segment()))
        .toList();
  }
}
