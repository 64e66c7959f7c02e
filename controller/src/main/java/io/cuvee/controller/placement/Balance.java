package io.cuvee.controller.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Spreads segments evenly: no server gets more than one more than another. The same input gives
/// the same answer.
public final class Balance {
  private final NavigableMap<String, Set<String>> byServer = new TreeMap<>();
  private final NavigableMap<String, Set<String>> bySegment = new TreeMap<>();
  private final int copies;

  private Balance(Collection<String> servers, int replication) {
    servers.forEach(server -> byServer.put(server, new TreeSet<>()));
    this.copies = Math.min(replication, byServer.size());
  }

  /// The servers of each segment, with as few changes as an even spread needs.
  ///
  /// @param holders the present servers of all segments of a table
  /// @param servers that may hold some; with none, all is left as it is
  /// @param replication servers a segment, as far as there are so many
  public static NavigableMap<String, Set<String>> withFewMoves(
      NavigableMap<String, Set<String>> holders, Collection<String> servers, int replication) {
    if (servers.isEmpty()) {
      return holders;
    }
    Balance balance = new Balance(servers, replication);
    holders.forEach(balance::keep);
    holders.keySet().forEach(balance::complete);
    balance.evenOut();
    return balance.bySegment;
  }

  /// As [#withFewMoves], but only what is missing or too much changes: not what is there unevenly.
  static NavigableMap<String, Set<String>> completed(
      NavigableMap<String, Set<String>> holders, Collection<String> servers, int replication) {
    Balance balance = new Balance(servers, replication);
    holders.forEach(balance::keep);
    holders.keySet().forEach(balance::complete);
    return balance.bySegment;
  }

  /// The servers of each segment as if the table were new.
  public static NavigableMap<String, Set<String>> fromScratch(
      Collection<String> segments, Collection<String> servers, int replication) {
    Balance balance = new Balance(servers, replication);
    List<String> order = new ArrayList<>(balance.byServer.keySet());
    int next = 0;
    for (String segment : new TreeSet<>(segments)) {
      balance.bySegment.put(segment, new TreeSet<>());
      for (int i = 0; i < balance.copies; i++) {
        balance.add(segment, order.get(next++ % order.size()));
      }
    }
    return balance.bySegment;
  }

  private void add(String segment, String server) {
    bySegment.get(segment).add(server);
    byServer.get(server).add(segment);
  }

  private void remove(String segment, String server) {
    bySegment.get(segment).remove(server);
    byServer.get(server).remove(segment);
  }

  private int load(String server) {
    return byServer.get(server).size();
  }

  private void keep(String segment, Set<String> holders) {
    bySegment.put(segment, new TreeSet<>());
    holders.stream().filter(byServer::containsKey).forEach(server -> add(segment, server));
  }

  private void complete(String segment) {
    Set<String> present = bySegment.get(segment);
    while (present.size() > copies) {
      remove(segment, present.stream().max(Comparator.comparingInt(this::load)).orElseThrow());
    }
    while (present.size() < copies) {
      add(
          segment,
          byServer.keySet().stream()
              .filter(server -> !present.contains(server))
              .min(Comparator.comparingInt(this::load))
              .orElseThrow());
    }
  }

  private void evenOut() {
    while (true) {
      String most =
          byServer.keySet().stream().max(Comparator.comparingInt(this::load)).orElseThrow();
      String least =
          byServer.keySet().stream().min(Comparator.comparingInt(this::load)).orElseThrow();
      if (load(most) - load(least) <= 1) {
        return;
      }
      // There is one, since the other has fewer.
      String segment =
          byServer.get(most).stream()
              .filter(each -> !byServer.get(least).contains(each))
              .findFirst()
              .orElseThrow();
      remove(segment, most);
      add(segment, least);
    }
  }
}
