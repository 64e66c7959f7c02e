package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TestRouteSet {
  private static final ServerAddress A = new ServerAddress("a", "h", 1, 1);
  private static final ServerAddress B = new ServerAddress("b", "h", 2, 1);

  private static SegmentRoute route(int number, long docs) {
    return new SegmentRoute(
        "s" + number,
        docs,
        number % 7 == 0 ? List.of() : number % 2 == 0 ? List.of(A, B) : List.of(B),
        List.of(),
        number % 7 == 0 ? "nobody" : "",
        new SegmentScope(Optional.of(new TimeRange("at", number, number + 1, false)), Map.of()));
  }

  private static List<String> all(RouteSet routes) {
    List<String> names = new ArrayList<>();
    routes.forEach(route -> names.add(route.segment()));
    return names;
  }

  @Test
  void changesAddUpToWhatWouldHaveBeenMadeAtOnceHoweverManyThereAre() {
    long seed = Long.getLong("cuvee.random.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, SegmentRoute> expected = new HashMap<>();
    RouteSet routes = RouteSet.of(List.of());
    // From one chunk to many.
    for (int round = 0; round < 40; round++) {
      Map<String, Optional<SegmentRoute>> changes = new HashMap<>();
      for (int i = 0; i < 300; i++) {
        int number = random.nextInt(12_000);
        changes.put(
            "s" + number,
            random.nextInt(10) == 0 ? Optional.empty() : Optional.of(route(number, round)));
      }
      routes = routes.with(changes);
      changes.forEach((name, route) ->
          route.ifPresentOrElse(value -> expected.put(name, value), () -> expected.remove(name)));
    }
    assertThat(routes.size()).as("seed %d", seed).isEqualTo(expected.size()).isGreaterThan(5000);
    assertThat(all(routes)).containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (Map.Entry<String, SegmentRoute> each : expected.entrySet()) {
      assertThat(routes.find(each.getKey())).isSameAs(each.getValue());
    }
    assertThat(routes.missing().keySet())
        .isEqualTo(
            expected.values().stream()
                .filter(route -> route.preferred().isEmpty())
                .map(SegmentRoute::segment)
                .collect(Collectors.toSet()));
    assertThat(routes.find("t")).isNull();
    assertPruned(routes, expected);
  }

  private static void assertPruned(RouteSet routes, Map<String, SegmentRoute> expected) {
    Expression at = new Expression.Column(0, ColumnType.LONG);
    SegmentQuery query =
        new SegmentQuery(
            "t",
            List.of("at"),
            List.of(ColumnType.LONG),
            Expression.call(
                "LT", ColumnType.BOOLEAN, at, new Expression.Literal(100L, ColumnType.LONG)),
            new SegmentQuery.Selection(List.of(at), List.of(), SegmentQuery.NO_LIMIT));
    List<String> kept =
        routes.prune(query).orElseThrow().stream().map(SegmentRoute::segment).toList();
    assertThat(kept)
        .containsExactlyInAnyOrderElementsOf(
            expected.values().stream()
                .filter(route -> route.scope().time().orElseThrow().min() < 100)
                .map(SegmentRoute::segment)
                .toList());
  }

  @Test
  void veryManySegmentsAreSpreadByTheirRowsToo() {
    List<SegmentRoute> routes = new ArrayList<>();
    long rows = 0;
    for (int i = 0; i < 20_000; i++) {
      long docs = i == 77 ? 5_000_000 : i;
      rows += docs + 1;
      routes.add(
          new SegmentRoute("s" + i, docs, List.of(A, B), List.of(), "", SegmentScope.UNKNOWN));
    }
    Map<String, Long> byName = new HashMap<>();
    routes.forEach(route -> byName.put(route.segment(), route.docs() + 1));
    TableRouting routing = new TableRouting("t", routes);
    for (int turn = 0; turn < 4; turn++) {
      List<Part> parts = routing.parts();
      assertThat(parts).hasSize(2);
      TreeSet<String> asked = new TreeSet<>();
      for (Part part : parts) {
        long load = part.segments().stream().mapToLong(byName::get).sum();
        assertThat(load).isBetween(rows / 2 - 10, rows / 2 + 10);
        asked.addAll(part.segments());
      }
      assertThat(asked).hasSize(20_000);
    }
  }
}
