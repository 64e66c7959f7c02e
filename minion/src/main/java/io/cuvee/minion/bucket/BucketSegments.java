package io.cuvee.minion.bucket;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import io.cuvee.ingest.transform.Rollup;
import io.cuvee.minion.worker.FetchedSegment;
import io.cuvee.minion.worker.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/// Builds segments that have the rows of one bucket each. For one thread.
public final class BucketSegments {
  private static final Duration TIME_LIMIT = Duration.ofDays(1);
  private static final int MAX_TABLE_NAME = 120;

  /// All are named before the first is built.
  private static final int MAX_SEGMENTS = 10_000;

  private final Work work;
  private final BucketForm form;
  private final TimeColumn time;
  private final List<Source> sources;
  private final String prefix;
  private final String suffix = UUID.randomUUID().toString().substring(0, 8);
  private final TreeSet<Long> buckets = new TreeSet<>();
  private int count;

  /// Rows to read.
  ///
  /// @param record of a segment that tells its times
  /// @param from the smallest time of the rows that are meant, as the column stores it
  /// @param last the largest one
  public record Source(SegmentRecord record, long from, long last) {
    /// All rows of a segment.
    public static Source all(SegmentRecord record) {
      return new Source(record, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /// Whether the segment may have any of these rows.
    public boolean isNeeded() {
      TimeRange range = range();
      return from <= last && range.max() >= from && range.min() <= last;
    }

    TimeRange range() {
      return record.scope().time().orElseThrow();
    }

    /// The smallest time that a row which is meant may have.
    public long min() {
      return Math.max(from, range().min());
    }

    /// The largest time that a row which is meant may have.
    public long max() {
      return Math.min(last, range().max());
    }
  }

  /// @param work for the table that gets the segments
  /// @param prefix of their names
  public BucketSegments(
      Work work, BucketForm form, TimeColumn time, List<Source> sources, String prefix) {
    this.work = work;
    this.form = form;
    this.time = time;
    this.sources = sources.stream().filter(Source::isNeeded).toList();
    this.prefix = prefix;
  }

  /// How many were built.
  public int count() {
    return count;
  }

  private long bucket(long value) {
    return time.bucket(value, form.bucket().toMillis());
  }

  /// As many as there may be at most.
  ///
  /// @throws CuveeException `INVALID_TABLE` if that are too many
  public List<String> names() {
    long rows = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (Source source : sources) {
      rows += source.record().totalDocs();
      first = Math.min(first, bucket(source.min()));
      last = Math.max(last, bucket(source.max()));
    }
    // Each bucket's last segment may have few rows.
    long most = sources.isEmpty() ? 1 : rows / form.maxRowsPerSegment() + 1 + last - first;
    if (most > MAX_SEGMENTS) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + work.table().logicalName()
              + "': segments such as '"
              + sources.getFirst().record().name()
              + "' would become up to "
              + most
              + " segments ("
              + prefix
              + "), and "
              + MAX_SEGMENTS
              + " are the most. Use longer buckets or larger segments.");
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      names.add(name(i));
    }
    return names;
  }

  private String name(int number) {
    String table = work.table().logicalName();
    return prefix
        + "_"
        + table.substring(0, Math.min(table.length(), MAX_TABLE_NAME))
        + "_"
        + suffix
        + "_"
        + number;
  }

  /// Builds them in the order of their names; names that are left over are not used.
  public void build(Consumer<Work.Built> put) {
    List<FetchedSegment> segments = new ArrayList<>();
    try (SpillDirectory spill =
            SpillDirectory.open(
                new SpillConfig(
                    "minion",
                    work.directory().resolve("spill"),
                    SpillConfig.temporary("minion").limit(),
                    SpillConfig.temporary("minion").queryLimit()));
        MemoryBudget memory =
            MemoryBudget.of("this process", Runtime.getRuntime().maxMemory() / 4, "-Xmx")
                .spillingTo(spill)) {
      List<BucketRows.Input> inputs = new ArrayList<>();
      for (Source source : sources) {
        FetchedSegment segment = work.fetch(source.record());
        segments.add(segment);
        inputs.add(new BucketRows.Input(segment, source));
        work.progress("fetched " + segments.size() + " of " + sources.size() + " segments");
      }
      for (BucketRows.Input input : inputs) {
        collectBuckets(input);
      }
      for (long bucket : buckets) {
        buildBucket(bucket, inputs, memory, put);
        work.progress("built " + count + " segments");
      }
    } finally {
      segments.forEach(FetchedSegment::close);
    }
  }

  private void collectBuckets(BucketRows.Input input) {
    Source source = input.source();
    long bucketMillis = form.bucket().toMillis();
    boolean isWhole = source.min() == source.range().min() && source.max() == source.range().max();
    if (isWhole && bucket(source.min()) == bucket(source.max())) {
      buckets.add(bucket(source.min()));
      return;
    }
    try (PageSource rows = input.segment().rows(List.of(time.field()))) {
      BucketRows.collect(rows, source, time, bucketMillis, buckets);
    }
  }

  private void buildBucket(
      long bucket, List<BucketRows.Input> inputs, MemoryBudget memory, Consumer<Work.Built> put) {
    List<FieldSpec> fields = work.schema().fields();
    QueryContext context = QueryContext.withTimeout(work.task().name(), TIME_LIMIT);
    try (PageSource rows = new BucketRows(inputs, fields, time, bucket, form);
        Slices slices = new Slices(merged(rows, context, memory), form.maxRowsPerSegment())) {
      while (slices.hasMore()) {
        put.accept(work.build(name(count), slices.next()));
        count++;
      }
    }
  }

  private PageSource merged(PageSource rows, QueryContext context, MemoryBudget memory) {
    return switch (form.type()) {
      case CONCAT -> rows;
      case ROLLUP ->
          Rollup.of(work.schema(), Optional.of(time.field().name()), work.settings())
              .of(rows, context, memory);
      case DEDUP -> Rollup.distinct(work.schema()).of(rows, context, memory);
    };
  }
}
