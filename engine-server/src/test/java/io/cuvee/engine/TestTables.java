package io.cuvee.engine;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A small table of flights, and queries on it.
public final class TestTables {
  public static final String TABLE = "flights_OFFLINE";

  public static final Schema SCHEMA =
      new Schema(
          "flights",
          List.of(
              FieldSpec.dimension("origin", ColumnType.STRING),
              FieldSpec.dimension("delay", ColumnType.INT),
              FieldSpec.dimension("id", ColumnType.LONG)),
          List.of(),
          List.of());

  public static final int ORIGINS = 40;

  public static final List<String> COLUMNS = List.of("origin", "delay", "id");
  public static final List<ColumnType> TYPES =
      List.of(ColumnType.STRING, ColumnType.INT, ColumnType.LONG);

  public static final Expression.Column ORIGIN = new Expression.Column(0, ColumnType.STRING);
  public static final Expression.Column DELAY = new Expression.Column(1, ColumnType.INT);
  public static final Expression.Column ID = new Expression.Column(2, ColumnType.LONG);

  private TestTables() {}

  /// Builds a segment whose rows have the ids `[firstId, firstId + rows)`, origin `A{id % 40}` and
  /// delay `id % 100`.
  public static SegmentMetadata build(Path directory, String name, int rows, long firstId) {
    BytesValuesBuilder origins = new BytesValuesBuilder(rows);
    long[] delays = new long[rows];
    long[] ids = new long[rows];
    for (int i = 0; i < rows; i++) {
      long id = firstId + i;
      origins.append(("A" + id % ORIGINS).getBytes(StandardCharsets.UTF_8));
      delays[i] = id % 100;
      ids[i] = id;
    }
    SegmentSpec spec =
        SegmentSpec.of(TABLE, name, SCHEMA)
            .withIndexing(new IndexingOptions(List.of(), List.of(), List.of("id")));
    Page page =
        new Page(
            rows,
            List.of(
                origins.build(),
                new LongValues(delays, rows, null),
                new LongValues(ids, rows, null)));
    return new SegmentBuilder(spec).build(PageSource.of(List.of(page)), directory);
  }

  public static SegmentQuery count() {
    return aggregation(
        null, List.of(), new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG));
  }

  /// Rows with a delay above 60 from one origin, counted.
  public static SegmentQuery filteredCount() {
    return aggregation(
        Expression.call(
            "AND",
            ColumnType.BOOLEAN,
            Expression.call("EQ", ColumnType.BOOLEAN, ORIGIN, text("A7")),
            Expression.call(
                "GT", ColumnType.BOOLEAN, DELAY, new Expression.Literal(60L, ColumnType.INT))),
        List.of(),
        new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG));
  }

  public static SegmentQuery delaysByOrigin() {
    return aggregation(
        Expression.call(
            "GE", ColumnType.BOOLEAN, DELAY, new Expression.Literal(10L, ColumnType.INT)),
        List.of(ORIGIN),
        new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG),
        new AggregateCall("SUM", List.of(DELAY), false, null, ColumnType.LONG),
        new AggregateCall("MAX", List.of(ID), false, null, ColumnType.LONG));
  }

  public static SegmentQuery allRows() {
    return new SegmentQuery(
        "flights",
        COLUMNS,
        TYPES,
        null,
        new SegmentQuery.Selection(List.of(ORIGIN, DELAY, ID), List.of(), SegmentQuery.NO_LIMIT));
  }

  public static Expression text(String text) {
    return new Expression.Literal(text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  public static SegmentQuery aggregation(
      @org.jspecify.annotations.Nullable Expression filter,
      List<Expression> keys,
      AggregateCall... calls) {
    return new SegmentQuery(
        "flights",
        COLUMNS,
        TYPES,
        filter,
        new SegmentQuery.Aggregation(keys, List.of(calls), List.of(), SegmentQuery.NO_LIMIT));
  }
}
