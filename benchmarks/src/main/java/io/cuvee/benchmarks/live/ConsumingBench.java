package io.cuvee.benchmarks.live;

import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.file.FileTree;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.ResultSink;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.decode.JsonDecoder;
import io.cuvee.ingest.decode.RowDecoder;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.consuming.ConsumingOptions;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.packing.VectorApi;
import io.cuvee.segment.store.ReadableSegment;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A million JSON events of about 200 bytes: CPU time from message to queryable row, with and
/// without sealing, and of queries over the consuming segment beside the sealed one. All in one
/// process, in turns; times are those of the threads at work.
public final class ConsumingBench {
  private static final int ROWS = 1_000_000;
  private static final int BATCH = 500;
  private static final int ROUNDS = 5;
  private static final int WARM_UPS = 25;

  /// Rows that come between two queries where some do, and the room for them.
  private static final int MORE_ROWS = 100;

  private static final int ROOM = 10_000;
  private static final double NANOS = 1e9;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final Schema SCHEMA =
      new Schema(
          "events",
          List.of(
              field("seq", ColumnType.LONG, FieldSpec.Role.DIMENSION),
              field("ts", ColumnType.TIMESTAMP, FieldSpec.Role.DATE_TIME),
              field("user", ColumnType.STRING, FieldSpec.Role.DIMENSION),
              field("country", ColumnType.STRING, FieldSpec.Role.DIMENSION),
              field("page", ColumnType.STRING, FieldSpec.Role.DIMENSION),
              field("device", ColumnType.STRING, FieldSpec.Role.DIMENSION),
              field("clicks", ColumnType.INT, FieldSpec.Role.METRIC),
              field("amount", ColumnType.DOUBLE, FieldSpec.Role.METRIC)),
          List.of(),
          List.of());

  private final PrintStream out;
  private final WorkerPool pool = new WorkerPool(1, "bench");
  private final MemoryBudget memory = MemoryBudget.of("this process", 1L << 30, "nothing");

  private final Report report = new Report("consuming");

  /// A query, and what it is once it has been asked so often.
  private interface Question {
    SegmentQuery query(int round);
  }

  private ConsumingBench(PrintStream out) {
    this.out = out;
  }

  private static FieldSpec field(String name, ColumnType type, FieldSpec.Role role) {
    return new FieldSpec(name, type, role, false, null, null, null);
  }

  public static Report run(PrintStream out) throws IOException {
    // As servers do.
    VectorApi.activate(Duration.ofSeconds(10), Kernels::rehearse);
    ConsumingBench bench = new ConsumingBench(out);
    try (bench.pool) {
      bench.run();
    }
    return bench.report;
  }

  private void run() throws IOException {
    List<StreamMessage> messages = messages();
    long bytes = 0;
    for (StreamMessage message : messages) {
      byte[] value = message.value();
      bytes += value == null ? 0 : value.length;
    }
    out.printf("%,d events of %d bytes on average%n", ROWS, bytes / ROWS);
    Path directory = Files.createTempDirectory("cuvee-consuming");
    try {
      ConsumingSegment segment = consume(messages, directory);
      try (segment;
          ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
        snapshot.seal(
            SegmentSpec.of("events_REALTIME", "e", SCHEMA)
                .withLimits(new BuildLimits(new DataSize(2L << 30), 1)),
            directory.resolve("sealed"));
        try (Segment sealed = Segment.open(directory.resolve("sealed"), Verify.CHECKSUMS)) {
          compare(segment, sealed);
          compareGrowing(segment, sealed);
        }
      }
    } finally {
      FileTree.delete(directory);
    }
  }

  private static List<StreamMessage> messages() {
    SplittableRandom random = new SplittableRandom(20_261_122);
    List<StreamMessage> messages = new ArrayList<>(ROWS);
    for (int i = 0; i < ROWS; i++) {
      messages.add(message(random, i, random.nextInt(100_000)));
    }
    return messages;
  }

  private static StreamMessage message(SplittableRandom random, int i, int user) {
    String json =
        "{\"seq\":"
            + i
            + ",\"ts\":"
            + (1_760_000_000_000L + i)
            + ",\"user\":\"user-"
            + user
            + "\",\"country\":\"country-"
            + random.nextInt(200)
            + "\",\"page\":\"/shop/category/"
            + random.nextInt(2000)
            + "/product\",\"device\":\""
            + (random.nextBoolean() ? "mobile" : "desktop")
            + "\",\"session\":\""
            + Long.toHexString(random.nextLong())
            + "\",\"clicks\":"
            + random.nextInt(50)
            + ",\"amount\":"
            + random.nextInt(100_000) / 100.0
            + "}";
    return new StreamMessage(i, 0, null, json.getBytes(StandardCharsets.UTF_8));
  }

