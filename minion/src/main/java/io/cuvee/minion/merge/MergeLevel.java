package io.cuvee.minion.merge;

import io.cuvee.cluster.task.TaskSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// One of the steps in which segments become larger as they get older: its settings begin with its
/// name, as `1day.mergeType`.
///
/// @param bucket of whose rows segments are made
/// @param buffer how old a bucket must be
/// @param round to what times are rounded; zero: they are not
/// @param maxRowsPerSegment of new segments
/// @param maxRowsPerTask of the segments that one task merges
record MergeLevel(
    String name,
    Type type,
    Duration bucket,
    Duration buffer,
    Duration round,
    long maxRowsPerSegment,
    long maxRowsPerTask) {
  private static final long DEFAULT_ROWS_PER_SEGMENT = 5_000_000;
  private static final long DEFAULT_ROWS_PER_TASK = 50_000_000;

  private static final Set<String> SETTINGS =
      Set.of(
          "mergeType",
          "bucketTimePeriod",
          "bufferTimePeriod",
          "roundBucketTimePeriod",
          "maxNumRecordsPerSegment",
          "maxNumRecordsPerTask");

  enum Type {
    /// Rows stay.
    CONCAT,
    /// Rows that differ in metrics only become one.
    ROLLUP,
    /// Of equal rows one stays.
    DEDUP
  }

  /// All levels, by their buckets.
  static List<MergeLevel> of(TaskSettings settings) {
    TreeSet<String> names = new TreeSet<>();
    for (String key : settings.all().keySet()) {
      int dot = key.lastIndexOf('.');
      if (dot > 0 && SETTINGS.contains(key.substring(dot + 1))) {
        names.add(key.substring(0, dot));
      }
    }
    List<MergeLevel> levels = new ArrayList<>();
    for (String name : names) {
      levels.add(of(name, settings));
    }
    if (levels.isEmpty()) {
      throw settings.wrong(
          "1day.bucketTimePeriod",
          "Give at least one level: 1day.mergeType and 1day.bucketTimePeriod.");
    }
    levels.sort(Comparator.comparing(MergeLevel::bucket));
    return levels;
  }

  private static MergeLevel of(String name, TaskSettings settings) {
    String key = name + ".mergeType";
    Type type;
    try {
      type = Type.valueOf(settings.text(key).orElse("concat").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw settings.wrong(key, "Use concat, rollup or dedup.");
    }
    String bucketKey = name + ".bucketTimePeriod";
    Duration bucket = settings.period(bucketKey).orElse(Duration.ZERO);
    if (!bucket.isPositive()) {
      throw settings.wrong(bucketKey, "Write a period as 1d or 12h.");
    }
    return new MergeLevel(
        name,
        type,
        bucket,
        settings.period(name + ".bufferTimePeriod").orElse(Duration.ZERO),
        settings.period(name + ".roundBucketTimePeriod").orElse(Duration.ZERO),
        settings.number(name + ".maxNumRecordsPerSegment", DEFAULT_ROWS_PER_SEGMENT, 1),
        settings.number(name + ".maxNumRecordsPerTask", DEFAULT_ROWS_PER_TASK, 1));
  }
}
