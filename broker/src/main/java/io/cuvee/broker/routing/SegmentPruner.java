package io.cuvee.broker.routing;

import io.cuvee.cluster.state.SegmentScope.Partitions;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Leaves out segments in which no row can pass a query's filter, by the time and the partitions of
/// their rows. Immutable.
final class SegmentPruner {
  private final List<SegmentRoute> all;

  /// By time column; a table has had more than one if its config was changed.
  private final Map<String, IntervalIndex<SegmentRoute>> byTime = new HashMap<>();

  private final boolean hasPartitions;

  SegmentPruner(Collection<SegmentRoute> segments) {
    all = List.copyOf(segments);
    Map<String, List<IntervalIndex.Entry<SegmentRoute>>> intervals = new HashMap<>();
    boolean partitioned = false;
    for (SegmentRoute route : segments) {
      partitioned |= !route.scope().partitions().isEmpty();
      Optional<TimeRange> time = route.scope().time();
      time.ifPresent(range ->
          intervals
              .computeIfAbsent(range.column(), column -> new ArrayList<>())
              .add(new IntervalIndex.Entry<>(range.min(), range.max(), route)));
    }
    intervals.forEach((column, entries) -> byTime.put(column, new IntervalIndex<>(entries)));
    hasPartitions = partitioned;
  }

  /// The segments that may have rows for the filter; empty if all may.
  Optional<List<SegmentRoute>> prune(FilterScope filter) {
    if (filter.isAnything() || byTime.isEmpty() && !hasPartitions) {
      return Optional.empty();
    }
    List<SegmentRoute> kept = byTime(filter);
    if (hasPartitions) {
      kept = kept.stream().filter(route -> mayHold(route, filter)).toList();
    }
    return kept.size() == all.size() ? Optional.empty() : Optional.of(kept);
  }

  private List<SegmentRoute> byTime(FilterScope filter) {
    for (Map.Entry<String, IntervalIndex<SegmentRoute>> column : byTime.entrySet()) {
      FilterScope.Bounds bounds = filter.of(column.getKey());
      if (bounds != null) {
        List<SegmentRoute> kept = new ArrayList<>();
        column.getValue().meeting(bounds.min(), bounds.max(), kept::add);
        if (column.getValue().size() < all.size()) {
          for (SegmentRoute route : all) {
            if (route
                .scope()
                .time()
                .filter(time -> time.column().equals(column.getKey()))
                .isEmpty()) {
              kept.add(route);
            }
          }
        }
        return kept;
      }
    }
    return all;
  }

  private static boolean mayHold(SegmentRoute route, FilterScope filter) {
    for (Map.Entry<String, Partitions> column : route.scope().partitions().entrySet()) {
      FilterScope.Bounds bounds = filter.of(column.getKey());
      if (bounds != null
          && bounds.values() != null
          && !holdsOne(column.getValue(), bounds.values())) {
        return false;
      }
    }
    return true;
  }

  private static boolean holdsOne(Partitions partitions, Set<Object> values) {
    return values.stream()
        .anyMatch(value -> partitions.ids().contains(partitions.function().partition(value)));
  }
}
