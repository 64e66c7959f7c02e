package io.cuvee.broker.routing;

import io.cuvee.common.catalog.InstanceSelector;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.SegmentRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Who answers for the segments of one physical table. The ways to spread the segments over their
/// replicas are worked out once, so that a query only picks one. Thread-safe.
public final class TableRouting {
  /// How many ways to spread are kept; queries take turns.
  private static final int SPREADS = 4;

  private static final int MOST_SPREADS = 16;

  private final String physicalTable;

  /// Whether one server must answer for all of a partition.
  private final boolean isWhole;

  private final InstanceSelector selector;
  private final ServerGroups groups;
  private final RouteSet routes;
  private final ShownOffsets shown;
  private final AtomicInteger turn = new AtomicInteger();
  private volatile @Nullable List<List<Part>> spreads;

  TableRouting(String physicalTable, List<SegmentRoute> segments) {
    this(
        physicalTable,
        segments,
        new ShownOffsets(),
        false,
        InstanceSelector.BALANCED,
        ServerGroups.NONE);
  }

  /// @param shown outlives this routing, as long as the table
  /// @param isWhole whether one server must answer for all of a partition: only those are asked
  ///   that have all of it
  /// @param groups the table's replica groups, if it has any
  TableRouting(
      String physicalTable,
      List<SegmentRoute> segments,
      ShownOffsets shown,
      boolean isWhole,
      InstanceSelector selector,
      ServerGroups groups) {
    this(
        physicalTable,
        RouteSet.of(isWhole ? WholePartitions.of(segments).routes() : segments),
        shown,
        isWhole,
        // Of these one server answers for a whole partition, whatever else is wished.
        isWhole ? InstanceSelector.BALANCED : selector,
        groups);
  }

  private TableRouting(
      String physicalTable,
      RouteSet routes,
      ShownOffsets shown,
      boolean isWhole,
      InstanceSelector selector,
      ServerGroups groups) {
    this.physicalTable = physicalTable;
    this.routes = routes;
    this.shown = shown;
    this.isWhole = isWhole;
    this.selector = selector;
    this.groups = groups;
  }

  /// This with other routes for some segments, of a table where each segment stands for itself.
  TableRouting with(Map<String, Optional<SegmentRoute>> changes) {
    return new TableRouting(physicalTable, routes.with(changes), shown, isWhole, selector, groups);
  }

  /// Worked out when the first query needs them.
  private List<List<Part>> spreads() {
    List<List<Part>> known = spreads;
    if (known == null) {
      synchronized (this) {
        known = spreads;
        if (known == null) {
          known = allSpreads();
          spreads = known;
        }
      }
    }
    return known;
  }

  private List<List<Part>> allSpreads() {
    List<SegmentRoute> served = new ArrayList<>(routes.size());
    routes.forEach(route -> {
      if (!route.preferred().isEmpty()) {
        served.add(route);
      }
    });
    Spread spread = new Spread(served, isWhole, selector, groups);
    boolean replicated = served.stream().anyMatch(route -> route.preferred().size() > 1);
    // So that each group has its turn.
    int ways = groups.count() == 0 ? SPREADS : Math.min(groups.count(), MOST_SPREADS);
    return IntStream.range(0, replicated ? ways : 1)
        .mapToObj(rotation -> spread.parts(physicalTable, rotation))
        .toList();
  }

  private List<Part> parts(Map<ServerAddress, List<String>> chosen) {
    List<Part> parts = new ArrayList<>(chosen.size());
    chosen.forEach((server, segments) -> parts.add(Part.of(server, physicalTable, segments)));
    return List.copyOf(parts);
  }

  public String physicalTable() {
    return physicalTable;
  }

  /// How far answers went into the table's stream.
  public ShownOffsets shown() {
    return shown;
  }

  public int segmentCount() {
    return routes.size();
  }

  /// The segments that no live server holds, with the reason.
  public Map<String, String> missing() {
    return routes.missing();
  }

