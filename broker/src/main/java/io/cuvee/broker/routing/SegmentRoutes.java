package io.cuvee.broker.routing;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.wire.SegmentRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds for each segment of a table the servers that can answer for it.
///
/// Which segments belong to the table is what the metadata says, not what servers happen to hold: a
/// segment that nobody holds yet, or any more, is missing, and the answer must not be silently
/// short of it.
final class SegmentRoutes {
  /// @param address the same object for all segments, of which there are very many
  private record Server(Instance instance, ServerAddress address) {}

  private final Map<String, Server> servers = new HashMap<>();

  /// @param servers that live, by id
  SegmentRoutes(Map<String, Instance> servers) {
    servers.forEach(
        (id, server) -> this.servers.put(id, new Server(server, ServerAddress.of(server))));
  }

  List<SegmentRoute> of(
      Map<String, SegmentRecord> records, Map<String, Map<String, Replica>> replicas) {
    List<SegmentRoute> routes = new ArrayList<>(records.size());
    Map<Integer, Long> served = new HashMap<>();
    Map<Integer, StreamRange> newest = new HashMap<>();
    records.forEach((name, record) -> {
      if (!record.arriving() && record.stream().isPresent()) {
        StreamRange range = record.stream().get();
        newest.merge(range.partition(), range, (a, b) -> a.sequence() > b.sequence() ? a : b);
        if (replicas.getOrDefault(name, Map.of()).entrySet().stream()
            .anyMatch(
                holder -> servers.containsKey(holder.getKey()) && isHeld(holder.getValue()))) {
          served.merge(range.partition(), range.sequence(), Math::max);
        }
      }
    });
    Map<Integer, Map<String, Replica>> before = new HashMap<>();
    records.forEach((name, record) ->
        record.stream()
            .filter(range -> isBefore(range, newest.get(range.partition())))
            .ifPresent(
                range -> before.put(range.partition(), replicas.getOrDefault(name, Map.of()))));
    records.forEach((name, record) -> {
      Optional<SegmentRef> ref = record.arriving() ? Optional.empty() : ref(record, served, newest);
      if (ref.isPresent()) {
        routes.add(
            route(
                ref.get().toString(),
                record.totalDocs(),
                record.crc(),
                // What follows the segment is not known.
                ref.get() instanceof SegmentRef.Onward ? SegmentScope.UNKNOWN : record.scope(),
                replicas.getOrDefault(name, Map.of()),
                // They have its rows too, or will soon, and may not have told yet.
                ref.get() instanceof SegmentRef.Onward onward
                    ? before.getOrDefault(onward.partition(), Map.of())
                    : Map.of()));
      }
    });
    return routes;
  }

  /// The route of a segment that was uploaded; empty if it is still arriving.
  Optional<SegmentRoute> uploaded(SegmentRecord record, Map<String, Replica> holders) {
    return record.arriving()
        ? Optional.empty()
        : Optional.of(
            route(
                record.name(),
                record.totalDocs(),
                record.crc(),
                record.scope(),
                holders,
                Map.of()));
  }

  private static boolean isBefore(StreamRange range, @Nullable StreamRange newest) {
    return newest != null && range.sequence() == newest.sequence() - 1;
  }

  private static boolean isHeld(Replica replica) {
    return replica.state() == SegmentState.ONLINE || replica.state() == SegmentState.CONSUMING;
  }

  /// How requests name the segment: the newest of a partition with all that may follow it, the
  /// others up to where they end. The one after the newest that servers told of is not named by
  /// itself: a moment after a commit they have its rows, but have not told yet.
  private static Optional<SegmentRef> ref(
      SegmentRecord record, Map<Integer, Long> served, Map<Integer, StreamRange> newest) {
    if (record.stream().isEmpty()) {
      return Optional.of(new SegmentRef.Whole(record.name()));
    }
    StreamRange range = record.stream().get();
    StreamRange last = Objects.requireNonNull(newest.get(range.partition()));
    Long lastServed = served.get(range.partition());
    boolean isAhead = lastServed != null && last.isOpen() && last.sequence() == lastServed + 1;
    boolean isLast = range.sequence() == last.sequence();
    if (isAhead && isLast) {
      return Optional.empty();
    }
    if (isLast || range.isOpen()) {
      return Optional.of(new SegmentRef.Onward(record.name(), range.partition(), false));
    }
    return Optional.of(
        isAhead && range.sequence() == lastServed
            ? new SegmentRef.Onward(record.name(), range.partition(), true)
            : new SegmentRef.Until(record.name(), range.endOffset().getAsLong()));
  }

  /// Rank of a replica of another version than the metadata names: what is known of the new rows is
  /// not true of its own.
  private static final int OLDER_VERSION = 10;

  /// Rank of a server that will have the segment soon.
  private static final int SOON = 2 * OLDER_VERSION;

  private record Holder(ServerAddress server, int rank) {}

  /// @param soon replicas of the segment before, whose servers go on with this one
  private SegmentRoute route(
      String segment,
      long docs,
      long crc,
      SegmentScope scope,
      Map<String, Replica> holders,
      Map<String, Replica> soon) {
    List<Holder> able = new ArrayList<>(holders.size());
    holders.forEach((id, replica) -> {
      Server server = servers.get(id);
      if (server != null && isHeld(replica)) {
        able.add(new Holder(server.address(), rank(server.instance(), replica, crc)));
      }
    });
    soon.forEach((id, replica) -> {
      Server server = servers.get(id);
      if (server != null
          && !able.isEmpty()
          && !holders.containsKey(id)
          && server.instance().phase() != Instance.Phase.DRAINING) {
        able.add(new Holder(server.address(), SOON));
      }
    });
    able.sort(Comparator.comparing(holder -> holder.server().id()));
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
        able.isEmpty() ? problem(holders) : "",
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

  private String problem(Map<String, Replica> holders) {
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
