package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.common.catalog.InstanceSelector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TestTableRouting {
  private static final ServerAddress A = new ServerAddress("a", "h", 1, 1);
  private static final ServerAddress B = new ServerAddress("b", "h", 2, 1);
  private static final ServerAddress C = new ServerAddress("c", "h", 3, 1);

  private static SegmentRoute route(String name, long docs, ServerAddress... servers) {
    return new SegmentRoute(
        name,
        docs,
        List.of(servers),
        List.of(),
        servers.length == 0 ? "nobody" : "",
        SegmentScope.UNKNOWN);
  }

  private static Map<String, Integer> counts(List<Part> parts) {
    Map<String, Integer> counts = new TreeMap<>();
    parts.forEach(part -> counts.put(part.server().id(), part.segments().size()));
    return counts;
  }

  @Test
  void everySegmentIsAskedOnceWhateverTheReplicas() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    List<ServerAddress> servers = List.of(A, B, C);
    List<SegmentRoute> routes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      List<ServerAddress> some = new ArrayList<>(servers);
      some.remove(random.nextInt(some.size()));
      routes.add(route("s" + i, random.nextInt(1000), some.toArray(new ServerAddress[0])));
    }
    TableRouting routing = new TableRouting("t", routes);
    for (int i = 0; i < 8; i++) {
      List<String> asked =
          routing.parts().stream().flatMap(part -> part.segments().stream()).toList();
      assertThat(asked).as("seed %d", seed).hasSize(100).doesNotHaveDuplicates();
    }
  }

  @Test
  void rowsAreSpreadEvenly() {
    List<SegmentRoute> routes = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      routes.add(route("s" + i, 1000, A, B));
    }
    assertThat(counts(new TableRouting("t", routes).parts())).isEqualTo(Map.of("a", 6, "b", 6));
    routes.add(route("large", 12_000, A, B));
    assertThat(counts(new TableRouting("t", routes).parts()).values())
        .containsExactlyInAnyOrder(1, 12);
  }

  @Test
  void queriesTakeTurns() {
    TableRouting routing = new TableRouting("t", List.of(route("s", 5, A, B)));
    Set<String> asked = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      asked.add(routing.parts().getFirst().server().id());
    }
    assertThat(asked).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void consistentRoutingAsksOneReplicaWhateverElseIsAsked() {
    List<SegmentRoute> routes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      routes.add(route("events_2026-11-" + i, 10 + i, A, B, C));
    }
    Map<String, String> chosen = bySegment(routing(routes, InstanceSelector.CONSISTENT));
    assertThat(chosen).hasSize(300);
    for (ServerAddress server : List.of(A, B, C)) {
      assertThat(chosen.values().stream().filter(server.id()::equals).count()).isBetween(70L, 130L);
    }
    TableRouting other = routing(routes.subList(100, 130), InstanceSelector.CONSISTENT);
    for (int i = 0; i < 8; i++) {
      assertThat(chosen).containsAllEntriesOf(bySegment(other));
    }
    List<SegmentRoute> without =
        routes.stream().map(route -> route(route.segment(), route.docs(), A, C)).toList();
    bySegment(routing(without, InstanceSelector.CONSISTENT))
        .forEach((segment, server) -> {
          if (!chosen.get(segment).equals(B.id())) {
            assertThat(server).isEqualTo(chosen.get(segment));
          }
        });
  }

  private static Map<String, String> bySegment(TableRouting routing) {
    Map<String, String> servers = new TreeMap<>();
    for (Part part : routing.parts()) {
      part.segments().forEach(segment -> servers.put(segment, part.server().id()));
    }
    return servers;
  }

  @Test
  void segmentsWithoutServersAreMissing() {
    TableRouting routing = new TableRouting("t", List.of(route("s", 5, A), route("gone", 5)));
    assertThat(routing.missing()).isEqualTo(Map.of("gone", "nobody"));
    assertThat(counts(routing.parts())).isEqualTo(Map.of("a", 1));
  }

  @Test
  void failedServersAreLeftOutWhenAskingAgain() {
    SegmentRoute warming =
        new SegmentRoute("w", 1, List.of(A), List.of(C), "", SegmentScope.UNKNOWN);
    TableRouting routing =
        new TableRouting("t", List.of(route("s", 5, A, B), warming, route("only", 1, A)));
    List<Part> again = routing.reassign(List.of("s", "w", "only"), Set.of("a"));
    assertThat(counts(again)).isEqualTo(Map.of("b", 1, "c", 1));
    assertThat(routing.reassign(List.of("s"), Set.of("a", "b"))).isEmpty();
    assertThat(routing.reassign(List.of("unknown"), Set.of())).isEmpty();
  }

  @Test
  void onePartitionIsAskedOfOneServerThatHasAllOfIt() {
    List<SegmentRoute> routes =
        List.of(
            route("t__0__0__x@10", 10, A, B, C),
            route("t__0__1__x@20", 10, A, B),
            route("t__0__2__x+0", 0, A, B, C),
            route("t__1__0__x@10", 10, A),
            route("t__1__1__x+1", 0, B));
    TableRouting routing =
        new TableRouting(
            "t", routes, new ShownOffsets(), true, InstanceSelector.BALANCED, ServerGroups.NONE);
    for (int i = 0; i < 8; i++) {
      List<Part> parts = routing.parts();
      assertThat(parts).hasSize(1);
      assertThat(parts.getFirst().server()).isIn(A, B);
      assertThat(parts.getFirst().segments()).hasSize(3);
    }
    assertThat(routing.missing()).containsOnlyKeys("t__1__0__x@10", "t__1__1__x+1");
    assertThat(routing.missing().values()).allMatch(problem -> problem.contains("partition 1"));
    List<Part> others = routing.reassign(List.of("t__0__0__x@10", "t__0__2__x+0"), Set.of(A.id()));
    assertThat(others).hasSize(1);
    assertThat(others.getFirst().server()).isEqualTo(B);
    assertThat(routing.reassign(List.of("t__0__0__x@10"), Set.of(A.id(), B.id()))).isEmpty();
  }

  /// Two groups of three servers, of which the second has the same segments as the first.
  private static List<SegmentRoute> mirrored() {
    List<SegmentRoute> routes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      routes.add(
          route(
              "s" + i,
              10,
              new ServerAddress("a" + i % 3, "h", 1, 1),
              new ServerAddress("b" + i % 3, "h", 1, 1)));
    }
    return routes;
  }

  private static TableRouting routing(List<SegmentRoute> routes, InstanceSelector selector) {
    return new TableRouting("t", routes, new ShownOffsets(), false, selector, ServerGroups.NONE);
  }

  @Test
  void oneReplicaGroupAnswersAQueryAndTheOtherTheNext() {
    TableRouting routing = routing(mirrored(), InstanceSelector.REPLICA_GROUP);
    Set<String> first = counts(routing.parts()).keySet();
    Set<String> second = counts(routing.parts()).keySet();
    assertThat(List.of(first, second))
        .containsExactlyInAnyOrder(Set.of("a0", "a1", "a2"), Set.of("b0", "b1", "b2"));
  }

  @Test
  void whereAReplicaOfTheGroupIsMissingAnotherAnswers() {
    List<SegmentRoute> routes = mirrored();
    routes.set(0, route("s0", 10, new ServerAddress("a0", "h", 1, 1)));
    TableRouting routing = routing(routes, InstanceSelector.STRICT_REPLICA_GROUP);
    for (int i = 0; i < 4; i++) {
      List<String> asked =
          routing.parts().stream().flatMap(part -> part.segments().stream()).toList();
      assertThat(asked).hasSize(60).doesNotHaveDuplicates();
    }
  }

  /// Groups whose servers do not have the same segments as each other, nor names in order.
  @Test
  void aWholeGroupIsAskedWhateverItsServersAreCalled() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_123);
    Random random = new Random(seed);
    Map<String, Integer> groups = new TreeMap<>();
    for (int i = 0; i < 12; i++) {
      groups.put("server" + i, i % 3);
    }
    List<SegmentRoute> routes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      List<ServerAddress> holders = new ArrayList<>();
      for (int group = 0; group < 3; group++) {
        if (i > 0 || group != 1) {
          holders.add(new ServerAddress("server" + (group + 3 * random.nextInt(4)), "h", 1, 1));
        }
      }
      routes.add(route("s" + i, 10, holders.toArray(new ServerAddress[0])));
    }
    TableRouting routing =
        new TableRouting(
            "t",
            routes,
            new ShownOffsets(),
            false,
            InstanceSelector.REPLICA_GROUP,
            new ServerGroups(groups, 3));
    Set<Integer> asked = new HashSet<>();
    for (int turn = 0; turn < 3; turn++) {
      Map<Integer, Integer> segments = new TreeMap<>();
      routing
          .parts()
          .forEach(part ->
              segments.merge(groups.get(part.server().id()), part.segments().size(), Integer::sum));
      int most = segments.containsValue(50) ? 50 : 49;
      assertThat(segments.values().stream().mapToInt(Integer::intValue).sum())
          .as("seed %d", seed)
          .isEqualTo(50);
      segments.forEach((group, count) -> {
        if (count == most) {
          asked.add(group);
        }
      });
      // Of the group that lacks one segment, the next one answers for that.
      assertThat(segments)
          .as("seed %d", seed)
          .isIn(Map.of(0, 50), Map.of(2, 50), Map.of(1, 49, 2, 1));
    }
    assertThat(asked).as("seed %d", seed).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void fewServersAreAskedWhereFewHaveItAll() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_123);
    Random random = new Random(seed);
    List<ServerAddress> servers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      servers.add(new ServerAddress("server" + i, "h", 1, 1));
    }
    List<SegmentRoute> routes = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      Set<ServerAddress> some = new HashSet<>();
      while (some.size() < 3) {
        some.add(servers.get(random.nextInt(servers.size())));
      }
      routes.add(route("s" + i, 10, some.toArray(new ServerAddress[0])));
    }
    int all = routing(routes, InstanceSelector.BALANCED).parts().size();
    TableRouting routing = routing(routes, InstanceSelector.FEWEST_SERVERS);
    for (int i = 0; i < 4; i++) {
      List<Part> parts = routing.parts();
      assertThat(parts.stream().flatMap(part -> part.segments().stream()).toList())
          .as("seed %d", seed)
          .hasSize(120)
          .doesNotHaveDuplicates();
      assertThat(parts.size()).as("seed %d", seed).isLessThan(all * 2 / 3);
    }
  }
}