  /// What one query has to ask.
  ///
  /// @param missing segments that it needs and no live server holds, with the reason
  /// @param pruned how many it does not need
  public record Choice(List<Part> parts, Map<String, String> missing, int pruned) {}

  /// The parts of one query, without the segments in which no row can pass its filter.
  public Choice choose(SegmentQuery query) {
    Optional<List<SegmentRoute>> some = routes.prune(query);
    if (some.isEmpty()) {
      return new Choice(parts(), missing(), 0);
    }
    List<SegmentRoute> served = new ArrayList<>(some.get().size());
    Map<String, String> without = new LinkedHashMap<>();
    for (SegmentRoute route : some.get()) {
      if (route.preferred().isEmpty()) {
        without.put(route.segment(), route.problem());
      } else {
        served.add(route);
      }
    }
    int rotation = Math.floorMod(turn.getAndIncrement(), SPREADS);
    return new Choice(
        new Spread(served, isWhole, selector, groups).parts(physicalTable, rotation),
        without,
        routes.size() - some.get().size());
  }

  /// The parts of one query: every segment that somebody holds, once.
  public List<Part> parts() {
    List<List<Part>> all = spreads();
    return all.size() == 1
        ? all.getFirst()
        : all.get(Math.floorMod(turn.getAndIncrement(), all.size()));
  }

  /// How many segments a query may ask this server for.
  public int segmentsAt(String server) {
    int most = 0;
    for (List<Part> spread : spreads()) {
      for (Part part : spread) {
        if (part.server().id().equals(server)) {
          most = Math.max(most, part.segments().size());
        }
      }
    }
    return most;
  }

  /// All servers that may have rows of the segment.
  public List<ServerAddress> holders(SegmentRef segment) {
    SegmentRoute route = routes.find(segment.toString());
    return route == null ? List.of() : route.holders();
  }

  /// These segments, from this server.
  public Part part(ServerAddress server, List<String> segments) {
    return Part.of(server, physicalTable, segments);
  }

  /// Other servers for some of the segments. Segments that have none left are not in the result.
  ///
  /// @param excluded ids of servers that failed in this query
  public List<Part> reassign(List<String> segments, Set<String> excluded) {
    Map<ServerAddress, List<String>> chosen = new LinkedHashMap<>();
    Map<Integer, ServerAddress> byPartition = new HashMap<>();
    for (String segment : segments) {
      SegmentRoute route = routes.find(segment);
      if (route == null) {
        continue;
      }
      Optional<Integer> partition = isWhole ? WholePartitions.partition(segment) : Optional.empty();
      ServerAddress best = partition.map(byPartition::get).orElse(null);
      if (best != null) {
        chosen.computeIfAbsent(best, server -> new ArrayList<>()).add(segment);
        continue;
      }
      int bestLoad = Integer.MAX_VALUE;
      for (List<ServerAddress> servers : List.of(route.preferred(), route.fallback())) {
        for (ServerAddress candidate : servers) {
          int load = chosen.getOrDefault(candidate, List.of()).size();
          if (!excluded.contains(candidate.id()) && load < bestLoad) {
            best = candidate;
            bestLoad = load;
          }
        }
        if (best != null) {
          break;
        }
      }
      if (best != null) {
        ServerAddress answers = best;
        partition.ifPresent(number -> byPartition.put(number, answers));
        chosen.computeIfAbsent(best, server -> new ArrayList<>()).add(segment);
      }
    }
    return parts(chosen);
  }

  /// The segments by the id of the server that one query would ask, as `/debug/routingTable` shows
  /// them.
  public Map<String, List<String>> byServer() {
    Map<String, List<String>> servers = new LinkedHashMap<>();
    for (Part part : spreads().getFirst()) {
      servers.put(part.server().id(), part.segments());
    }
    return servers;
  }

  /// As [#byServer()], of one segment alone; empty if it is not known, or nobody holds it.
  public Map<String, List<String>> byServer(String segment) {
    SegmentRoute route = routes.find(segment);
    return route == null || route.preferred().isEmpty()
        ? Map.of()
        : Map.of(route.preferred().getFirst().id(), List.of(segment));
  }
}
