package io.cuvee.controller.upload;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentScope.Partitions;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.catalog.PartitionFunction;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds which times and partitions a segment's rows are of, from its own values, whoever built it.
public final class SegmentScopes {
  /// Of more partitions none is remembered: few queries would leave the segment out.
  private static final int MAX_PARTITIONS = 100;

  private static final int BATCH = 2048;

  private SegmentScopes() {}

  /// @param directory of the unpacked segment
  public static SegmentScope of(TableConfig config, SegmentMetadata metadata, Path directory) {
    Optional<TimeRange> time =
        config.timeColumn().flatMap(metadata::column).flatMap(SegmentScopes::range);
    Map<String, Partitions> partitions = new HashMap<>();
    if (!config.partitioning().isEmpty()) {
      try (Segment segment = Segment.open(directory, Verify.STRUCTURE)) {
        config
            .partitioning()
            .forEach((name, function) -> {
              Optional<Set<Integer>> ids =
                  segment
                      .column(name)
                      .filter(column -> !column.type().isArray())
                      .map(column -> partitions(column, function));
              ids.filter(some -> some.size() <= MAX_PARTITIONS)
                  .ifPresent(some -> partitions.put(name, new Partitions(function, some)));
            });
      }
    }
    return new SegmentScope(time, partitions);
  }

  private static Optional<TimeRange> range(ColumnMetadata column) {
    return !column.type().isArray()
            && column.statistics().min() instanceof Long min
            && column.statistics().max() instanceof Long max
        ? Optional.of(new TimeRange(column.name(), min, max, column.hasNulls()))
        : Optional.empty();
  }

  private static Set<Integer> partitions(SegmentColumn column, PartitionFunction function) {
    Set<Integer> ids = new HashSet<>();
    Optional<Dictionary> dictionary = column.dictionary();
    if (dictionary.isPresent()) {
      for (int id = 0; id < dictionary.get().size(); id++) {
        ids.add(function.partition(dictionary.get().value(id)));
      }
      return ids;
    }
    for (int from = 0; from < column.docCount(); from += BATCH) {
      Values values = column.values(from, Math.min(BATCH, column.docCount() - from));
      for (int i = 0; i < values.count(); i++) {
        Object value = values.get(i);
        if (value != null) {
          ids.add(function.partition(value));
        }
      }
    }
    return ids;
  }
}
