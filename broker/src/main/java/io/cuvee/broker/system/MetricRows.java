package io.cuvee.broker.system;

import static io.cuvee.broker.system.SystemRows.row;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows of `system.metrics`: what `/metrics` of this process shows; of histograms the count and
/// the sum.
final class MetricRows {
  private MetricRows() {}

  static Stream<List<@Nullable Object>> all() {
    return PrometheusRegistry.defaultRegistry.scrape().stream().flatMap(MetricRows::points);
  }

  private static Stream<List<@Nullable Object>> points(MetricSnapshot metric) {
    String name = metric.getMetadata().getPrometheusName();
    String help = metric.getMetadata().getHelp();
    return switch (metric) {
      case CounterSnapshot counter ->
          counter.getDataPoints().stream()
              .map(point ->
                  row(name + "_total", "COUNTER", text(point.getLabels()), point.getValue(), help));
      case GaugeSnapshot gauge ->
          gauge.getDataPoints().stream()
              .map(point -> row(name, "GAUGE", text(point.getLabels()), point.getValue(), help));
      case HistogramSnapshot histogram ->
          histogram.getDataPoints().stream()
              .flatMap(point ->
                  Stream.of(
                      row(
                          name + "_count",
                          "HISTOGRAM",
                          text(point.getLabels()),
                          (double) point.getCount(),
                          help),
                      row(
                          name + "_sum",
                          "HISTOGRAM",
                          text(point.getLabels()),
                          point.getSum(),
                          help)));
      default -> Stream.empty();
    };
  }

  private static String text(Labels labels) {
    return labels.stream()
        .map(label -> label.getName() + "=" + label.getValue())
        .collect(Collectors.joining(","));
  }
}
