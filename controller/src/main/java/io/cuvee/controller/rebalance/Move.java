package io.cuvee.controller.rebalance;

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
