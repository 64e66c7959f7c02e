package io.cuvee.engine.plan;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.engine.aggregation.AggregationOutput;
import io.cuvee.engine.rows.OrderedRowOutput;
import io.cuvee.engine.rows.RowOutput;
import io.cuvee.engine.scan.BufferPool;
import io.cuvee.engine.scan.ColumnSource;
import io.cuvee.engine.scan.ComputedColumns;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.segment.store.ReadableSegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Runs queries over open segments on the shared pool. Thread-safe.
public final class QueryEngine {
  /// Queries of so many segments may run in the thread that starts them.
  private static final int FEW_SEGMENTS = 16;

  /// So many values of an IN are looked up in no time.
  private static final int FEW_VALUES = 16;

  /// So many queries at once find the buffers of others before them.
  private static final int BUFFERS_PER_WORKER = 4;

  private final WorkerPool pool;
  private final MemoryBudget budget;
  private final long queryMemoryBytes;
  private final ColumnSource source;
  private final BufferPool buffers;

  /// An engine of this process alone.
  public QueryEngine(WorkerPool pool, MemoryBudget budget, long queryMemoryBytes) {
    this(pool, budget, queryMemoryBytes, new ComputedColumns("localhost"));
  }

  /// @param budget of all queries together
  /// @param queryMemoryBytes the most that one query may take of it
  /// @param source of columns that segments do not store
  public QueryEngine(
      WorkerPool pool, MemoryBudget budget, long queryMemoryBytes, ColumnSource source) {
    this.source = source;
    this.pool = pool;
    this.budget = budget;
    this.queryMemoryBytes = queryMemoryBytes;
    this.buffers = new BufferPool(BUFFERS_PER_WORKER * pool.size());
  }

  /// Starts a query. One that metadata, a few records of star-trees or a few rows can answer
  /// usually ends in here, in the calling thread, as it would take longer to wake another.
  ///
  /// @param segments acquired by the caller; `release` is called when they are not needed any more
  /// @param release called exactly once, before the sink hears of the end; not if this method
  ///   throws
  /// @throws io.cuvee.common.error.CuveeException if the query is not one that can run
  public QueryTask start(
      SegmentQuery query,
      List<? extends ReadableSegment> segments,
      QueryContext context,
      ResultSink sink,
      Runnable release) {
    return start(query, segments, context, sink, release, false);
  }

  /// Plans a query without running it: the pages are those of a request that
  /// [io.cuvee.common.wire.QueryRequest#explains()]. Otherwise like [#start].
  public QueryTask explain(
      SegmentQuery query,
      List<? extends ReadableSegment> segments,
      QueryContext context,
      ResultSink sink,
      Runnable release) {
    return start(query, segments, context, sink, release, true);
  }

  private QueryTask start(
      SegmentQuery query,
      List<? extends ReadableSegment> segments,
      QueryContext context,
      ResultSink sink,
      Runnable release,
      boolean explains) {
    MemoryBudget queryBudget =
        budget.child(
            "query " + context.queryId() + " on this server",
            queryMemoryBytes,
            "server.query-memory");
    AtomicLong answeredRows = new AtomicLong();
    QueryOutput output;
    try {
      output =
          switch (query.output()) {
            case SegmentQuery.Selection selection ->
                selection.order().isEmpty()
                    ? new RowOutput(selection)
                    : new OrderedRowOutput(selection, queryBudget);
            case SegmentQuery.Aggregation aggregation ->
                new AggregationOutput(
                    query, aggregation, context, queryBudget, answeredRows::addAndGet);
          };
    } catch (RuntimeException refused) {
      queryBudget.close();
      throw refused;
    }
    boolean isMetadataLikely = isMetadataLikely(query);
    SegmentPreparation preparation =
        new SegmentPreparation(
            query, segments, source, context.useStarTrees() && !isMetadataLikely);
    boolean isShortLikely =
        isMetadataLikely && !explains
            || segments.size() <= FEW_SEGMENTS && (preparation.hasStarTrees() || isPlain(query));
    QueryTask task =
        new QueryTask(
            preparation,
            explains ? new ExplainOutput(query, output) : output,
            context,
            queryBudget,
            answeredRows,
            sink,
            pool.size(),
            buffers,
            release,
            pool::wake);
    if (isShortLikely && !preparation.isUnchecked()) {
      task.runInline();
    } else {
      task.resume();
    }
    return task;
  }

  private static boolean isMetadataLikely(SegmentQuery query) {
    return query.filter() == null
        && query.output() instanceof SegmentQuery.Aggregation aggregation
        && aggregation.groupKeys().isEmpty()
        && aggregation.aggregates().stream().allMatch(QueryEngine::isMetadataLikely);
  }

  /// Whether the query compares columns with constants, in a form that takes no time to compile.
  private static boolean isPlain(SegmentQuery query) {
    boolean plain =
        switch (query.output()) {
          case SegmentQuery.Selection _ -> true;
          case SegmentQuery.Aggregation aggregation ->
              aggregation.groupKeys().stream().allMatch(Expression.Column.class::isInstance)
                  && aggregation.aggregates().stream().allMatch(call -> call.filter() == null);
        };
    return plain && query.filter() != null && isPlain(query.filter());
  }

  private static boolean isPlain(Expression condition) {
    if (!(condition instanceof Expression.Call call)) {
      return false;
    }
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case "AND", "OR", "NOT" -> arguments.stream().allMatch(QueryEngine::isPlain);
      case "EQ", "NE", "LT", "LE", "GT", "GE", "IN" ->
          arguments.size() <= FEW_VALUES
              && arguments.getFirst() instanceof Expression.Column
              && arguments.stream().skip(1).allMatch(Expression.Literal.class::isInstance);
      default -> false;
    };
  }

  private static boolean isMetadataLikely(AggregateCall call) {
    return call.filter() == null
        && !call.distinct()
        && call.arguments().stream().allMatch(Expression.Column.class::isInstance)
        && switch (call.function()) {
          case "COUNT", "MIN", "MAX" -> true;
          default -> false;
        };
  }
}
