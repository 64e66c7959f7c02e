package io.cuvee.engine.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;

/// Where the answer of a query goes. The pages come one after the other or from several threads at
/// once, then exactly one [#end] or [#fail], after which nothing comes. Implementations must not
/// block.
public interface ResultSink {
  /// Whether more pages are welcome now. While not, the query rests; whoever makes the sink ready
  /// again calls [QueryTask#resume()].
  boolean isReady();

  void page(Page page);

  void end(QueryStats stats);

  void fail(CuveeException failure);
}
