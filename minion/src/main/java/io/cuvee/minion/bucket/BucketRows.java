package io.cuvee.minion.bucket;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.minion.bucket.BucketSegments.Source;
import io.cuvee.minion.worker.FetchedSegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rows of several segments whose times are in one bucket, one segment after the other.
final class BucketRows implements PageSource {
  private final Deque<Input> inputs = new ArrayDeque<>();
  private final List<FieldSpec> fields;
  private final int timeIndex;
  private final TimeColumn time;
  private final long bucket;
  private final long bucketMillis;
  private final long roundMillis;
  private @Nullable Source source;
  private @Nullable PageSource current;

  /// A segment that is here, and which of its rows are meant.
  record Input(FetchedSegment segment, Source source) {}

  BucketRows(
      List<Input> inputs, List<FieldSpec> fields, TimeColumn time, long bucket, BucketForm form) {
    this.fields = fields;
    this.timeIndex = fields.indexOf(time.field());
    this.time = time;
    this.bucket = bucket;
    this.bucketMillis = form.bucket().toMillis();
    this.roundMillis = form.round().toMillis();
    for (Input input : inputs) {
      if (time.bucket(input.source().min(), bucketMillis) <= bucket
          && time.bucket(input.source().max(), bucketMillis) >= bucket) {
        this.inputs.add(input);
      }
    }
  }

  /// Finds all buckets that the times of rows belong to that are meant.
  ///
  /// @param rows with one column
  static void collect(
      PageSource rows, Source source, TimeColumn time, long bucketMillis, Set<Long> buckets) {
    long known = Long.MIN_VALUE;
    for (Page page = rows.next(); page != null; page = rows.next()) {
      LongValues times = (LongValues) page.column(0);
      for (int i = 0; i < page.rowCount(); i++) {
        if (isMeant(times, i, source)) {
          long found = time.bucket(times.values()[i], bucketMillis);
          if (found != known) {
            buckets.add(found);
            known = found;
          }
        }
      }
    }
  }

  private static boolean isMeant(LongValues times, int row, Source source) {
    long value = times.values()[row];
    return !times.isNull(row) && value >= source.from() && value <= source.last();
  }

  @Override
  public @Nullable Page next() {
    while (true) {
      PageSource rows = current;
      Source from = source;
      if (rows == null || from == null) {
        Input input = inputs.poll();
        if (input == null) {
          return null;
        }
        rows = input.segment().rows(fields);
        from = input.source();
        current = rows;
        source = from;
      }
      Page page = rows.next();
      if (page != null) {
        return inBucket(page, from);
      }
      rows.close();
      current = null;
    }
  }

  private Page inBucket(Page page, Source from) {
    LongValues times = (LongValues) page.column(timeIndex);
    int[] kept = new int[page.rowCount()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (isMeant(times, i, from) && time.bucket(times.values()[i], bucketMillis) == bucket) {
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
