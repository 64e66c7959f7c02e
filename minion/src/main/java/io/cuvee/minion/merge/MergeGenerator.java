package io.cuvee.minion.merge;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.ingest.transform.Rollup;
import io.cuvee.minion.bucket.BucketForm.Type;
import io.cuvee.minion.bucket.TimeColumn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Merges the segments of each time bucket that is old enough, level by level. There is no
/// watermark: what comes late is merged when it is there. A segment that does not tell its times,
/// or has rows without a time, stays as it is.
public final class MergeGenerator implements TaskGenerator {
  static final String TYPE = "MergeRollupTask";

  /// The name of the level, in a task's settings and as mark of merged segments.
  static final String MARK = "MergeRollupTask.mergeLevel";

  private static final int MAX_TASKS = 20;

  @Override
  public String type() {
    return TYPE;
  }

  /// A segment with the first and the last bucket of its rows.
  private record Spanning(SegmentRecord segment, long first, long last) {}

  @Override
  public List<Map<String, String>> generate(Inputs inputs) {
    TaskSettings settings = new TaskSettings(inputs.table(), TYPE, inputs.settings());
    TimeColumn time = TimeColumn.of(inputs.table(), inputs.schema(), TYPE);
    List<MergeLevel> levels = MergeLevel.of(settings);
    for (MergeLevel level : levels) {
      if (level.form().type() == Type.ROLLUP) {
        // Only to see whether it can be done.
        var _ = Rollup.of(inputs.schema(), Optional.of(time.field().name()), inputs.settings());
      }
    }
    List<Map<String, String>> tasks = new ArrayList<>();
    Set<String> done = new HashSet<>();
    Set<String> taken = new HashSet<>();
    for (MergeLevel level : levels.reversed()) {
      done.add(level.name());
      Set<String> higher = new HashSet<>(done);
      List<Spanning> open = new ArrayList<>();
      for (SegmentRecord segment : inputs.segments().values()) {
        if (!higher.contains(segment.marks().getOrDefault(MARK, ""))) {
          add(open, segment, time, level);
        }
      }
      for (List<Spanning> work : components(open, level)) {
        if (isWorth(work, level) && isOld(work, level, inputs.now())) {
          List<SegmentRecord> segments = work.stream().map(Spanning::segment).toList();
          tasks.add(task(level, segments, inputs.settings()));
        }
      }
    }
    return withoutOverlap(tasks, taken, settings.maxTasks(MAX_TASKS));
  }

  private static void add(
      List<Spanning> open, SegmentRecord segment, TimeColumn time, MergeLevel level) {
    segment
        .scope()
        .time()
        .filter(range -> range.column().equals(time.field().name()) && !range.hasNulls())
        .ifPresent(range -> open.add(spanning(segment, range, time, level)));
  }

  private static Spanning spanning(
      SegmentRecord segment, TimeRange range, TimeColumn time, MergeLevel level) {
    long bucketMillis = level.form().bucket().toMillis();
    return new Spanning(
        segment, time.bucket(range.min(), bucketMillis), time.bucket(range.max(), bucketMillis));
  }

  /// Segments that have buckets in common, directly or through others, as far as one task may take
  /// them.
  private static List<List<Spanning>> components(List<Spanning> open, MergeLevel level) {
    open.sort(
        Comparator.comparingLong(Spanning::first)
            .thenComparingLong(Spanning::last)
            .thenComparing(spanning -> spanning.segment().name()));
    List<List<Spanning>> components = new ArrayList<>();
    List<Spanning> current = new ArrayList<>();
    long last = Long.MIN_VALUE;
    long rows = 0;
    for (Spanning next : open) {
      boolean isApart = next.first() > last;
      boolean isFull = rows + next.segment().totalDocs() > level.maxRowsPerTask();
      if (!current.isEmpty() && (isApart || isFull)) {
        components.add(current);
        current = new ArrayList<>();
        rows = 0;
        last = Long.MIN_VALUE;
      }
      current.add(next);
      rows += next.segment().totalDocs();
      last = Math.max(last, next.last());
    }
    if (!current.isEmpty()) {
      components.add(current);
    }
    return components;
  }

  private static boolean isWorth(List<Spanning> work, MergeLevel level) {
    Spanning first = work.getFirst();
    return work.size() > 1
        || level.form().type() != Type.CONCAT
        || first.first() != first.last()
        || first.segment().totalDocs() > level.form().maxRowsPerSegment();
  }

  private static boolean isOld(List<Spanning> work, MergeLevel level, Instant now) {
    long lastBucket = work.stream().mapToLong(Spanning::last).max().orElseThrow();
    long end = Math.multiplyExact(Math.addExact(lastBucket, 1), level.form().bucket().toMillis());
    return end <= now.toEpochMilli() - level.buffer().toMillis();
  }

  private static Map<String, String> task(
      MergeLevel level, List<SegmentRecord> segments, Map<String, String> settings) {
    Map<String, String> task = new LinkedHashMap<>();
    settings.forEach((key, value) -> {
      if (key.startsWith(level.name() + ".") || key.endsWith(".aggregationType")) {
        task.put(key, value);
      }
    });
    task.put(MARK, level.name());
    task.put(SegmentList.KEY, SegmentList.encode(segments));
    return task;
  }

  /// The lowest levels first; a segment is in one task only.
  private static List<Map<String, String>> withoutOverlap(
      List<Map<String, String>> tasks, Set<String> taken, int max) {
    List<Map<String, String>> chosen = new ArrayList<>();
    for (Map<String, String> task : tasks.reversed()) {
      Set<String> names = SegmentList.decode(task).keySet();
      if (chosen.size() < max && names.stream().noneMatch(taken::contains)) {
        taken.addAll(names);
        chosen.add(task);
      }
    }
    return chosen;
  }
}
