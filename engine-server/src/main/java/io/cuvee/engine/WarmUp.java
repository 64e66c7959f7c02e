package io.cuvee.engine;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.ResultSink;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.build.StarTreeOptions;
import io.cuvee.segment.consuming.ConsumingOptions;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.packing.VectorApi;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.Verify;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs queries of the usual shapes over a made-up segment, so that the first real ones find
/// kernels compiled: a cold Vector API kernel is a thousand times slower than a compiled one. The
/// segment comes about as one of a stream does, which is sealed while others' rows go on coming.
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /// Two morsels, the second one cut short.
  private static final int ROWS = 100_000;

  /// More rounds find nothing left to compile.
  private static final int MAX_ROUNDS = 400;

  private static final String TABLE = "warm_up_REALTIME";
  private static final String NAME = "s0";
  private static final List<String> COLUMNS = List.of("text", "number", "raw", "real");
  private static final List<ColumnType> TYPES =
      List.of(ColumnType.STRING, ColumnType.INT, ColumnType.LONG, ColumnType.DOUBLE);
  private static final Expression TEXT = new Expression.Column(0, ColumnType.STRING);
  private static final Expression NUMBER = new Expression.Column(1, ColumnType.INT);
  private static final Expression RAW = new Expression.Column(2, ColumnType.LONG);
  private static final Expression REAL = new Expression.Column(3, ColumnType.DOUBLE);

  private static final StarTreeConfig TREE =
      new StarTreeConfig(
          List.of("text"), List.of(), List.of(new StarTreeConfig.Metric("SUM", "raw")), 10);

  private final QueryEngine engine;

  WarmUp(QueryEngine engine) {
    this.engine = engine;
  }

  /// @param directory for the segment; must not exist
  /// @param most how long to go on at most
  void run(Path directory, Duration most) throws InterruptedException {
    if (most.isZero()) {
      VectorApi.activate(most, () -> {});
      return;
    }
    long deadline = System.nanoTime() + most.toNanos();
    VectorApi.activate(most.dividedBy(2), Kernels::rehearse);
    build(directory);
    int rounds = 0;
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      List<SegmentQuery> queries = queries();
      List<SegmentQuery> forTrees = queriesForTrees();
      while (rounds < MAX_ROUNDS && System.nanoTime() - deadline < 0) {
        for (SegmentQuery query : queries) {
          runOne(query, segment, false);
        }
        for (SegmentQuery query : forTrees) {
          runOne(query, segment, true);
        }
        rounds++;
      }
    }
    LOG.info("Warmed up with {} rounds of queries", rounds);
  }

  private static void build(Path directory) {
    BytesValuesBuilder texts = new BytesValuesBuilder(ROWS);
    ValuesBuilder.Longs numbers = new ValuesBuilder.Longs(ROWS);
    ValuesBuilder.Longs raws = new ValuesBuilder.Longs(ROWS);
    double[] reals = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      int mixed = i * 0x9E3779B9 >>> 8;
      texts.append(("value " + mixed % 200).getBytes(StandardCharsets.UTF_8));
      if (mixed % 64 == 0) {
        numbers.appendNull();
      } else {
        numbers.append(mixed % 500);
      }
      raws.append(mixed);
      reals[i] = mixed / 1000.0;
    }
    List<FieldSpec> fields =
        List.of(
            FieldSpec.dimension("text", ColumnType.STRING),
            FieldSpec.dimension("number", ColumnType.INT),
            FieldSpec.dimension("raw", ColumnType.LONG),
            FieldSpec.dimension("real", ColumnType.DOUBLE));
    IndexingOptions indexing =
        new IndexingOptions(List.of(), List.of("text"), List.of("raw", "real"));
    Schema schema = new Schema("warm_up", fields, List.of(), List.of());
    SegmentSpec spec =
        SegmentSpec.of(TABLE, NAME, schema)
            .withIndexing(indexing)
            .withStarTrees(new StarTreeOptions(List.of(TREE), false));
    Page page =
        new Page(
            ROWS,
            List.of(
                texts.build(), numbers.build(), raws.build(), new DoubleValues(reals, ROWS, null)));
    ConsumingOptions options =
        new ConsumingOptions(indexing, ROWS, ConsumingOptions.DEFAULT.memoryLimit());
    try (ConsumingSegment growing = new ConsumingSegment(TABLE, NAME, schema, options)) {
      for (int from = 0; from < ROWS; from += Page.TARGET_ROWS) {
        var _ = growing.append(page.slice(from, Math.min(Page.TARGET_ROWS, ROWS - from)));
      }
      try (ConsumingSnapshot rows = growing.snapshot().orElseThrow()) {
        rows.seal(spec, directory);
      }
    }
    Path archive = directory.resolveSibling("warm-up-archive");
    SegmentArchive.pack(directory, archive);
  }

  private static List<SegmentQuery> queries() {
    AggregateCall count = call("COUNT", ColumnType.LONG);
    Expression some =
        condition(
            "OR",
            condition("EQ", TEXT, text("value 7")),
            condition("LT", NUMBER, number(400, ColumnType.INT)));
    return List.of(
        groups(null, List.of(), count),
        groups(
            condition(
                "AND",
                condition("EQ", TEXT, text("value 7")),
                condition("GT", NUMBER, number(60, ColumnType.INT))),
            List.of(),
            count),
        groups(
            condition(
                "AND",
                condition("GE", RAW, number(1 << 20, ColumnType.LONG)),
                condition("NE", NUMBER, number(7, ColumnType.INT))),
            List.of(),
            count,
            call("SUM", ColumnType.LONG, RAW),
            call("MIN", ColumnType.LONG, RAW),
            call("AVG", ColumnType.DOUBLE, REAL)),
        groups(
            condition(
                "AND",
                condition("IN", TEXT, text("value 3"), text("value 5"), text("value 99")),
                condition(
                    "IN",
                    NUMBER,
                    number(1, ColumnType.INT),
                    number(30, ColumnType.INT),
                    number(400, ColumnType.INT))),
            List.of(),
            call(
                "SUM",
                ColumnType.LONG,
                Expression.call(
                    "TIMES",
                    ColumnType.LONG,
                    Expression.call("MINUS", ColumnType.LONG, RAW, number(5, ColumnType.LONG)),
                    number(3, ColumnType.LONG)))),
        groups(null, List.of(), call("SUM", ColumnType.LONG, RAW)),
        groups(
            null,
            List.of(),
            new AggregateCall("COUNT", List.of(NUMBER), true, null, ColumnType.LONG)),
        groups(null, List.of(TEXT), count),
        groups(
            some,
            List.of(TEXT),
            count,
            call("AVG", ColumnType.DOUBLE, NUMBER),
            call("SUM", ColumnType.DOUBLE, REAL),
            call("MAX", ColumnType.INT, NUMBER)),
        groups(null, List.of(TEXT, NUMBER), count, call("SUM", ColumnType.LONG, RAW)),
        groups(
            condition("LIKE", TEXT, text("%1%")),
            List.of(Expression.call("UPPER", ColumnType.STRING, TEXT)),
            new AggregateCall("COUNT", List.of(NUMBER), true, null, ColumnType.LONG)),
        rows(some, List.of(TEXT, NUMBER), List.of(), 200),
        rows(null, List.of(TEXT, RAW), List.of(new SortKey(1, true, false)), 10));
  }

  /// What the star-tree answers.
  static List<SegmentQuery> queriesForTrees() {
    AggregateCall sum = call("SUM", ColumnType.LONG, RAW);
    return List.of(
        groups(null, List.of(TEXT), sum),
        groups(condition("EQ", TEXT, text("value 7")), List.of(), sum));
  }

  private static AggregateCall call(String function, ColumnType type, Expression... arguments) {
    return new AggregateCall(function, List.of(arguments), false, null, type);
  }

  private static Expression condition(String function, Expression... arguments) {
    return Expression.call(function, ColumnType.BOOLEAN, arguments);
  }

  private static Expression number(long value, ColumnType type) {
    return new Expression.Literal(value, type);
  }

  private static Expression text(String text) {
    return new Expression.Literal(text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  private static SegmentQuery groups(
      @Nullable Expression filter, List<Expression> keys, AggregateCall... calls) {
    return new SegmentQuery(
        "warm_up",
        COLUMNS,
        TYPES,
        filter,
        new SegmentQuery.Aggregation(keys, List.of(calls), List.of(), SegmentQuery.NO_LIMIT));
  }

  private static SegmentQuery rows(
      @Nullable Expression filter, List<Expression> projections, List<SortKey> order, long limit) {
    return new SegmentQuery(
        "warm_up", COLUMNS, TYPES, filter, new SegmentQuery.Selection(projections, order, limit));
  }

  private void runOne(SegmentQuery query, Segment segment, boolean useStarTrees)
      throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    if (!segment.acquire()) {
      throw new IllegalStateException("The segment of the warm-up is closed.");
    }
    engine.start(
        query,
        List.of(segment),
        QueryContext.withTimeout("warm-up", Duration.ofSeconds(10)).withStarTrees(useStarTrees),
        new Discarding(ended),
        segment::release);
    if (!ended.await(10, TimeUnit.SECONDS)) {
      throw new InterruptedException("The pool is closed.");
    }
  }

  private record Discarding(CountDownLatch ended) implements ResultSink {
    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void page(Page page) {}

    @Override
    public void end(QueryStats stats) {
      ended.countDown();
    }

    @Override
    public void fail(CuveeException failure) {
      LOG.warn("A query of the warm-up failed", failure);
      ended.countDown();
    }
  }
}
