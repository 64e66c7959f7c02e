package io.cuvee.segment.index.startree;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.catalog.StoredAggregates;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.StarTreeMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A star-tree to build, its metrics bound to a schema.
///
/// @param schema whose fields the arguments of the metrics number
/// @param metrics COUNT of all rows first; each one of [StoredAggregates#parts]
public record StarTreeSpec(
    Schema schema,
    List<String> dimensions,
    List<String> skipStarNodes,
    List<Metric> metrics,
    int maxLeafRecords) {
  /// Beyond so many distinct values a column is no dimension of the default tree.
  private static final int MOST_DEFAULT_VALUES = 10_000;

  public StarTreeSpec {
    dimensions = List.copyOf(dimensions);
    skipStarNodes = List.copyOf(skipStarNodes);
    metrics = List.copyOf(metrics);
  }

  /// @param argument as in [StarTreeMetadata.Metric]
  public record Metric(String argument, AggregateCall call) {
    String function() {
      return StoredAggregates.function(call);
    }

    /// Function and argument.
    String name() {
      return function() + argument;
    }
  }

  /// @throws IllegalArgumentException if a metric does not fit the schema; see
  ///   [StarTreeConfig#problems]
  public static StarTreeSpec of(StarTreeConfig config, Schema schema) {
    Set<Metric> metrics = new LinkedHashSet<>();
    metrics.add(rows());
    for (StarTreeConfig.Metric metric : config.metrics()) {
      if (metric.isAllRows()) {
        continue;
      }
      metric.stored(schema).forEach(call -> metrics.add(metric(call, schema)));
    }
    return new StarTreeSpec(
        schema,
        config.dimensions(),
        config.skipStarNodes(),
        List.copyOf(metrics),
        config.maxLeafRecords());
  }

  /// The tree of `enableDefaultStarTree`: all dimensions with few values, those with the most
  /// first, and the sums of all metrics.
  ///
  /// @param columns of the segment
  /// @return absent if there is no such dimension
  public static Optional<StarTreeSpec> ofDefault(
      Schema schema, Function<String, Optional<SegmentColumn>> columns) {
    List<SegmentColumn> dimensions = new ArrayList<>();
    Set<Metric> metrics = new LinkedHashSet<>();
    metrics.add(rows());
    for (FieldSpec field : schema.fields()) {
      if (field.type().isArray()) {
        continue;
      }
      if (field.role() != FieldSpec.Role.METRIC) {
        columns
            .apply(field.name())
            .filter(column ->
                column
                    .dictionary()
                    .filter(values -> values.size() <= MOST_DEFAULT_VALUES)
                    .isPresent())
            .ifPresent(dimensions::add);
      } else if (field.type().dataType().isNumeric()) {
        new StarTreeConfig.Metric(AggregateFunctions.SUM, field.name())
            .stored(schema)
            .forEach(call -> metrics.add(metric(call, schema)));
      }
    }
    dimensions.sort(
        Comparator.comparingInt((SegmentColumn column) -> column.dictionary().orElseThrow().size())
            .reversed());
    List<String> names =
        dimensions.stream().map(SegmentColumn::name).limit(StarTreeConfig.MOST_DIMENSIONS).toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StarTreeSpec(
                schema,
                names,
                List.of(),
                List.copyOf(metrics),
                StarTreeConfig.DEFAULT_MAX_LEAF_RECORDS));
  }

  private static Metric rows() {
    return new Metric(
        "", new AggregateCall(AggregateFunctions.COUNT, List.of(), false, null, ColumnType.LONG));
  }

  private static Metric metric(AggregateCall call, Schema schema) {
    return new Metric(
        StoredAggregates.argument(call, index -> schema.fields().get(index).name())
            .orElseThrow(() -> new IllegalArgumentException("no metric: " + call)),
        call);
  }

  /// Whether `tree` was built from this, or from one that asked for the same.
  public boolean isBuiltAs(StarTreeMetadata tree) {
    List<String> names = tree.dimensions().stream().map(StarTreeMetadata.Dimension::name).toList();
    List<String> skipped =
        tree.dimensions().stream()
            .filter(StarTreeMetadata.Dimension::skipStarNodes)
            .map(StarTreeMetadata.Dimension::name)
            .toList();
    List<String> asked = new ArrayList<>(tree.leftOut());
    tree.metrics().forEach(metric -> asked.add(metric.function() + metric.argument()));
    return names.equals(dimensions)
        && maxLeafRecords == tree.maxLeafRecords()
        && Set.copyOf(skipped).equals(Set.copyOf(skipStarNodes))
        && metrics.stream().map(Metric::name).collect(Collectors.toSet()).equals(Set.copyOf(asked));
  }
}
