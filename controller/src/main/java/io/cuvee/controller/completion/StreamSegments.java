package io.cuvee.controller.completion;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.fault.HaltStep;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.ServerChoice;
import io.cuvee.ingest.completion.SealedSegment;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The records of a stream's segments: for each partition a chain of sealed ones and at most one
/// that consumes, each beginning where the one before ends. Callers hold the table's lock; the
/// leader's epoch fences what a former leader still writes.
final class StreamSegments {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSegments.class);

  private static final DateTimeFormatter MILLI =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final MetadataStore metadata;
  private final ServerChoice servers;

  StreamSegments(MetadataStore metadata, ServerChoice servers) {
    this.metadata = metadata;
    this.servers = servers;
  }

  /// Pinot's name, with a finer time: `flights__3__17__20261122T090512345Z`. A table that was made
  /// anew begins other segments than the one before, which servers may still have.
  static String name(String physicalTable, int partition, long sequence, long nowMillis) {
    return TableType.logicalName(physicalTable)
        + "__"
        + partition
        + "__"
        + sequence
        + "__"
        + MILLI.format(Instant.ofEpochMilli(nowMillis));
  }

  /// Makes the first consuming segment of a partition.
  ///
  /// @param preferred servers that should consume it if they can
  /// @return false if somebody else was faster
  boolean begin(
      TableConfig config,
      int partition,
      Set<String> preferred,
      long startOffset,
      Placement placement) {
    return begin(config, partition, 0, startOffset, preferred, placement);
  }

  /// Makes the next consuming segment after the newest of a partition, which is sealed.
  ///
  /// @return false if somebody else was faster
  boolean goOn(TableConfig config, SegmentRecord last, Placement placement) {
    StreamRange range = last.stream().orElseThrow();
    return begin(
        config,
        range.partition(),
        range.sequence() + 1,
        range.endOffset().orElseThrow(),
        placement.of(last.key()).keySet(),
        placement);
  }

  private boolean begin(
      TableConfig config,
      int partition,
      long sequence,
      long start,
      Set<String> preferred,
      Placement placement) {
    // Nobody has any of its rows: it counts from the moment when somebody consumes it.
    SegmentRecord next = next(config.physicalName(), partition, sequence, start).withArriving(true);
    boolean made = metadata.changeAll(List.of(create(next)), placement.epoch());
    if (made) {
      LOG.info("Segment {} consumes partition {} from offset {}", next.key(), partition, start);
      assign(config, next.key(), preferred, placement);
    }
    return made;
  }

  private static SegmentRecord next(String table, int partition, long sequence, long start) {
    long now = System.currentTimeMillis();
    return SegmentRecord.consuming(
        table,
        name(table, partition, sequence, now),
        now,
        StreamRange.from(partition, sequence, start));
  }

  private static Change create(SegmentRecord record) {
    return Change.create(SegmentRecord.path(record.table(), record.name()), record.toJson());
  }

  /// The record of a consuming segment when it is sealed.
  static SegmentRecord sealed(SegmentRecord open, long end, SealedSegment sealed) {
    return new SegmentRecord(
        open.table(),
        open.name(),
        sealed.crc(),
        sealed.url(),
        sealed.totalDocs(),
        sealed.sizeBytes(),
        System.currentTimeMillis(),
        false,
        sealed.distinctCounts(),
        Optional.of(
            open.stream()
                .orElseThrow()
                .until(end)
                .withGaps(
                    sealed.gaps().stream()
                        .map(gap -> new StreamRange.Gap(gap.from(), gap.to()))
                        .toList())),
        scope(sealed));
  }

  private static SegmentScope scope(SealedSegment sealed) {
    return new SegmentScope(
        sealed
            .times()
            .map(times ->
                new SegmentScope.TimeRange(
                    times.column(), times.min(), times.max(), times.hasNulls())),
        Map.of());
  }

  /// Seals a record and, unless the table is paused, makes the next one, both or neither.
  ///
  /// @param done the record sealed
  /// @return false if the record is no longer as it was
  /// @throws CuveeException `CONFLICT` if another controller leads, `IO` if it is not known whether
  ///   it was done
  boolean commit(
      TableConfig config,
      Versioned<SegmentRecord> before,
      SegmentRecord done,
      Placement placement) {
    SegmentRecord open = before.value();
    StreamRange range = done.stream().orElseThrow();
    long end = range.endOffset().orElseThrow();
    List<Change> changes = new ArrayList<>();
    changes.add(
        Change.replace(
            SegmentRecord.path(open.table(), open.name()), done.toJson(), before.version()));
    Optional<SegmentRecord> next =
        control(open.table()).paused()
            ? Optional.empty()
            : Optional.of(next(open.table(), range.partition(), range.sequence() + 1, end));
    next.ifPresent(record -> changes.add(create(record)));
    if (!metadata.changeAll(changes, placement.epoch())) {
      return false;
    }
    HaltStep.COMMIT_RECORDED.reached();
    LOG.info(
        "Committed segment {}: offsets {} to {}, {} rows",
        open.key(),
        range.startOffset(),
        end,
        done.totalDocs());
    try {
      Map<String, Map<SegmentKey, Optional<Assignment>>> online = new HashMap<>();
      placement
          .of(open.key())
          .keySet()
          .forEach(server ->
              online.put(
                  server,
                  Map.of(
                      open.key(), Optional.of(new Assignment(SegmentState.ONLINE, done.crc())))));
      next.ifPresent(
          record -> assign(config, record.key(), placement.of(open.key()).keySet(), placement));
      HaltStep.NEXT_ASSIGNED.reached();
      placement.write(online);
    } catch (RuntimeException e) {
      // The next pass over the table does it: the records are what counts.
      LOG.warn("Segment {} is committed but not assigned yet: {}", open.key(), e.toString());
    }
    return true;
  }

  private void assign(
      TableConfig config, SegmentKey key, Set<String> preferred, Placement placement) {
    Set<String> chosen = servers.chooseNext(placement, key, preferred, config);
    Map<String, Map<SegmentKey, Optional<Assignment>>> changes = new HashMap<>();
    chosen.forEach(server ->
        changes.put(server, Map.of(key, Optional.of(new Assignment(SegmentState.CONSUMING, 0)))));
    placement.write(changes);
  }

  ConsumptionControl control(String physicalTable) {
    return metadata
        .get(ConsumptionControl.path(physicalTable))
        .map(text -> ConsumptionControl.parse(text.value()))
        .orElse(ConsumptionControl.NONE);
  }

  void control(String physicalTable, ConsumptionControl control) {
    String path = ConsumptionControl.path(physicalTable);
    while (true) {
      Optional<Versioned<String>> present = metadata.get(path);
      boolean done =
          present
              .map(text -> metadata.compareAndSet(path, control.toJson(), text.version()))
              .orElseGet(() -> metadata.create(path, control.toJson()));
      if (done) {
        return;
      }
    }
  }
}
