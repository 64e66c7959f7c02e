package io.cuvee.controller.completion;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.RowLogRecord;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.ServerChoice;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.rows.RowLogKeeper;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.Tables;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.StreamSource;
import io.cuvee.ingest.stream.rows.RowsConsumerFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that each partition of each REALTIME table has a consuming segment: when a table is
/// new, when its stream has got more partitions, when consumption is resumed. Streams are asked
/// without a lock, on a thread of its own, because they may take long to answer. Does nothing while
/// another controller leads. Thread-safe.
public final class StreamSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSupervisor.class);

  private static final long FIRST_RETRY_MILLIS = 500;
  private static final long LAST_RETRY_MILLIS = 60_000;

  private final Tables tables;
  private final Records records;
  private final TableLocks locks;
  private final Leadership leadership;
  private final Reconciler reconciler;
  private final StreamSegments segments;
  private final RowLogKeeper rowLogs;

  // The executor's.
  private long retryMillis = FIRST_RETRY_MILLIS;
  private boolean retries;

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("controller-streams").factory());

  public StreamSupervisor(
      ClusterState cluster,
      Tables tables,
      Records records,
      TableLocks locks,
      Leadership leadership,
      Reconciler reconciler,
      ServerChoice servers,
      RowLogKeeper rowLogs) {
    this.tables = tables;
    this.records = records;
    this.locks = locks;
    this.leadership = leadership;
    this.reconciler = reconciler;
    this.segments = new StreamSegments(cluster.metadata(), servers);
    this.rowLogs = rowLogs;
  }

  public void start(Duration interval) {
    long millis = interval.toMillis();
    var _ = executor.scheduleWithFixedDelay(this::pass, millis, millis, TimeUnit.MILLISECONDS);
  }

  /// Asks for a pass over all tables, soon.
  public void requestPass() {
    try {
      executor.execute(this::pass);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed already", e);
    }
  }

  private void pass() {
    if (leadership.term().isEmpty()) {
      return;
    }
    Map<String, TableConfig> configs;
    try {
      configs = tables.configs();
    } catch (RuntimeException e) {
      LOG.warn("Could not read the tables; next time again: {}", e.toString());
      return;
    }
    boolean failed = false;
    for (TableConfig config : configs.values()) {
      if (config.type() == TableType.REALTIME) {
        try {
          supervise(config);
        } catch (RuntimeException e) {
          failed = true;
          LOG.warn(
              "Table {} may have partitions that nobody consumes; next time again: {}",
              config.physicalName(),
              e.getMessage());
        }
      }
    }
    if (!failed) {
      retryMillis = FIRST_RETRY_MILLIS;
    } else if (!retries && !executor.isShutdown()) {
      retries = true;
      var _ = executor.schedule(this::passAgain, retryMillis, TimeUnit.MILLISECONDS);
      retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
    }
  }

  private void passAgain() {
    retries = false;
    pass();
  }

  private void supervise(TableConfig config) {
    String table = config.physicalName();
    if (segments.control(table).paused()) {
      return;
    }
    Map<Integer, SegmentRecord> newest = SegmentRecord.newest(records.all(table).values());
    Map<Integer, Long> missing = new HashMap<>();
    StreamConfig stream = StreamConfig.parse(config.streamConfigs());
    boolean isRows = stream.streamType().equals(StreamConfig.ROWS);
    List<RowLogRecord.Partition> oldLogs = isRows ? rowLogs.partitions(table) : List.of();
    List<RowLogRecord.Partition> logs =
        isRows ? rowLogs(config, RowsConsumerFactory.partitions(stream)) : List.of();
    try (StreamSource source = StreamConsumerFactory.of(stream).connect(stream)) {
      int count = source.partitionCount();
      for (int partition = 0; partition < count; partition++) {
        if (!newest.containsKey(partition)) {
          // A partition that came later holds nothing that is older than the table.
          boolean latest = newest.isEmpty() && stream.start() == StreamConfig.Start.LATEST;
          missing.put(
              partition,
              isRows
                  ? partition < oldLogs.size() ? firstRow(oldLogs.get(partition)) : 0L
                  : latest ? source.latestOffset(partition) : source.earliestOffset(partition));
        }
      }
    }
    Placement term = leadership.requireTerm();
    try (TableLocks.Held _ = locks.wholeTable(table)) {
      if (!tables.configs().containsKey(table) || segments.control(table).paused()) {
        return;
      }
      Map<Integer, SegmentRecord> present = SegmentRecord.newest(records.all(table).values());
      int begun = 0;
      for (Map.Entry<Integer, Long> first : missing.entrySet()) {
        if (!present.containsKey(first.getKey())
            && segments.begin(
                config, first.getKey(), holders(logs, first.getKey()), first.getValue(), term)) {
          begun++;
        }
      }
      for (Map.Entry<Integer, SegmentRecord> last : present.entrySet()) {
        if (!last.getValue().isConsuming() && segments.goOn(config, last.getValue(), term)) {
          begun++;
        }
      }
      if (begun > 0) {
        // It sees when they have arrived.
        reconciler.requestPass();
      }
    }
  }

  /// The logs of a table whose rows come over HTTP.
  private List<RowLogRecord.Partition> rowLogs(TableConfig config, int partitions) {
    String table = config.physicalName();
    var _ = leadership.requireTerm();
    rowLogs.tend(table);
    try (TableLocks.Held _ = locks.wholeTable(table)) {
      return tables.configs().containsKey(table)
          ? rowLogs.ensure(config, partitions).partitions()
          : List.of();
    }
  }

  /// Servers that have the rows of a partition at hand.
  private static Set<String> holders(List<RowLogRecord.Partition> logs, int partition) {
    Set<String> servers = new TreeSet<>();
    if (partition < logs.size()) {
      logs.get(partition).members().forEach(member -> servers.add(member.server()));
    }
    return servers;
  }

  /// Where a partition begins that has no segment: at offset 0, unless all its segments were
  /// deleted.
  private long firstRow(RowLogRecord.Partition log) {
    return rowLogs
        .earliestOffset(log)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.IO, "No server has opened the row log " + log.id() + " yet."));
  }

  /// The consuming segments of a table.
  public List<SegmentRecord> consuming(TableConfig config) {
    return records.all(config.physicalName()).values().stream()
        .filter(SegmentRecord::isConsuming)
        .toList();
  }

  public ConsumptionControl control(TableConfig config) {
    return segments.control(config.physicalName());
  }

  /// Ends the consuming segments now, and begins no others until [#resume].
  ///
  /// @return the segments that are to end
  public Set<String> pause(TableConfig config, String reason) {
    return force(config, Optional.of(reason), Set.of());
  }

  /// Ends consuming segments now; the next ones begin at once.
  ///
  /// @param only these; empty for all
  /// @return the segments that are to end
  public Set<String> forceCommit(TableConfig config, Set<String> only) {
    return force(config, Optional.empty(), only);
  }

  private Set<String> force(TableConfig config, Optional<String> pause, Set<String> only) {
    var _ = leadership.requireTerm();
    try (TableLocks.Held _ = locks.wholeTable(config.physicalName())) {
      ConsumptionControl before = control(config);
      Set<String> consuming = new TreeSet<>();
      consuming(config).forEach(record -> consuming.add(record.name()));
      Set<String> wanted = new TreeSet<>(consuming);
      if (!only.isEmpty()) {
        wanted.retainAll(only);
      }
      // Those asked for earlier that have ended meanwhile are forgotten.
      Set<String> forced = new TreeSet<>(before.forced());
      forced.retainAll(consuming);
      forced.addAll(wanted);
      segments.control(
          config.physicalName(),
          new ConsumptionControl(
              pause.isPresent() || before.paused(), pause.orElse(before.reason()), forced));
      return wanted;
    }
  }

  public void resume(TableConfig config) {
    var _ = leadership.requireTerm();
    try (TableLocks.Held _ = locks.wholeTable(config.physicalName())) {
      segments.control(
          config.physicalName(), new ConsumptionControl(false, "", control(config).forced()));
    }
    requestPass();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
