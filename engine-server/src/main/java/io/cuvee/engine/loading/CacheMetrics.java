package io.cuvee.engine.loading;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;

/// What is counted of the segments on a server's disk, where that is limited. Several servers may
/// live in one process, told apart by a label. Thread-safe.
final class CacheMetrics {
  private static final Gauge BYTES =
      Gauge.builder()
          .name("cuvee_server_disk_cache_bytes")
          .help("What segments take of server.cache-size.")
          .labelNames("server")
          .register();
  private static final Counter LOADS =
      Counter.builder()
          .name("cuvee_server_disk_cache_loads")
          .help("Segments that were loaded because a query asked for them.")
          .labelNames("server")
          .register();
  private static final Counter EVICTIONS =
      Counter.builder()
          .name("cuvee_server_disk_cache_evictions")
          .help("Segments that left the disk for others.")
          .labelNames("server")
          .register();

  private final GaugeDataPoint bytes;
  private final CounterDataPoint loads;
  private final CounterDataPoint evictions;

  CacheMetrics(String server) {
    bytes = BYTES.labelValues(server);
    loads = LOADS.labelValues(server);
    evictions = EVICTIONS.labelValues(server);
  }

  void holds(long newBytes) {
    bytes.set((double) newBytes);
  }

  void loaded() {
    loads.inc();
  }

  void evicted() {
    evictions.inc();
  }
}
