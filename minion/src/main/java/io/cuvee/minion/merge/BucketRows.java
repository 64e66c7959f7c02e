package io.cuvee.minion.merge;

import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.minion.worker.FetchedSegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rows of several segments whose times are in one bucket, one segment after the other.
final class BucketRows implements PageSource {
  private final Deque<FetchedSegment> segments = new ArrayDeque<>();
  private final List<FieldSpec> fields;
  private final int timeIndex;
  private final TimeColumn time;
  private final long bucket;
  private final long bucketMillis;
  private final long roundMillis;
  private @Nullable PageSource current;

  /// @param timeIndex where in `fields` the time column is
  /// @param round to what times are rounded; zero: they are not
  BucketRows(
      List<FetchedSegment> segments,
      List<FieldSpec> fields,
      int timeIndex,
      TimeColumn time,
      long bucket,
      Duration width,
      Duration round) {
    this.fields = fields;
    this.timeIndex = timeIndex;
    this.time = time;
    this.bucket = bucket;
    this.bucketMillis = width.toMillis();
    this.roundMillis = round.toMillis();
    for (FetchedSegment segment : segments) {
      TimeRange range = segment.record().scope().time().orElseThrow();
      if (time.bucket(range.min(), bucketMillis) <= bucket
          && time.bucket(range.max(), bucketMillis) >= bucket) {
        this.segments.add(segment);
      }
    }
  }

  /// Finds all buckets that times belong to.
  ///
  /// @param rows with one column
  static void collect(PageSource rows, TimeColumn time, long bucketMillis, Set<Long> buckets) {
    long known = Long.MIN_VALUE;
    for (Page page = rows.next(); page != null; page = rows.next()) {
      LongValues times = (LongValues) page.column(0);
      for (int i = 0; i < page.rowCount(); i++) {
        long found = time.bucket(times.values()[i], bucketMillis);
        if (found != known) {
          buckets.add(found);
          known = found;
        }
      }
    }
  }

  @Override
  public @Nullable Page next() {
    while (true) {
      PageSource rows = current;
      if (rows == null) {
        FetchedSegment segment = segments.poll();
        if (segment == null) {
          return null;
        }
        rows = segment.rows(fields);
        current = rows;
      }
      Page page = rows.next();
      if (page != null) {
        return inBucket(page);
      }
      rows.close();
      current = null;
    }
  }

  private Page inBucket(Page page) {
    long[] times = ((LongValues) page.column(timeIndex)).values();
    int[] kept = new int[page.rowCount()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (time.bucket(times[i], bucketMillis) == bucket) {
        kept[count++] = i;
      }
    }
    Page chosen = count == page.rowCount() ? page : page.select(kept, count);
    return roundMillis == 0 ? chosen : rounded(chosen);
  }

  private Page rounded(Page page) {
    LongValues times = (LongValues) page.column(timeIndex);
    long[] rounded = new long[page.rowCount()];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = time.round(times.values()[i], roundMillis);
    }
    List<Values> columns = new ArrayList<>(page.columns());
    columns.set(timeIndex, new LongValues(rounded, rounded.length, times.validity()));
    return new Page(page.rowCount(), columns);
  }

  @Override
  public void close() {
    PageSource rows = current;
    if (rows != null) {
      rows.close();
    }
  }
}
