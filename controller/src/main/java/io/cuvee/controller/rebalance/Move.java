package io.cuvee.controller.rebalance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;

/// One segment that changes servers.
///
/// @param from the servers that held it when the move was planned
/// @param to the servers that shall hold it
public record Move(String segment, Set<String> from, Set<String> to) {
  public Move {
    from = Set.copyOf(from);
    to = Set.copyOf(to);
  }

  /// What has to move so that each segment is where it should be.
  static List<Move> between(
      Map<String, Set<String>> holders, NavigableMap<String, Set<String>> target) {
    List<Move> moves = new ArrayList<>();
    target.forEach((segment, servers) -> {
      Set<String> present = holders.getOrDefault(segment, Set.of());
      if (!present.equals(servers)) {
        moves.add(new Move(segment, present, servers));
      }
    });
    return List.copyOf(moves);
  }

  /// The servers that get it.
  Set<String> added() {
    return minus(to, from);
  }

  /// The servers that lose it.
  Set<String> removed() {
    return minus(from, to);
  }

  private static Set<String> minus(Set<String> all, Set<String> without) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(without);
    return rest;
  }
}
