package io.cuvee.minion.merge;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import io.cuvee.minion.worker.FetchedSegment;
import io.cuvee.minion.worker.TaskExecutor;
import io.cuvee.minion.worker.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/// Merges segments: new ones have the rows of one bucket each, and take the place of the old ones
/// all at once.
public final class MergeExecutor implements TaskExecutor {
  private static final Duration TIME_LIMIT = Duration.ofDays(1);
  private static final int MAX_TABLE_NAME = 120;

  /// All are named before the first is built.
  private static final int MAX_SEGMENTS = 10_000;

  @Override
  public String type() {
    return MergeGenerator.TYPE;
  }

  @Override
  public String run(Work work) {
    TaskSettings settings = new TaskSettings(work.table(), MergeGenerator.TYPE, work.settings());
    String name = work.setting(MergeGenerator.MARK);
    MergeLevel level =
        MergeLevel.of(settings).stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> settings.wrong(name + ".mergeType", "Schedule the task again."));
    TimeColumn time = TimeColumn.of(work.table(), work.schema());
    List<SegmentRecord> read = new ArrayList<>();
    for (Map.Entry<String, Long> listed : SegmentList.decode(work.settings()).entrySet()) {
      Optional<SegmentRecord> record =
          work.segment(listed.getKey()).filter(now -> now.crc() == listed.getValue());
      if (record.isEmpty()) {
        return "Nothing: segment " + listed.getKey() + " was changed meanwhile";
      }
      read.add(record.get());
    }
    Merge merge = new Merge(work, level, time, read);
    work.replaceAll(read, merge.names(), Map.of(MergeGenerator.MARK, level.name()), merge::build);
    return read.size() + " segments became " + merge.count;
  }

  /// One merge.
  private static final class Merge {
    private final Work work;
    private final MergeLevel level;
    private final TimeColumn time;
    private final List<SegmentRecord> read;
    private final TreeSet<Long> buckets = new TreeSet<>();
    private final String suffix = UUID.randomUUID().toString().substring(0, 8);
    private int count;

    Merge(Work work, MergeLevel level, TimeColumn time, List<SegmentRecord> read) {
      this.work = work;
      this.level = level;
      this.time = time;
      this.read = read;
    }

    /// As many as there may be at most.
    List<String> names() {
      long rows = read.stream().mapToLong(SegmentRecord::totalDocs).sum();
      long first = Long.MAX_VALUE;
      long last = Long.MIN_VALUE;
      for (SegmentRecord record : read) {
        var range = record.scope().time().orElseThrow();
        first = Math.min(first, time.bucket(range.min(), level.bucket().toMillis()));
        last = Math.max(last, time.bucket(range.max(), level.bucket().toMillis()));
      }
      // Each bucket's last segment may have few rows.
      long most = rows / level.maxRowsPerSegment() + 1 + last - first;
      if (most > MAX_SEGMENTS) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "Table '"
                + work.table().logicalName()
                + "': segments such as '"
                + read.getFirst().name()
                + "' would become up to "
                + most
                + " segments of level "
                + level.name()
                + ", and "
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
      return "merged_"
          + level.name().replaceAll("[^A-Za-z0-9_]", "_")
          + "_"
          + table.substring(0, Math.min(table.length(), MAX_TABLE_NAME))
          + "_"
          + suffix
          + "_"
          + number;
    }

    void build(Consumer<Work.Built> put) {
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
        for (SegmentRecord record : read) {
          segments.add(work.fetch(record));
          work.progress("fetched " + segments.size() + " of " + read.size() + " segments");
        }
        for (FetchedSegment segment : segments) {
          collectBuckets(segment);
        }
        for (long bucket : buckets) {
          buildBucket(bucket, segments, memory, put);
          work.progress("built " + count + " segments");
        }
      } finally {
        segments.forEach(FetchedSegment::close);
      }
    }

    private void collectBuckets(FetchedSegment segment) {
      var range = segment.record().scope().time().orElseThrow();
      long bucketMillis = level.bucket().toMillis();
      long first = time.bucket(range.min(), bucketMillis);
      if (first == time.bucket(range.max(), bucketMillis)) {
        buckets.add(first);
        return;
      }
      try (PageSource rows = segment.rows(List.of(time.field()))) {
        BucketRows.collect(rows, time, bucketMillis, buckets);
      }
    }

    private void buildBucket(
        long bucket, List<FetchedSegment> segments, MemoryBudget memory, Consumer<Work.Built> put) {
      List<FieldSpec> fields = work.schema().fields();
      int timeIndex = fields.indexOf(time.field());
      QueryContext context = QueryContext.withTimeout(work.task().name(), TIME_LIMIT);
      try (PageSource rows =
              new BucketRows(
                  segments, fields, timeIndex, time, bucket, level.bucket(), level.round());
          Slices slices = new Slices(merged(rows, context, memory), level.maxRowsPerSegment())) {
        while (slices.hasMore()) {
          put.accept(work.build(name(count), slices.next()));
          count++;
        }
      }
    }

    private PageSource merged(PageSource rows, QueryContext context, MemoryBudget memory) {
      return switch (level.type()) {
        case CONCAT -> rows;
        case ROLLUP -> Rollup.of(work.schema(), time, work.settings()).of(rows, context, memory);
        case DEDUP -> Rollup.distinct(work.schema()).of(rows, context, memory);
      };
    }
  }
}
