package io.cuvee.controller.placement;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.common.catalog.ReplicaGroupConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Attendance.Roll;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Divides servers among the replica groups of a table, and the partitions of each group among its
/// servers. Who has a place keeps it as far as that can be. The same input gives the same answer.
public final class GroupLayout {
  private final ReplicaGroupConfig config;
  private final List<Instance> eligible;
  private final List<Integer> pools;

  /// Members of each group, those with the oldest places first.
  private final List<List<String>> groups = new ArrayList<>();

  private GroupLayout(ReplicaGroupConfig config, Collection<Instance> servers) {
    this.config = config;
    this.eligible =
        servers.stream()
            .filter(server ->
                config.tenant().isEmpty() || server.tenants().contains(config.tenant().get()))
            .sorted(Comparator.comparing(Instance::id))
            .toList();
    this.pools = config.poolBased() ? pools() : List.of();
  }

  private List<Integer> pools() {
    Stream<Integer> all =
        config.pools().isEmpty()
            ? eligible.stream().map(Instance::pool).distinct().sorted()
            : config.pools().stream();
    return all.limit(config.poolCount() == 0 ? Long.MAX_VALUE : config.poolCount()).toList();
  }

  /// Groups as even as can be, with as few changes as that needs.
  ///
  /// @param table for messages
  /// @param present absent if there were none
  /// @throws CuveeException `DATA_UNAVAILABLE` if there are too few servers
  public static ReplicaGroups arrange(
      String table, ReplicaGroupConfig config, Optional<ReplicaGroups> present, Roll roll) {
    GroupLayout layout = new GroupLayout(config, roll.inService());
    layout.keep(present, roll.expected()::contains);
    layout.dissolveTooMany();
    layout.fill();
    layout.evenOut();
    layout.requireEnough(table);
    return layout.withPartitions(present, true);
  }

  /// The same groups without servers that are lost, and with others that have no place yet. A group
  /// that would have none is left as it is, for its servers may come back.
  static ReplicaGroups mended(ReplicaGroupConfig config, ReplicaGroups present, Roll roll) {
    GroupLayout layout = new GroupLayout(config, roll.inService());
    layout.keep(
        Optional.of(present), id -> roll.expected().contains(id) || roll.leaving().contains(id));
    layout.fill();
    for (int group = 0; group < layout.groups.size(); group++) {
      if (layout.groups.get(group).isEmpty()) {
        layout.groups.get(group).addAll(present.members(group));
      }
    }
    return layout.withPartitions(Optional.of(present), false);
  }

  /// Whether groups have the form that the config asks for.
  static boolean fits(ReplicaGroupConfig config, ReplicaGroups present) {
    return present.groupCount() == config.groups()
        && present.partitionCount() == config.partitions();
  }

  private void keep(Optional<ReplicaGroups> present, Predicate<String> stays) {
    Set<String> wrong = new HashSet<>();
    for (int group = 0; group < config.groups(); group++) {
      groups.add(new ArrayList<>());
      if (present.isPresent() && group < present.get().groupCount()) {
        wrong.clear();
        int number = group;
        eligible.stream()
            .filter(server -> !isOf(server, number))
            .forEach(server -> wrong.add(server.id()));
        present.get().members(group).stream()
            .filter(stays)
            .filter(id -> !wrong.contains(id))
            .forEach(groups.get(group)::add);
      }
    }
  }

  /// Whether a server is of the pool of a group.
  private boolean isOf(Instance server, int group) {
    return pools.isEmpty() ? !config.poolBased() : pools.get(group % pools.size()) == server.pool();
  }

  private int mostServers() {
    return config.serversPerGroup() == 0 ? Integer.MAX_VALUE : config.serversPerGroup();
  }

  private void dissolveTooMany() {
    for (List<String> group : groups) {
      while (group.size() > mostServers()) {
        group.removeLast();
      }
    }
  }

