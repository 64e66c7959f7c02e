package io.cuvee.broker.routing;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.StreamSegmentName;
import io.cuvee.common.wire.SegmentRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The servers of a table whose rows replace each other: of each partition those that have all of
/// its segments, since a row may have moved from one to another while several servers look.
///
/// @param routes with these servers alone
record WholePartitions(List<SegmentRoute> routes) {
  static WholePartitions of(List<SegmentRoute> segments) {
    Map<Integer, List<SegmentRoute>> partitions = new LinkedHashMap<>();
    List<SegmentRoute> routes = new ArrayList<>(segments.size());
    for (SegmentRoute route : segments) {
      partition(route.segment())
          .ifPresentOrElse(
              number -> partitions.computeIfAbsent(number, _ -> new ArrayList<>()).add(route),
              () -> routes.add(route));
    }
    partitions.forEach((number, all) -> routes.addAll(whole(number, all)));
    return new WholePartitions(routes);
  }

  private static List<SegmentRoute> whole(int partition, List<SegmentRoute> routes) {
    Set<ServerAddress> best = new LinkedHashSet<>(routes.getFirst().preferred());
    Set<ServerAddress> able = new LinkedHashSet<>(routes.getFirst().holders());
    for (SegmentRoute route : routes) {
      best.retainAll(route.preferred());
      able.retainAll(route.holders());
    }
    List<ServerAddress> preferred = List.copyOf(best.isEmpty() ? able : best);
    List<ServerAddress> fallback = best.isEmpty() ? List.of() : without(able, best);
    return routes.stream()
        .map(route ->
            new SegmentRoute(
                route.segment(),
                route.docs(),
                preferred,
                fallback,
                preferred.isEmpty() ? problem(partition, route) : "",
                // All of them are looked at together: none is left out.
                SegmentScope.UNKNOWN))
        .toList();
  }

  private static List<ServerAddress> without(Set<ServerAddress> all, Set<ServerAddress> some) {
    return all.stream().filter(server -> !some.contains(server)).toList();
  }

  private static String problem(int partition, SegmentRoute route) {
    return route.problem().isEmpty()
        ? "no live server has all segments of partition " + partition
        : route.problem();
  }

  /// The partition of a segment, as requests name it; empty if it was uploaded.
  static Optional<Integer> partition(String segment) {
    return switch (SegmentRef.parse(segment)) {
      case SegmentRef.Onward onward -> Optional.of(onward.partition());
      case SegmentRef.Until until ->
          StreamSegmentName.parse(until.name()).map(StreamSegmentName::partition);
      case SegmentRef.Whole _ -> Optional.empty();
    };
  }
}