  private static ConsumingSegment open() {
    return new ConsumingSegment(
        "events_REALTIME",
        "e",
        SCHEMA,
        new ConsumingOptions(
            new IndexingOptions(List.of(), List.of("country"), List.of()),
            ROWS + ROOM,
            new DataSize(4L << 30)));
  }

  /// Consumes all messages several times.
  ///
  /// @return the last segment
  private ConsumingSegment consume(List<StreamMessage> messages, Path directory) {
    double[] decode = new double[ROUNDS];
    double[] append = new double[ROUNDS];
    double[] sealing = new double[ROUNDS];
    ConsumingSegment segment = open();
    for (int round = 0; round < ROUNDS; round++) {
      segment.close();
      segment = open();
      RowDecoder decoder = decoder();
      long decodeNanos = 0;
      long appendNanos = 0;
      for (int at = 0; at < ROWS; at += BATCH) {
        long start = THREADS.getCurrentThreadCpuTime();
        DecodedRows rows = decoder.decode(messages.subList(at, at + BATCH));
        long decoded = THREADS.getCurrentThreadCpuTime();
        segment.append(rows.page());
        decodeNanos += decoded - start;
        appendNanos += THREADS.getCurrentThreadCpuTime() - decoded;
      }
      long start = THREADS.getCurrentThreadCpuTime();
      try (ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
        snapshot.seal(
            SegmentSpec.of("events_REALTIME", "e", SCHEMA)
                .withIndexing(new IndexingOptions(List.of(), List.of("country"), List.of()))
                .withLimits(new BuildLimits(new DataSize(2L << 30), 1)),
            directory.resolve("round" + round));
      }
      sealing[round] = THREADS.getCurrentThreadCpuTime() - start;
      decode[round] = decodeNanos;
      append[round] = appendNanos;
    }
    double d = median(decode);
    double a = median(append);
    double s = median(sealing);
    out.printf(
        "decode %.0f ns, append %.0f ns, seal %.0f ns a row (medians of %d)%n",
        d / ROWS, a / ROWS, s / ROWS, ROUNDS);
    out.printf(
        "%,.0f events a CPU-second to queryable, %,.0f with sealing; %,d MiB%n",
        ROWS / ((d + a) / NANOS), ROWS / ((d + a + s) / NANOS), segment.memoryBytes() >> 20);
    report.add(new Figure("events a CPU second", "cuvee", 1, ROWS / ((d + a) / NANOS)));
    report.add(new Figure("the same with sealing", "cuvee", 1, ROWS / ((d + a + s) / NANOS)));
    report.add(new Figure("memory, MiB", "cuvee", 1, segment.memoryBytes() >> 20));
    return segment;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static RowDecoder decoder() {
    return new RowDecoder(
        SCHEMA,
        new JsonDecoder(),
        (message, reason) -> {
          throw new IllegalStateException(reason);
        });
  }

  private void compare(ConsumingSegment growing, Segment sealed) {
    queries().forEach((name, query) -> compare(name, _ -> query, growing, sealed, () -> {}));
    changing().forEach((name, query) -> compare(name, query, growing, sealed, () -> {}));
  }

  private void compareGrowing(ConsumingSegment growing, Segment sealed) {
    RowDecoder decoder = decoder();
    SplittableRandom random = new SplittableRandom(7);
    Runnable more =
        () -> {
          int seq = growing.rowCount();
          List<StreamMessage> messages = new ArrayList<>();
          for (int i = 0; i < MORE_ROWS; i++) {
            messages.add(message(random, seq + i, seq + i));
          }
          growing.append(decoder.decode(messages).page());
        };
    changing()
        .forEach((name, query) -> compare(name + ", rows come", query, growing, sealed, more));
  }

  /// @param between is done before each query
  private void compare(
      String name, Question question, ConsumingSegment growing, Segment sealed, Runnable between) {
    for (int i = 0; i < WARM_UPS; i++) {
      cpuNanos(question.query(i), growing);
      cpuNanos(question.query(i), sealed);
    }
    double[] live = new double[ROUNDS * 5];
    double[] stored = new double[ROUNDS * 5];
    for (int i = 0; i < live.length; i++) {
      SegmentQuery query = question.query(WARM_UPS + i);
      between.run();
      live[i] = cpuNanos(query, growing);
      stored[i] = cpuNanos(query, sealed);
    }
    double l = median(live);
    double s = median(stored);
    out.printf(
        "%-42s consuming %8.3f ms  sealed %8.3f ms  ratio %.2f%n", name, l / 1e6, s / 1e6, l / s);
    report.add(new Figure(name + ", consuming/sealed", "cuvee", 1, l / s));
  }

  private double cpuNanos(SegmentQuery query, ConsumingSegment segment) {
    try (ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
      return cpuNanos(query, snapshot);
    }
  }

  /// The time that the server's threads say they worked; with one thread and nothing to wait for
  /// that is CPU time, but for what else the machine does.
  private double cpuNanos(SegmentQuery query, ReadableSegment segment) {
    CompletableFuture<QueryStats> end = new CompletableFuture<>();
    ResultSink sink =
        new ResultSink() {
          @Override
          public boolean isReady() {
            return true;
          }

          @Override
          public void page(Page page) {}

          @Override
          public void end(QueryStats stats) {
            end.complete(stats);
          }

          @Override
          public void fail(CuveeException failure) {
            end.completeExceptionally(failure);
          }
        };
    new QueryEngine(pool, memory, 1L << 29)
        .start(
            query,
            List.of(segment),
            QueryContext.withTimeout("bench", Duration.ofMinutes(1)),
            sink,
            () -> {});
    return end.orTimeout(1, TimeUnit.MINUTES).join().cpuNanos();
  }

  private static Map<String, SegmentQuery> queries() {
    Map<String, SegmentQuery> queries = new LinkedHashMap<>();
    AggregateCall count = new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);
    AggregateCall clicks = sum("clicks", ColumnType.BIG_DECIMAL);
    AggregateCall amount = sum("amount", ColumnType.DOUBLE);
    queries.put("sum of ints", aggregate(null, List.of(), clicks));
    queries.put("sum of doubles", aggregate(null, List.of(), amount));
    queries.put(
        "max of time, of seq, count",
        aggregate(null, List.of(), extreme("ts"), extreme("seq"), count));
    queries.put("group by 200, count and sum", aggregate(null, List.of("country"), count, clicks));
    queries.put("group by 100,000, count", aggregate(null, List.of("user"), count));
    queries.put("group by 2 keys, sum", aggregate(null, List.of("country", "device"), amount));
    queries.put(
        "one of 2,000 texts, sum",
        aggregate(compare("EQ", "page", "/shop/category/77/product"), List.of(), amount));
    queries.put(
        "inverted index, sum", aggregate(compare("EQ", "country", "country-7"), List.of(), amount));
    queries.put(
        "range of texts, count and sum",
        aggregate(compare("LT", "user", "user-4"), List.of(), count, clicks));
    queries.put(
        "range of ints, group by 200",
        aggregate(
            Expression.call(
                "GE",
                ColumnType.BOOLEAN,
                column("clicks"),
                new Expression.Literal(25L, ColumnType.INT)),
            List.of("country"),
            count));
    queries.put(
        "distinct users",
        aggregate(
            null,
            List.of(),
            new AggregateCall("COUNT", List.of(column("user")), true, null, ColumnType.LONG)));
    queries.put(
        "last 10 by time",
        query(
            null,
            new SegmentQuery.Selection(
                List.of(column("ts"), column("user"), column("amount")),
                List.of(new SortKey(0, true, false)),
                10)));
    return queries;
  }

