package io.cuvee.minion.bucket;

import io.cuvee.cluster.task.TaskSettings;
import java.time.Duration;
import java.util.Locale;

/// What becomes of the rows of a bucket.
///
/// @param bucket how long one is
/// @param round to what times are rounded; zero: they are not
/// @param maxRowsPerSegment of the segments that are made of it
public record BucketForm(Type type, Duration bucket, Duration round, long maxRowsPerSegment) {
  private static final long DEFAULT_ROWS_PER_SEGMENT = 5_000_000;

  /// How rows are merged.
  public enum Type {
    /// Rows stay.
    CONCAT,
    /// Rows that differ in metrics only become one.
    ROLLUP,
    /// Of equal rows one stays.
    DEDUP
  }

  /// Reads `mergeType`, `bucketTimePeriod`, `roundBucketTimePeriod` and `maxNumRecordsPerSegment`.
  ///
  /// @param prefix of these names
  /// @param defaultBucket zero: it must be given
  /// @throws io.cuvee.common.error.CuveeException `INVALID_TABLE` that names what is wrong
  public static BucketForm of(TaskSettings settings, String prefix, Duration defaultBucket) {
    String key = prefix + "mergeType";
    Type type;
    try {
      type = Type.valueOf(settings.text(key).orElse("concat").toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw settings.wrong(key, "Use concat, rollup or dedup.");
    }
    String bucketKey = prefix + "bucketTimePeriod";
    Duration bucket = settings.period(bucketKey).orElse(defaultBucket);
    if (!bucket.isPositive()) {
      throw settings.wrong(bucketKey, "Write a period as 1d or 12h.");
    }
    return new BucketForm(
        type,
        bucket,
        settings.period(prefix + "roundBucketTimePeriod").orElse(Duration.ZERO),
        settings.number(prefix + "maxNumRecordsPerSegment", DEFAULT_ROWS_PER_SEGMENT, 1));
  }
}
