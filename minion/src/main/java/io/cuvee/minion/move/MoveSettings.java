package io.cuvee.minion.move;

import io.cuvee.cluster.task.MovedRows;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.transform.Rollup;
import io.cuvee.minion.bucket.BucketForm;
import io.cuvee.minion.bucket.TimeColumn;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What a table's config says about moving rows, with Pinot's names.
///
/// @param buffer how old a bucket must be
/// @param maxRowsPerTask of the segments that one task reads
record MoveSettings(TimeColumn time, BucketForm form, Duration buffer, long maxRowsPerTask) {
  private static final Duration BUCKET = Duration.ofDays(1);
  private static final Duration BUFFER = Duration.ofDays(2);
  private static final long MAX_ROWS = 50_000_000;

  /// @throws CuveeException `INVALID_TABLE` that says what is wrong
  static MoveSettings of(TableConfig table, Schema schema, Map<String, String> texts) {
    if (table.keys().isPresent()) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + table.logicalName()
              + "': "
              + MovedRows.TASK
              + " does not move rows that replace each other. Take out upsertConfig or dedupConfig.");
    }
    TaskSettings settings = new TaskSettings(table, MovedRows.TASK, texts);
    TimeColumn time = TimeColumn.of(table, schema, MovedRows.TASK);
    BucketForm form = BucketForm.of(settings, "", BUCKET);
    if (form.type() == BucketForm.Type.ROLLUP) {
      // Only to see whether it can be done.
      var _ = Rollup.of(schema, Optional.of(time.field().name()), texts);
    }
    return new MoveSettings(
        time,
        form,
        settings.period("bufferTimePeriod").orElse(BUFFER),
        settings.number("maxNumRecordsPerTask", MAX_ROWS, 1));
  }

  /// The bucket of a time.
  long bucket(long value) {
    return time.bucket(value, form.bucket().toMillis());
  }

  /// The first time after a bucket.
  long end(long bucket) {
    return time.first(bucket + 1, form.bucket().toMillis());
  }
}
