package io.cuvee.benchmarks.kernel;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.file.FileTree;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.ResultSink;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Whole scans of half a million rows by one thread: what filters and groups cost together with the
/// decoding of their columns.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(GroupingKernels.ROWS)
public class GroupingKernels {
  static final int ROWS = 1 << 19;

  private static final int FEW = 200;
  private static final int MANY = 100_000;
  private static final List<String> COLUMNS = List.of("few", "many", "amount");
  private static final List<ColumnType> TYPES =
      List.of(ColumnType.INT, ColumnType.LONG, ColumnType.LONG);

  private final WorkerPool pool = new WorkerPool(1, "kernels");
  private final MemoryBudget memory = MemoryBudget.of("this process", 1L << 30, "nothing");
  private Path directory;
  private Segment segment;

  @Setup
  public void build() throws IOException {
    directory = Files.createTempDirectory("cuvee-kernels");
    SplittableRandom random = BlockData.random();
    long[][] rows = new long[COLUMNS.size()][ROWS];
    for (int i = 0; i < ROWS; i++) {
      rows[0][i] = random.nextInt(FEW);
      rows[1][i] = random.nextInt(MANY) * 1_000_003L;
      rows[2][i] = random.nextInt(1 << 20);
    }
    List<FieldSpec> fields = new ArrayList<>();
    List<Values> columns = new ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      fields.add(FieldSpec.dimension(COLUMNS.get(i), TYPES.get(i)));
      columns.add(new LongValues(rows[i], ROWS, null));
    }
    SegmentSpec spec =
        SegmentSpec.of("t_OFFLINE", "s0", new Schema("t", fields, List.of(), List.of()))
            .withIndexing(new IndexingOptions(List.of(), List.of(), List.of("many", "amount")));
    Path target = directory.resolve("s0");
    new SegmentBuilder(spec).build(PageSource.of(List.of(new Page(ROWS, columns))), target);
    segment = Segment.open(target, Verify.STRUCTURE);
  }

  @TearDown
  public void close() throws IOException {
    pool.close();
    segment.close();
    FileTree.delete(directory);
  }

  @Benchmark
  public Object sum() {
    return run(null, List.of());
  }

  @Benchmark
  public Object sumOfHalf() {
    return run(half(), List.of());
  }

  @Benchmark
  public Object sumByFew() {
    return run(null, List.of(0));
  }

  @Benchmark
  public Object sumOfHalfByFew() {
    return run(half(), List.of(0));
  }

  @Benchmark
  public Object sumByMany() {
    return run(null, List.of(1));
  }

  private static Expression column(int index) {
    return new Expression.Column(index, TYPES.get(index));
  }

  private static Expression half() {
    return Expression.call(
        "LT",
        ColumnType.BOOLEAN,
        column(0),
        new Expression.Literal((long) FEW / 2, ColumnType.INT));
  }

  private Object run(@Nullable Expression filter, List<Integer> keys) {
    SegmentQuery query =
        new SegmentQuery(
            "t",
            COLUMNS,
            TYPES,
            filter,
            new SegmentQuery.Aggregation(
                keys.stream().map(GroupingKernels::column).toList(),
                List.of(new AggregateCall("SUM", List.of(column(2)), false, null, ColumnType.LONG)),
                List.of(),
                SegmentQuery.NO_LIMIT));
    LastPage answer = new LastPage();
    if (!segment.acquire()) {
      throw new IllegalStateException("The segment is closed");
    }
    new QueryEngine(pool, memory, memory.limitBytes())
        .start(
            query,
            List.of(segment),
            QueryContext.withTimeout("kernels", Duration.ofMinutes(1)),
            answer,
            segment::release);
    return answer.ended.join();
  }

  private static final class LastPage implements ResultSink {
    private final CompletableFuture<QueryStats> ended = new CompletableFuture<>();

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void page(Page page) {}

    @Override
    public void end(QueryStats stats) {
      ended.complete(stats);
    }

    @Override
    public void fail(CuveeException failure) {
      ended.completeExceptionally(failure);
    }
  }
}