  /// Queries of which no two ask for the same values.
  private static Map<String, Question> changing() {
    AggregateCall count = new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);
    AggregateCall clicks = sum("clicks", ColumnType.BIG_DECIMAL);
    Map<String, Question> queries = new LinkedHashMap<>();
    queries.put(
        "other ranges of 100,000 texts",
        round -> aggregate(compare("LT", "user", "user-4" + round), List.of(), count, clicks));
    queries.put(
        "other ranges of 2,000 texts",
        round ->
            aggregate(
                compare("GE", "page", "/shop/category/" + (10 + round) + "5"),
                List.of("country"),
                count));
    queries.put(
        "other patterns of 100,000 texts",
        round ->
            aggregate(compare("LIKE", "user", "%" + (10 + round) + "%"), List.of(), count, clicks));
    return queries;
  }

  private static AggregateCall sum(String column, ColumnType type) {
    return new AggregateCall("SUM", List.of(column(column)), false, null, type);
  }

  private static AggregateCall extreme(String column) {
    Expression.Column argument = column(column);
    return new AggregateCall("MAX", List.of(argument), false, null, argument.type());
  }

  private static Expression compare(String operator, String column, String text) {
    return Expression.call(
        operator,
        ColumnType.BOOLEAN,
        column(column),
        new Expression.Literal(text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING));
  }

  private static Expression.Column column(String name) {
    for (int i = 0; i < SCHEMA.fields().size(); i++) {
      if (SCHEMA.fields().get(i).name().equals(name)) {
        return new Expression.Column(i, SCHEMA.fields().get(i).type());
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static SegmentQuery aggregate(
      Expression filter, List<String> keys, AggregateCall... calls) {
    return query(
        filter,
        new SegmentQuery.Aggregation(
            keys.stream().<Expression>map(ConsumingBench::column).toList(),
            List.of(calls),
            List.of(),
            SegmentQuery.NO_LIMIT));
  }

  private static SegmentQuery query(Expression filter, SegmentQuery.Output output) {
    return new SegmentQuery(
        "events",
        SCHEMA.fields().stream().map(FieldSpec::name).toList(),
        SCHEMA.fields().stream().map(FieldSpec::type).toList(),
        filter,
        output);
  }
}
