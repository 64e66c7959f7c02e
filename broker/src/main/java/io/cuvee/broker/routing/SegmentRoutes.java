package io.cuvee.broker.routing;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Finds for each segment of a table the servers that can answer for it.
///
/// Which segments belong to the table is what the metadata says, not what servers happen to hold: a
/// segment that nobody holds yet, or any more, is missing, and the answer must not be silently
/// short of it.
final class SegmentRoutes {
  private SegmentRoutes() {}

  static List<SegmentRoute> of(
      Map<String, SegmentRecord> records,
      Map<String, Map<String, Replica>> replicas,
      Map<String, Instance> servers) {
    List<SegmentRoute> routes = new ArrayList<>(records.size());
    records.forEach((name, record) -> {
      if (!record.arriving()) {
        routes.add(
            route(
                name,
                record.totalDocs(),
                record.crc(),
                record.scope(),
                replicas.getOrDefault(name, Map.of()),
                servers));
      }
    });
    // A segment that a stream still fills has no record until it is sealed.
    replicas.forEach((name, holders) -> {
      if (!records.containsKey(name)
          && holders.values().stream()
              .anyMatch(replica -> replica.state() == SegmentState.CONSUMING)) {
        routes.add(route(name, 0, 0, SegmentScope.UNKNOWN, holders, servers));
      }
    });
    return routes;
  }

  /// Rank of a replica of another version than the metadata names: what is known of the new rows is
  /// not true of its own.
  private static final int OLDER_VERSION = 10;

  private record Holder(ServerAddress server, int rank) {}

  private static SegmentRoute route(
      String segment,
      long docs,
      long crc,
      SegmentScope scope,
      Map<String, Replica> holders,
      Map<String, Instance> servers) {
    List<Holder> able = new ArrayList<>(holders.size());
    new TreeMap<>(holders)
        .forEach((id, replica) -> {
          Instance server = servers.get(id);
          boolean held =
              replica.state() == SegmentState.ONLINE || replica.state() == SegmentState.CONSUMING;
          if (server != null && held) {
            able.add(new Holder(ServerAddress.of(server), rank(server, replica, crc)));
          }
        });
    int best = able.stream().mapToInt(Holder::rank).min().orElse(0);
    List<ServerAddress> preferred =
        able.stream().filter(holder -> holder.rank() == best).map(Holder::server).toList();
    List<ServerAddress> fallback =
        able.stream()
            .filter(holder -> holder.rank() > best)
            .sorted(Comparator.comparingInt(Holder::rank))
            .map(Holder::server)
            .toList();
    return new SegmentRoute(
        segment,
        docs,
        preferred,
        fallback,
        able.isEmpty() ? problem(holders, servers) : "",
        best < OLDER_VERSION ? scope : SegmentScope.UNKNOWN);
  }

  /// Lower is better: the version that the metadata names before an older one, then by what the
  /// server can do.
  private static int rank(Instance server, Replica replica, long crc) {
    int version = crc == 0 || replica.crc() == crc ? 0 : OLDER_VERSION;
    return version
        + switch (server.phase()) {
          case WARM -> 0;
          case READY -> 1;
          case DRAINING -> 2;
          case STARTING -> 3;
        };
  }

  private static String problem(Map<String, Replica> holders, Map<String, Instance> servers) {
    if (servers.isEmpty()) {
      return "no server is alive";
    }
    for (Map.Entry<String, Replica> holder : new TreeMap<>(holders).entrySet()) {
      if (holder.getValue().state() == SegmentState.ERROR) {
        return holder.getKey() + " cannot load it: " + holder.getValue().message();
      }
    }
    return "no live server has loaded it";
  }
}
