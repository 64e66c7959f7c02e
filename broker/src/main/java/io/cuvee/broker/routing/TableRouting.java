package io.cuvee.broker.routing;

import io.cuvee.common.plan.SegmentQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Who answers for the segments of one physical table. The ways to spread the segments over their
/// replicas are worked out when the table changes, so that a query only picks one. Thread-safe.
public final class TableRouting {
  /// How many ways to spread are kept; queries take turns.
  private static final int SPREADS = 4;

  /// So that the small ones even out what is left.
  private static final Comparator<SegmentRoute> LARGEST_FIRST =
      Comparator.comparingLong(SegmentRoute::docs).reversed().thenComparing(SegmentRoute::segment);

  private final String physicalTable;

  /// The servers that have all of a partition, of a table where one must answer for all of it; else
  /// absent.
  private final Optional<WholePartitions> whole;

  private final Map<String, SegmentRoute> routes;
  private final List<List<Part>> spreads;
  private final Map<String, String> missing;
  private final ShownOffsets shown;
  private final SegmentPruner pruner;
  private final AtomicInteger turn = new AtomicInteger();

  TableRouting(String physicalTable, List<SegmentRoute> segments) {
    this(physicalTable, segments, new ShownOffsets(), false);
  }

  /// @param shown outlives this routing, as long as the table
  /// @param isWhole whether one server must answer for all of a partition
  TableRouting(
      String physicalTable, List<SegmentRoute> given, ShownOffsets shown, boolean isWhole) {
    this.physicalTable = physicalTable;
    this.whole = isWhole ? Optional.of(WholePartitions.of(given)) : Optional.empty();
    List<SegmentRoute> segments = whole.map(WholePartitions::routes).orElse(given);
    this.shown = shown;
    this.routes = HashMap.newHashMap(segments.size());
    this.missing = new LinkedHashMap<>();
    List<SegmentRoute> served = new ArrayList<>(segments.size());
    for (SegmentRoute route : segments) {
      routes.put(route.segment(), route);
      if (route.preferred().isEmpty()) {
        missing.put(route.segment(), route.problem());
      } else {
        served.add(route);
      }
    }
    this.pruner = new SegmentPruner(segments);
    served.sort(LARGEST_FIRST);
    boolean replicated = served.stream().anyMatch(route -> route.preferred().size() > 1);
    List<List<Part>> all = new ArrayList<>();
    for (int i = 0; i < (replicated ? SPREADS : 1); i++) {
      all.add(spread(served, i));
    }
    this.spreads = List.copyOf(all);
  }

  private List<Part> spread(List<SegmentRoute> served, int rotation) {
    Map<ServerAddress, Long> load = new HashMap<>();
    Map<Integer, ServerAddress> byPartition = new HashMap<>();
    Map<ServerAddress, List<String>> chosen = new LinkedHashMap<>();
    for (SegmentRoute route : served) {
      Optional<Integer> partition = whole.flatMap(_ -> WholePartitions.partition(route.segment()));
      ServerAddress taken = partition.map(byPartition::get).orElse(null);
      List<ServerAddress> servers = taken == null ? route.preferred() : List.of(taken);
      ServerAddress best = servers.getFirst();
      long bestLoad = Long.MAX_VALUE;
      for (int i = 0; i < servers.size(); i++) {
        ServerAddress candidate = servers.get((i + rotation) % servers.size());
        long candidateLoad = load.getOrDefault(candidate, 0L);
        if (candidateLoad < bestLoad) {
          best = candidate;
          bestLoad = candidateLoad;
        }
      }
      ServerAddress answers = best;
      partition.ifPresent(number -> byPartition.put(number, answers));
      // An empty segment is work too.
      load.merge(best, route.docs() + 1, Long::sum);
      chosen.computeIfAbsent(best, server -> new ArrayList<>()).add(route.segment());
    }
    return parts(chosen);
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
    return missing;
  }

  /// What one query has to ask.
  ///
  /// @param missing segments that it needs and no live server holds, with the reason
  /// @param pruned how many it does not need
  public record Choice(List<Part> parts, Map<String, String> missing, int pruned) {}

  /// The parts of one query, without the segments in which no row can pass its filter.
  public Choice choose(SegmentQuery query) {
    Optional<List<SegmentRoute>> some = pruner.prune(query);
    if (some.isEmpty()) {
      return new Choice(parts(), missing, 0);
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
    served.sort(LARGEST_FIRST);
    int rotation = Math.floorMod(turn.getAndIncrement(), SPREADS);
    return new Choice(spread(served, rotation), without, routes.size() - some.get().size());
  }

  /// The parts of one query: every segment that somebody holds, once.
  public List<Part> parts() {
    return spreads.size() == 1
        ? spreads.getFirst()
        : spreads.get(Math.floorMod(turn.getAndIncrement(), spreads.size()));
  }

  /// How many segments a query may ask this server for.
  public int segmentsAt(String server) {
    int most = 0;
    for (List<Part> spread : spreads) {
      for (Part part : spread) {
        if (part.server().id().equals(server)) {
          most = Math.max(most, part.segments().size());
        }
      }
    }
    return most;
  }

  /// Other servers for some of the segments. Segments that have none left are not in the result.
  ///
  /// @param excluded ids of servers that failed in this query
  public List<Part> reassign(List<String> segments, Set<String> excluded) {
    Map<ServerAddress, List<String>> chosen = new LinkedHashMap<>();
    Map<Integer, ServerAddress> byPartition = new HashMap<>();
    for (String segment : segments) {
      SegmentRoute route = routes.get(segment);
      if (route == null) {
        continue;
      }
      Optional<Integer> partition = whole.flatMap(_ -> WholePartitions.partition(segment));
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
    for (Part part : spreads.getFirst()) {
      servers.put(part.server().id(), part.segments());
    }
    return servers;
  }
}
