package io.cuvee.engine.exchange;

import io.cuvee.common.wire.QueryRequest;
import io.cuvee.engine.plan.QueryTask;
import io.cuvee.engine.plan.ResultSink;
import java.util.List;
import java.util.function.Consumer;

/// Answers the queries that come over the data plane. Called on network threads; must not block.
public interface QueryHandler {
  /// Starts a query, which may end before this returns.
  ///
  /// @param missing hears first of all, once, of the requested segments that this server does not
  ///   serve
  /// @throws CuveeException if the query cannot be started; the sink hears nothing then
  QueryTask start(QueryRequest request, Consumer<List<String>> missing, ResultSink sink);
}
