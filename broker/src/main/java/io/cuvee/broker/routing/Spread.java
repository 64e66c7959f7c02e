package io.cuvee.broker.routing;

import io.cuvee.common.catalog.InstanceSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Divides segments among the servers that have them, as the table's [InstanceSelector] says.
/// Evenly: the largest segments first, each to the server with the fewest rows so far. To few
/// servers: servers are added in any order until each segment has one of them, and then divided
/// evenly; the best of several tries counts. After Pinot's routing of large clusters, in Im et al.,
/// "Pinot: Realtime OLAP for 530 Million Users" (2018).
final class Spread {
  private static final int TRIES = 20;

  /// More candidates of all segments than this are not tried so often.
  private static final int MANY_CANDIDATES = 300_000;

  /// So that the small ones even out what is left.
  private static final Comparator<SegmentRoute> LARGEST_FIRST =
      Comparator.comparingLong(SegmentRoute::docs).reversed().thenComparing(SegmentRoute::segment);

  /// Of more it does not matter which of two equals comes first.
  private static final int MANY = 4096;

  private static final int NONE = -1;

  private final InstanceSelector selector;
  private final List<SegmentRoute> routes;
  private final List<ServerAddress> servers = new ArrayList<>();

  /// The servers of route `i` are those from `ends[i - 1]` to `ends[i]` in `candidates`.
  private final int[] ends;

  private final int[] candidates;

  private final ServerGroups groups;

  /// Of each route, what one server must answer for alone; else `NONE`.
  private final int[] partitions;

