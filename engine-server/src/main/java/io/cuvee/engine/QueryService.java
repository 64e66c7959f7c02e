package io.cuvee.engine;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.exchange.QueryHandler;
import io.cuvee.engine.loading.ServedSegments;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.plan.QueryTask;
import io.cuvee.engine.plan.ResultSink;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import java.time.Duration;
import java.util.function.Consumer;

/// Runs brokers' requests over the segments that are served. Thread-safe.
final class QueryService implements QueryHandler {
  private static final Duration LONGEST = Duration.ofHours(24);

  private final QueryEngine engine;
  private final ServedSegments served;
  private final ServerMetrics metrics;

  QueryService(QueryEngine engine, ServedSegments served, ServerMetrics metrics) {
    this.engine = engine;
    this.served = served;
    this.metrics = metrics;
  }

  @Override
  public QueryTask start(QueryRequest request, Consumer<Coverage> coverage, ResultSink sink) {
    long timeoutMillis = Math.clamp(request.timeoutMillis(), 0, LONGEST.toMillis());
    QueryContext context =
        QueryContext.withTimeout(request.queryId(), Duration.ofMillis(timeoutMillis))
            .withStarTrees(request.useStarTrees());
    ServedSegments.Acquired acquired =
        request.skipsUpsert()
            ? served.acquire(request.physicalTable(), request.segments())
            : served.acquireCounting(request.physicalTable(), request.segments());
    coverage.accept(
        new Coverage(acquired.missing(), acquired.ends(), acquired.cold(), acquired.coming()));
    try {
      ResultSink measured = new Measured(sink, request, System.nanoTime());
      return request.explains()
          ? engine.explain(
              request.query(), acquired.segments(), context, measured, acquired::release)
          : engine.start(
              request.query(), acquired.segments(), context, measured, acquired::release);
    } catch (RuntimeException refused) {
      acquired.release();
      metrics.failed();
      throw refused;
    }
  }

  @Override
  public long shown(String physicalTable, int partition, long offset) {
    return served.shown(physicalTable, partition, offset);
  }

  private final class Measured implements ResultSink {
    private final ResultSink sink;
    private final QueryRequest request;
    private final long startNanos;

    Measured(ResultSink sink, QueryRequest request, long startNanos) {
      this.sink = sink;
      this.request = request;
      this.startNanos = startNanos;
    }

    @Override
    public boolean isReady() {
      return sink.isReady();
    }

    @Override
    public void page(Page page) {
      sink.page(page);
    }

    @Override
    public void end(QueryStats stats) {
      metrics.answered(System.nanoTime() - startNanos, stats);
      sink.end(stats);
    }

    @Override
    public void fail(CuveeException failure) {
      metrics.failed();
      if (failure.code() == ErrorCode.CORRUPT_SEGMENT) {
        // Before the broker asks again.
        served.dropDamaged(request.physicalTable(), request.segments(), request.query().columns());
      }
      sink.fail(failure);
    }
  }
}
