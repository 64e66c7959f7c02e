package io.cuvee.controller.retention;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.controller.audit.StreamChain;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.replace.Replacements;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.table.Trash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes, while this controller leads, segments whose last row is older than their table's
/// retention, segments that others took the place of, objects whose grace is over, and, if asked
/// to, objects that belong to no segment. Whatever is in doubt stays: it is looked at again next
/// time.
public final class Retention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /// By how much this process's clock and the metadata's may differ.
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  /// What was replaced takes twice the space.
  private static final Duration OFTEN = Duration.ofSeconds(20);

  /// No row is older: such a time is a default, or a number in another unit than its format says.
  private static final Instant FIRST_TIME = Instant.parse("1971-01-01T00:00:00Z");

  private final MetadataStore metadata;
  private final Tables tables;
  private final Records records;
  private final Leadership leadership;
  private final Reconciler reconciler;
  private final Replacements replacements;
  private final Trash trash;
  private final Orphans orphans;
  private final Clock clock;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("controller-retention").factory());

  public Retention(
      MetadataStore metadata,
      Tables tables,
      Records records,
      Leadership leadership,
      Reconciler reconciler,
      Replacements replacements,
      Trash trash,
      Orphans orphans,
      Clock clock) {
    this.metadata = metadata;
    this.tables = tables;
    this.records = records;
    this.leadership = leadership;
    this.reconciler = reconciler;
    this.replacements = replacements;
    this.trash = trash;
    this.orphans = orphans;
    this.clock = clock;
  }

  public void start(Duration interval) {
    long millis = interval.toMillis();
    var _ = executor.scheduleWithFixedDelay(this::sweep, millis, millis, TimeUnit.MILLISECONDS);
    long often = Math.min(millis, OFTEN.toMillis());
    var _ =
        executor.scheduleWithFixedDelay(
            this::sweepReplacements, often, often, TimeUnit.MILLISECONDS);
  }

  private void sweepReplacements() {
    try {
      if (leadership.term().isPresent() && replacements.isNeeded()) {
        now().ifPresent(replacements::sweep);
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not clean up after replacements; next time again: {}", e.toString());
    }
  }

  /// Looks once.
  void sweep() {
    if (leadership.term().isEmpty()) {
      orphans.forget();
      return;
    }
    try {
      Optional<Instant> now = now();
      if (now.isEmpty()) {
        return;
      }
      for (TableConfig config : tables.configs().values()) {
        deleteExpired(config, now.get());
      }
      trash.empty(now.get());
      orphans.sweep(now.get());
    } catch (RuntimeException e) {
      LOG.warn("Could not delete all that is due; next time again: {}", e.toString());
    }
  }

  /// The earlier of the times that this process and the metadata tell; empty if one of them must be
  /// wrong, since a clock that is ahead would delete what is young.
  private Optional<Instant> now() {
    Instant own = clock.instant();
    Instant other = metadata.clock();
    if (Duration.between(own, other).abs().compareTo(CLOCK_TOLERANCE) > 0) {
      LOG.warn(
          "Nothing is deleted by age: it is {} by this machine's clock and {} by ZooKeeper's."
              + " Correct the clocks.",
          own,
          other);
      return Optional.empty();
    }
    return Optional.of(own.isBefore(other) ? own : other);
  }

  private void deleteExpired(TableConfig config, Instant now) {
    if (config.retention().isEmpty() || config.timeColumn().isEmpty()) {
      return;
    }
    try {
      Optional<FieldSpec> field = tables.schemaOf(config).field(config.timeColumn().get());
      if (field.isEmpty()) {
        return;
      }
      Instant oldest = now.minus(config.retention().get());
      Predicate<SegmentRecord> isMoved = isMoved(config);
      Predicate<SegmentRecord> expired =
          record -> isExpired(record, field.get(), oldest) && isMoved.test(record);
      Map<String, SegmentRecord> all = records.all(config.physicalName());
      Collection<SegmentRecord> candidates =
          config.type() == TableType.REALTIME
              ? oldestOfChains(all.values(), expired)
              : all.values();
      int count = 0;
      for (SegmentRecord record : candidates) {
        if (expired.test(record) && reconciler.deleteSegment(record.key(), expired)) {
          count++;
        }
      }
      if (count > 0) {
        LOG.info(
            "Deleted {} segments of {} with rows up to {} only",
            count,
            config.physicalName(),
            oldest);
      }
    } catch (RuntimeException e) {
      LOG.warn("Old segments of {} stay for now: {}", config.physicalName(), e.toString());
    }
  }

  /// Where rows are moved to the OFFLINE half, they stay until they are.
  private Predicate<SegmentRecord> isMoved(TableConfig config) {
    if (config.type() != TableType.REALTIME || !config.tasks().containsKey(MovedRows.TASK)) {
      return record -> true;
    }
    return metadata
        .get(MovedRows.path(config.physicalName()))
        .map(text -> MovedRows.parse(text.value()))
        .<Predicate<SegmentRecord>>map(moved -> moved::holds)
        .orElse(record -> false);
  }

  /// The segments of each partition of a stream that are expired, from the oldest on up to one that
  /// is not: no gap comes to be between those that stay. The newest one stays, because the stream
  /// goes on from where it ends.
  static List<SegmentRecord> oldestOfChains(
      Collection<SegmentRecord> records, Predicate<SegmentRecord> expired) {
    List<SegmentRecord> found = new ArrayList<>();
    for (List<SegmentRecord> chain : StreamChain.byPartition(records).values()) {
      chain.stream().limit(chain.size() - 1L).takeWhile(expired).forEach(found::add);
    }
    return found;
  }

  /// Whether all rows are known to be too old. A segment that is being loaded for the first time
  /// stays until it is, and so does one that does not say how old it is, or of which a row has no
  /// time. Rows of a stream that have none are as old as their segment.
  static boolean isExpired(SegmentRecord record, FieldSpec field, Instant oldest) {
    Optional<SegmentScope.TimeRange> time =
        record.scope().time().filter(range -> range.column().equals(field.name()));
    boolean isOld =
        time.flatMap(range -> RowTimes.end(field, range.max()))
            .filter(last -> last.isAfter(FIRST_TIME) && last.isBefore(oldest))
            .isPresent();
    boolean isWhole = time.isPresent() && !time.get().hasNulls();
    boolean isOldStream =
        record.stream().isPresent()
            && (isOld || record.scope().time().isEmpty())
            && Instant.ofEpochMilli(record.createdMillis()).isBefore(oldest);
    return !record.arriving() && !record.isConsuming() && (isOld && isWhole || isOldStream);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