  /// @param routes that have servers
  /// @param isWhole whether one server must answer for all of a partition
  /// @param groups the table's replica groups, if it has any
  Spread(
      List<SegmentRoute> routes, boolean isWhole, InstanceSelector selector, ServerGroups groups) {
    this.selector = selector;
    this.groups = groups;
    this.routes = largestFirst(routes);
    ends = new int[routes.size()];
    candidates = new int[routes.stream().mapToInt(route -> route.preferred().size()).sum()];
    partitions = new int[routes.size()];
    Map<ServerAddress, Integer> numbers = new HashMap<>();
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      SegmentRoute route = this.routes.get(i);
      for (ServerAddress server : route.preferred()) {
        candidates[end++] =
            numbers.computeIfAbsent(
                server,
                address -> {
                  servers.add(address);
                  return servers.size() - 1;
                });
      }
      ends[i] = end;
      partitions[i] =
          (isWhole ? WholePartitions.partition(route.segment()) : Optional.<Integer>empty())
              .orElse(NONE);
    }
  }

  private static List<SegmentRoute> largestFirst(List<SegmentRoute> routes) {
    if (routes.size() <= MANY) {
      return routes.stream().sorted(LARGEST_FIRST).toList();
    }
    long[] byDocs = new long[routes.size()];
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(routes.size());
    for (int i = 0; i < byDocs.length; i++) {
      long docs = Math.min(routes.get(i).docs(), Long.MAX_VALUE >>> bits);
      byDocs[i] = -docs << bits | i;
    }
    Arrays.sort(byDocs);
    List<SegmentRoute> sorted = new ArrayList<>(byDocs.length);
    for (long each : byDocs) {
      sorted.add(routes.get((int) (each & (1L << bits) - 1)));
    }
    return sorted;
  }

  /// One way to divide them.
  ///
  /// @param rotation another number, another way
  List<Part> parts(String physicalTable, int rotation) {
    int[] chosen =
        switch (selector) {
          case BALANCED -> balanced(rotation, null);
          case REPLICA_GROUP, STRICT_REPLICA_GROUP ->
              groups.count() == 0 ? sameReplica(rotation) : sameGroup(rotation);
          case CONSISTENT -> consistent();
          case FEWEST_SERVERS -> fewest(rotation);
        };
    List<List<String>> segments = new ArrayList<>(servers.size());
    servers.forEach(server -> segments.add(new ArrayList<>()));
    List<Integer> order = new ArrayList<>(servers.size());
    for (int i = 0; i < chosen.length; i++) {
      List<String> own = segments.get(chosen[i]);
      if (own.isEmpty()) {
        order.add(chosen[i]);
      }
      own.add(routes.get(i).segment());
    }
    return order.stream()
        .map(server -> Part.of(servers.get(server), physicalTable, segments.get(server)))
        .toList();
  }

  private int from(int route) {
    return route == 0 ? 0 : ends[route - 1];
  }

  /// @param only servers that may be chosen; null for all
  /// @return the server of each route
  private int[] balanced(int rotation, @Nullable BitSet only) {
    long[] load = new long[servers.size()];
    int[] chosen = new int[ends.length];
    Map<Integer, Integer> byPartition = new HashMap<>();
    for (int i = 0; i < ends.length; i++) {
      int best = partitions[i] == NONE ? NONE : byPartition.getOrDefault(partitions[i], NONE);
      if (best == NONE) {
        best = least(from(i), ends[i], rotation, load, only);
        if (partitions[i] != NONE) {
          byPartition.put(partitions[i], best);
        }
      }
      // An empty segment is work too.
      load[best] += routes.get(i).docs() + 1;
      chosen[i] = best;
    }
    return chosen;
  }

  private int least(int from, int to, int rotation, long[] load, @Nullable BitSet only) {
    int best = NONE;
    for (int i = 0; i < to - from; i++) {
      int server = candidates[from + (i + rotation) % (to - from)];
      if ((only == null || only.get(server)) && (best == NONE || load[server] < load[best])) {
        best = server;
      }
    }
    return best;
  }

  /// For each segment the server that draws the highest lot, which nothing but the two decides:
  /// when a server comes or goes, only its own segments move. After Thaler and Ravishankar, "A
  /// Name-Based Mapping Scheme for Rendezvous" (1996).
  private int[] consistent() {
    int[] chosen = new int[ends.length];
    for (int i = 0; i < ends.length; i++) {
      long segment = routes.get(i).segment().hashCode();
      chosen[i] = candidates[from(i)];
      for (int at = from(i) + 1; at < ends[i]; at++) {
        if (lot(segment, candidates[at]) > lot(segment, chosen[i])) {
          chosen[i] = candidates[at];
        }
      }
    }
    return chosen;
  }

  /// Mixed as by MurmurHash3, so that similar names have nothing in common.
  private long lot(long segment, int server) {
    long mixed = segment * 0x9E3779B97F4A7C15L + servers.get(server).id().hashCode();
    mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ mixed >>> 33;
  }

  /// Their servers are in order of their ids, so that those of one group have the same place where
  /// groups have the same segments.
  private int[] sameReplica(int rotation) {
    int[] chosen = new int[ends.length];
    for (int i = 0; i < ends.length; i++) {
      chosen[i] = candidates[from(i) + rotation % (ends[i] - from(i))];
    }
    return chosen;
  }

  /// All of one group; what nobody there has, of the next one, and so on.
  private int[] sameGroup(int rotation) {
    int[] groupOf = new int[servers.size()];
    for (int i = 0; i < groupOf.length; i++) {
      groupOf[i] = groups.byServer().getOrDefault(servers.get(i).id(), NONE);
    }
    int[] chosen = new int[ends.length];
    for (int i = 0; i < ends.length; i++) {
      int best = candidates[from(i)];
      int bestDistance = Integer.MAX_VALUE;
      for (int at = from(i); at < ends[i]; at++) {
        int group = groupOf[candidates[at]];
        int distance =
            group == NONE ? groups.count() : Math.floorMod(group - rotation, groups.count());
        if (distance < bestDistance) {
          best = candidates[at];
          bestDistance = distance;
        }
      }
      chosen[i] = best;
    }
    return chosen;
  }

  private int[] fewest(int rotation) {
    Random random = new Random(rotation);
    int tries = candidates.length > MANY_CANDIDATES ? 2 : TRIES;
    BitSet fewest = cover(random);
    for (int i = 1; i < tries; i++) {
      BitSet other = cover(random);
      if (other.cardinality() < fewest.cardinality()) {
        fewest = other;
      }
    }
    return balanced(rotation, fewest);
  }

  /// Servers of which each route has at least one: one of its own, by chance, for each that has
  /// none of those before.
  private BitSet cover(Random random) {
    BitSet chosen = new BitSet(servers.size());
    int offset = ends.length == 0 ? 0 : random.nextInt(ends.length);
    for (int i = 0; i < ends.length; i++) {
      int route = (i + offset) % ends.length;
      boolean isCovered = false;
      for (int at = from(route); at < ends[route] && !isCovered; at++) {
        isCovered = chosen.get(candidates[at]);
      }
      if (!isCovered) {
        chosen.set(candidates[from(route) + random.nextInt(ends[route] - from(route))]);
      }
    }
    return chosen;
  }
}
