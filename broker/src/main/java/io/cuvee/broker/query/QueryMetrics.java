package io.cuvee.broker.query;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;

/// What the broker counts of its queries; one set a process, because the registry is one a process.
final class QueryMetrics {
  private static final double NANOS = 1e9;
  private static final double[] BUCKETS = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60
  };

  private static final DistributionDataPoint DURATION =
      Histogram.builder()
          .name("cuvee_query_duration_seconds")
          .help("Time from a query's arrival to its last page.")
          .classicOnly()
          .classicUpperBounds(BUCKETS)
          .register()
          .labelValues();

  private static final Histogram PHASES =
      Histogram.builder()
          .name("cuvee_query_phase_seconds")
          .help(
              "Time of a query's phases: waiting for its turn, planning, sending to servers, gathering and merging.")
          .labelNames("phase")
          .classicOnly()
          .classicUpperBounds(BUCKETS)
          .register();

  private static final DistributionDataPoint QUEUE = PHASES.labelValues("queue");
  private static final DistributionDataPoint PLAN = PHASES.labelValues("plan");
  private static final DistributionDataPoint SCATTER = PHASES.labelValues("scatter");
  private static final DistributionDataPoint MERGE = PHASES.labelValues("merge");

  private static final Counter QUERIES =
      Counter.builder()
          .name("cuvee_queries_total")
          .help("Queries that ended, by outcome.")
          .labelNames("outcome")
          .register();

  private static final CounterDataPoint SUCCEEDED = QUERIES.labelValues("success");

  private static final CounterDataPoint SPILLED =
      Counter.builder()
          .name("cuvee_query_spilled_bytes")
          .help("Bytes that queries put on the broker's disk because they did not fit in memory.")
          .register()
          .labelValues();

  private static final CounterDataPoint RETRIED =
      Counter.builder()
          .name("cuvee_query_retried_parts")
          .help("Parts of queries that were asked of another server, because the first one failed.")
          .register()
          .labelValues();

  private static final CounterDataPoint HEDGED =
      Counter.builder()
          .name("cuvee_query_hedged_parts")
          .help(
              "Parts of queries that another server was asked for as well, for the first was late.")
          .register()
          .labelValues();

  private static final CounterDataPoint OVERTAKEN =
      Counter.builder()
          .name("cuvee_query_overtaken_parts")
          .help("Hedged parts of queries for which the later request was answered first.")
          .register()
          .labelValues();

  private static final Gauge IN_FLIGHT =
      Gauge.builder()
          .name("cuvee_queries_in_flight")
          .help("Queries that have begun and not ended.")
          .register();

  private QueryMetrics() {}

  static void began() {
    IN_FLIGHT.inc();
  }

  /// Takes back that a query began.
  static void uncounted() {
    IN_FLIGHT.dec();
  }

  static void ended(String outcome, long totalNanos) {
    IN_FLIGHT.dec();
    if (outcome.equals("success")) {
      SUCCEEDED.inc();
    } else {
      QUERIES.labelValues(outcome).inc();
    }
    DURATION.observe(totalNanos / NANOS);
  }

  static void spilled(long bytes) {
    if (bytes > 0) {
      SPILLED.inc(bytes);
    }
  }

  static void retried(int parts) {
    if (parts > 0) {
      RETRIED.inc(parts);
    }
  }

  static void hedged(int parts, int overtaken) {
    if (parts > 0) {
      HEDGED.inc(parts);
      OVERTAKEN.inc(overtaken);
    }
  }

  static void phases(long queueNanos, long planNanos, long scatterNanos, long mergeNanos) {
    QUEUE.observe(queueNanos / NANOS);
    PLAN.observe(planNanos / NANOS);
    SCATTER.observe(scatterNanos / NANOS);
    MERGE.observe(mergeNanos / NANOS);
  }
}
