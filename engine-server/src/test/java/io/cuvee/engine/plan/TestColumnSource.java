package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.VirtualColumns;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.engine.TestTables;
import io.cuvee.engine.scan.ColumnSource;
import io.cuvee.engine.scan.ComputedColumns;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Columns, with their indexes, that come from elsewhere than the segment.
class TestColumnSource {
  private static final int ROWS = 5000;
  private static final Expression.Column NOTE = new Expression.Column(1, ColumnType.STRING);

  @TempDir private Path directory;

  /// A file beside the segment, with one more column of the same rows and a text index.
  private Segment notes() {
    String[] texts =
        IntStream.range(0, ROWS)
            .mapToObj(i -> "note " + i + (i % 100 == 7 ? " urgent" : ""))
            .toArray(String[]::new);
    Schema schema = Schema.of("notes", List.of(FieldSpec.dimension("text", ColumnType.STRING)));
    Path target = directory.resolve("notes");
    new SegmentBuilder(
            SegmentSpec.of("notes_OFFLINE", "notes", schema)
                .withIndexing(IndexingOptions.NONE.withTextIndexes(List.of("text"))))
        .build(PageSource.of(List.of(new Page(ROWS, List.of(BytesValues.of(texts))))), target);
    return Segment.open(target, Verify.CHECKSUMS);
  }

  private static SegmentQuery query(String name, ColumnType type, Expression filter) {
    AggregateCall count = new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG);
    AggregateCall sum =
        new AggregateCall(
            "SUM",
            List.of(new Expression.Column(0, ColumnType.LONG)),
            false,
            null,
            ColumnType.LONG);
    return new SegmentQuery(
        "flights",
        List.of("id", name),
        List.of(ColumnType.LONG, type),
        filter,
        new SegmentQuery.Aggregation(
            List.of(), List.of(count, sum), List.of(), SegmentQuery.NO_LIMIT));
  }

  private CollectedAnswer run(ColumnSource source, SegmentQuery query) throws InterruptedException {
    Path target = directory.resolve("s");
    if (!target.toFile().exists()) {
      TestTables.build(target, "s", ROWS, 0);
    }
    CollectedAnswer answer = new CollectedAnswer();
    try (WorkerPool pool = new WorkerPool(1, "test");
        Segment segment = Segment.open(target, Verify.CHECKSUMS)) {
      new QueryEngine(pool, MemoryBudget.unlimited(), Long.MAX_VALUE, source)
          .start(
              query,
              List.of(segment),
              QueryContext.withTimeout("q", Duration.ofSeconds(30)),
              answer,
              () -> {});
      answer.await();
    }
    return answer;
  }

  @Test
  void aColumnOfAnotherFileIsSearchedByItsOwnIndex() throws InterruptedException {
    try (Segment notes = notes()) {
      ColumnSource besides =
          (segment, name, type) ->
              name.equals("note") ? notes.column("text") : java.util.Optional.empty();
      Expression urgent =
          Expression.call(
              "TEXT_MATCH", ColumnType.BOOLEAN, NOTE, TestTables.text("urgent AND note"));
      SegmentQuery query = query("note", ColumnType.STRING, urgent);
      CollectedAnswer answer = run(besides, query);
      long sum = IntStream.range(0, ROWS).filter(i -> i % 100 == 7).asLongStream().sum();
      assertThat(answer.page(query).column(0).get(0)).isEqualTo(ROWS / 100L);
      assertThat(answer.page(query).column(1).get(0)).isEqualTo(sum);
      assertThat(answer.stats().entriesScannedInFilter()).isZero();
    }
  }

  @Test
  void aSegmentOfNoPartitionHasNoPartitionId() throws InterruptedException {
    ColumnType texts = ColumnType.arrayOf(DataType.STRING);
    SegmentQuery query =
        query(
            VirtualColumns.PARTITION_ID,
            texts,
            Expression.call("IS_NULL", ColumnType.BOOLEAN, new Expression.Column(1, texts)));
    CollectedAnswer answer = run(new ComputedColumns("here"), query);
    assertThat(answer.page(query).column(0).get(0)).isEqualTo((long) ROWS);
  }
}
