package io.cuvee.minion.merge;

import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.minion.bucket.BucketForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// One of the steps in which segments become larger as they get older: its settings begin with its
/// name, as `1day.mergeType`.
///
/// @param form what becomes of a bucket's rows
/// @param buffer how old a bucket must be
/// @param maxRowsPerTask of the segments that one task merges
record MergeLevel(String name, BucketForm form, Duration buffer, long maxRowsPerTask) {
  private static final long DEFAULT_ROWS_PER_TASK = 50_000_000;

  private static final Set<String> SETTINGS =
      Set.of(
          "mergeType",
          "bucketTimePeriod",
          "bufferTimePeriod",
          "roundBucketTimePeriod",
          "maxNumRecordsPerSegment",
          "maxNumRecordsPerTask");

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
    levels.sort(Comparator.comparing(level -> level.form().bucket()));
    return levels;
  }

  private static MergeLevel of(String name, TaskSettings settings) {
    return new MergeLevel(
        name,
        BucketForm.of(settings, name + ".", Duration.ZERO),
        settings.period(name + ".bufferTimePeriod").orElse(Duration.ZERO),
        settings.number(name + ".maxNumRecordsPerTask", DEFAULT_ROWS_PER_TASK, 1));
  }
}
