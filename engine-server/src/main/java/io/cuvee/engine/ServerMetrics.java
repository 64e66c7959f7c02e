package io.cuvee.engine;

import io.cuvee.common.wire.QueryStats;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;

/// What a server counts. Several servers may live in one process, told apart by a label.
/// Thread-safe.
final class ServerMetrics {
  private static final Counter QUERIES =
      counter("cuvee_server_queries", "Queries that were answered.");
  private static final Counter FAILURES =
      counter("cuvee_server_query_failures", "Queries that failed or were cancelled.");
  private static final Counter SECONDS =
      counter("cuvee_server_query_seconds", "Time from request to answer, summed.");
  private static final Counter DOCS =
      counter("cuvee_server_docs_scanned", "Rows that passed filters.");

  private static final Counter SPILLED =
      counter(
          "cuvee_server_spilled_bytes",
          "Bytes that queries put on disk because they did not fit in memory.");

  private final CounterDataPoint queries;
  private final CounterDataPoint failures;
  private final CounterDataPoint seconds;
  private final CounterDataPoint docs;
  private final CounterDataPoint spilled;

  ServerMetrics(String server) {
    queries = QUERIES.labelValues(server);
    failures = FAILURES.labelValues(server);
    seconds = SECONDS.labelValues(server);
    docs = DOCS.labelValues(server);
    spilled = SPILLED.labelValues(server);
  }

  private static Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).labelNames("server").register();
  }

  void answered(long nanos, QueryStats stats) {
    queries.inc();
    seconds.inc(nanos / 1e9);
    docs.inc(stats.docsScanned());
    spilled.inc(stats.spilledBytes());
  }

  void failed() {
    failures.inc();
  }
}