  /// Servers without a place go to the smallest groups.
  private void fill() {
    Set<String> placed = new HashSet<>();
    groups.forEach(placed::addAll);
    for (Instance server : eligible) {
      if (!placed.contains(server.id())) {
        groupsOf(server).stream()
            .filter(group -> groups.get(group).size() < mostServers())
            .min(Comparator.comparingInt(group -> groups.get(group).size()))
            .ifPresent(group -> groups.get(group).add(server.id()));
      }
    }
  }

  private List<Integer> groupsOf(Instance server) {
    return Stream.iterate(0, group -> group < groups.size(), group -> group + 1)
        .filter(group -> isOf(server, group))
        .toList();
  }

  /// No group has more than one server more than another that the server could be in.
  private void evenOut() {
    while (moveOne()) {
      // Until there is nothing to gain.
    }
  }

  private boolean moveOne() {
    for (Instance server : eligible.reversed()) {
      for (int from = 0; from < groups.size(); from++) {
        if (groups.get(from).contains(server.id())) {
          int size = groups.get(from).size();
          Optional<Integer> smaller =
              groupsOf(server).stream()
                  .filter(group -> groups.get(group).size() < size - 1)
                  .min(Comparator.comparingInt(group -> groups.get(group).size()));
          if (smaller.isPresent()) {
            groups.get(from).remove(server.id());
            groups.get(smaller.get()).add(server.id());
            return true;
          }
        }
      }
    }
    return false;
  }

  private void requireEnough(String table) {
    int least =
        config.serversPerGroup() == 0
            ? Math.max(1, config.serversPerPartition())
            : config.serversPerGroup();
    for (int group = 0; group < groups.size(); group++) {
      if (groups.get(group).size() < least) {
        throw new CuveeException(
            ErrorCode.DATA_UNAVAILABLE,
            "Table '"
                + table
                + "' needs "
                + config.groups()
                + (config.groups() == 1 ? " replica group of " : " replica groups of ")
                + least
                + (least == 1 ? " server" : " servers")
                + config.tenant().map(tenant -> " of tenant '" + tenant + "'").orElse("")
                + (config.poolBased()
                    ? ", each of one pool; pools in use: " + pools + " (server.pool)"
                    : "")
                + ", but group "
                + group
                + " would have "
                + groups.get(group).size()
                + "; servers that can be taken: "
                + (eligible.isEmpty()
                    ? "none"
                    : String.join(", ", eligible.stream().map(Instance::id).toList()))
                + ". Start more, or ask for fewer in instanceAssignmentConfigMap.");
      }
    }
  }

  private ReplicaGroups withPartitions(Optional<ReplicaGroups> present, boolean isEven) {
    List<List<List<String>>> servers = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      List<String> members = groups.get(group);
      int copies = config.serversPerPartition();
      if (copies == 0 || copies >= members.size()) {
        int partitions = config.partitions();
        servers.add(Stream.generate(() -> members).limit(partitions).map(List::copyOf).toList());
        continue;
      }
      NavigableMap<String, Set<String>> holders = new TreeMap<>();
      for (int partition = 0; partition < config.partitions(); partition++) {
        boolean known =
            present.isPresent()
                && group < present.get().groupCount()
                && partition < present.get().partitionCount();
        // Of those that were on all servers, none is kept for it, or the first would get all.
        Set<String> before =
            known ? new TreeSet<>(present.get().servers().get(group).get(partition)) : Set.of();
        holders.put(name(partition), before.size() > copies ? Set.of() : before);
      }
      servers.add(
          (isEven
                  ? Balance.withFewMoves(holders, members, copies)
                  : Balance.completed(holders, members, copies))
              .values().stream().map(List::copyOf).toList());
    }
    return new ReplicaGroups(servers);
  }

  /// In the order of their numbers.
  private static String name(int partition) {
    return "%05d".formatted(partition);
  }
}
