package io.cuvee.engine.exchange;

import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.Reach;
import io.cuvee.engine.plan.QueryTask;
import io.cuvee.engine.plan.ResultSink;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Answers the queries that come over the data plane. Called on network threads; must not block.
public interface QueryHandler {
  /// What of a request this server answers for.
  ///
  /// @param missing the requested segments that it does not serve
  /// @param ends how far those go that were asked for with all that follows them
  /// @param cold those of the missing that this server loads now, so that it should be asked again
  /// @param coming those of the missing that it fetches again; others may have them at once
  record Coverage(
      List<String> missing, Map<String, Reach> ends, List<String> cold, List<String> coming) {
    static final Coverage ALL = new Coverage(List.of(), Map.of(), List.of(), List.of());
  }

  /// Starts a query, which may end before this returns.
  ///
  /// @param coverage is heard first of all, once
  /// @throws CuveeException if the query cannot be started; the sink hears nothing then
  QueryTask start(QueryRequest request, Consumer<Coverage> coverage, ResultSink sink);

  /// A partition of a stream was shown up to an offset elsewhere.
  ///
  /// @param offset 0 if that is not known
  /// @return the offset up to which it was shown here or elsewhere; 0 if it was not
  default long shown(String physicalTable, int partition, long offset) {
    return 0;
  }
}
