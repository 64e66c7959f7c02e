package io.cuvee.minion.move;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.common.catalog.TableType;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.minion.bucket.BucketSegments.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Moves the rows of whole buckets of time, the oldest first, as soon as a bucket is old enough and
/// no partition may still consume rows of it. Rows that come later than that are moved when their
/// segment is sealed. One task at a time, since each goes on from where the one before ended.
public final class MoveGenerator implements TaskGenerator {
  static final String BEFORE = "movedBefore";
  static final String AFTER = "movedAfter";

  /// Of segments whose rows were not looked at yet.
  private static final int MAX_UNREAD = 2_000;

  /// How long sealing may take after it is due.
  private static final Duration SEALING = Duration.ofMinutes(30);

  @Override
  public String type() {
    return MovedRows.TASK;
  }

  @Override
  public TableType tableType() {
    return TableType.REALTIME;
  }

  @Override
  public List<Map<String, String>> generate(Inputs inputs) {
    MoveSettings settings = MoveSettings.of(inputs.table(), inputs.schema(), inputs.settings());
    return inputs.live().isEmpty()
        ? List.of()
        : new Plan(inputs, inputs.live().get(), settings).tasks();
  }

  /// Which of the rows of a segment are still to be moved if those before a time are.
  static Source source(SegmentRecord segment, MovedRows moved, long until) {
    boolean hasRead = moved.hasRead(segment.stream().orElseThrow());
    long last = until == Long.MIN_VALUE ? until : until - 1;
    return new Source(
        segment, hasRead ? Math.max(moved.from(), moved.until()) : moved.from(), last);
  }

  /// What one table needs.
  private static final class Plan {
    private final Inputs inputs;
    private final Live live;
    private final MoveSettings settings;
    private final MovedRows moved;
    private final List<SegmentRecord> considered = new ArrayList<>();
    private final Map<Integer, Long> sequences;
    private final Map<Integer, Long> lastTimes = new HashMap<>();

    Plan(Inputs inputs, Live live, MoveSettings settings) {
      this.inputs = inputs;
      this.live = live;
      this.settings = settings;
      this.moved = live.moved().orElseGet(this::nothing);
      this.sequences = new HashMap<>(moved.sequences());
      consider();
    }

    /// Where it begins: behind the last bucket that was uploaded, which is taken as a whole.
    private MovedRows nothing() {
      OptionalLong last =
          live.offline().stream()
              .filter(segment -> segment.totalDocs() > 0)
              .flatMap(segment -> times(segment).stream())
              .mapToLong(TimeRange::max)
              .max();
      long from =
          last.isPresent() ? settings.end(settings.bucket(last.getAsLong())) : Long.MIN_VALUE;
      return new MovedRows(from, from, Map.of());
    }

    private Optional<TimeRange> times(SegmentRecord segment) {
      return segment
          .scope()
          .time()
          .filter(range -> range.column().equals(settings.time().field().name()));
    }

    /// The segments of each partition in their order, as far as queries see all of them.
    private void consider() {
      Comparator<SegmentRecord> bySequence =
          Comparator.comparingLong(segment -> range(segment).sequence());
      Map<Integer, Long> next = new HashMap<>();
      int unread = 0;
      List<SegmentRecord> sealed =
          inputs.segments().values().stream()
              .filter(segment -> segment.stream().isPresent())
              .sorted(bySequence.thenComparing(SegmentRecord::name))
              .toList();
      for (SegmentRecord segment : sealed) {
        StreamRange range = range(segment);
        Long expected = next.get(range.partition());
        boolean hasRead = moved.hasRead(range);
        boolean follows = hasRead || expected == null || expected == range.sequence();
        if (follows && (hasRead || unread < MAX_UNREAD)) {
          next.put(range.partition(), range.sequence() + 1);
          unread += hasRead ? 0 : 1;
          sequences.merge(range.partition(), range.sequence(), Math::max);
          if (times(segment).isPresent()) {
            considered.add(segment);
            lastTimes.merge(range.partition(), times(segment).get().max(), Math::max);
          }
        }
      }
    }

    private static StreamRange range(SegmentRecord segment) {
      return segment.stream().orElseThrow();
    }

    List<Map<String, String>> tasks() {
      boolean hasLate = sources(moved.until()).stream().anyMatch(Source::isNeeded);
      long until = hasLate ? moved.until() : nextEnd(moved.until());
      if (!hasLate && !isComplete(until)) {
        return List.of();
      }
      while (true) {
        long next = nextEnd(until);
        if (!isComplete(next) || rows(next) > settings.maxRowsPerTask()) {
          break;
        }
        until = next;
      }
      long end = until;
      List<SegmentRecord> read =
          sources(end).stream().filter(Source::isNeeded).map(Source::record).toList();
      Map<String, String> task = new LinkedHashMap<>(inputs.settings());
      task.put(SegmentList.KEY, SegmentList.encode(read));
      live.moved().ifPresent(before -> task.put(BEFORE, before.toJson()));
      task.put(AFTER, new MovedRows(moved.from(), end, sequences).toJson());
      return List.of(task);
    }

    private List<Source> sources(long until) {
      return considered.stream().map(segment -> source(segment, moved, until)).toList();
    }

    private long rows(long until) {
      return sources(until).stream()
          .filter(Source::isNeeded)
          .mapToLong(source -> source.record().totalDocs())
          .sum();
    }

    /// The end of the first bucket that has rows from a time on; the largest number if none has.
    private long nextEnd(long from) {
      OptionalLong first =
          considered.stream()
              .flatMap(segment -> times(segment).stream())
              .filter(range -> range.max() >= from)
              .mapToLong(range -> Math.max(range.min(), from))
              .min();
      return first.isPresent() ? settings.end(settings.bucket(first.getAsLong())) : Long.MAX_VALUE;
    }

    /// Whether no more rows from before a time are to be expected.
    private boolean isComplete(long until) {
      if (until == Long.MAX_VALUE) {
        return false;
      }
      Instant end = Instant.ofEpochMilli(Math.multiplyExact(until, settings.time().unitMillis()));
      return !end.plus(settings.buffer()).isAfter(inputs.now())
          && mayHaveEarlier(live.consuming(), until).isEmpty();
    }

    /// Segments that consume, and may have rows from before a time: the rows before them had not
    /// come so far, unless they would have been sealed by now if they had any rows.
    private List<SegmentRecord> mayHaveEarlier(Collection<SegmentRecord> consuming, long until) {
      Duration flush = StreamConfig.parse(inputs.table().streamConfigs()).flush().time();
      return consuming.stream()
          .filter(
              segment -> lastTimes.getOrDefault(range(segment).partition(), Long.MIN_VALUE) < until)
          .filter(segment ->
              Instant.ofEpochMilli(segment.createdMillis())
                  .plus(flush)
                  .plus(SEALING)
                  .isAfter(inputs.now()))
          .toList();
    }
  }
}
