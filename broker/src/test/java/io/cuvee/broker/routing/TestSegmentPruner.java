package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentScope.Partitions;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.catalog.PartitionFunction;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestSegmentPruner {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20261122);
  private static final ServerAddress A = new ServerAddress("a", "h", 1, 1);
  private static final PartitionFunction MURMUR =
      new PartitionFunction(PartitionFunction.Kind.MURMUR, 4);

  private static final Expression TIME = new Expression.Column(0, ColumnType.LONG);
  private static final Expression KEY = new Expression.Column(1, ColumnType.STRING);

  private static Expression number(long value) {
    return new Expression.Literal(value, ColumnType.LONG);
  }

  private static Expression text(String value) {
    return new Expression.Literal(value.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  private static Expression is(String function, Expression... arguments) {
    return Expression.call(function, ColumnType.BOOLEAN, arguments);
  }

  private static SegmentRoute route(String name, SegmentScope scope) {
    return new SegmentRoute(name, 1, List.of(A), List.of(), "", scope);
  }

  private static SegmentScope times(long min, long max) {
    return new SegmentScope(Optional.of(new TimeRange("ts", min, max, false)), Map.of());
  }

  private static SegmentScope keys(String... keys) {
    Set<Integer> ids = new HashSet<>();
    for (String key : keys) {
      ids.add(MURMUR.partition(key.getBytes(StandardCharsets.UTF_8)));
    }
    return new SegmentScope(Optional.empty(), Map.of("key", new Partitions(MURMUR, ids)));
  }

  private static List<String> kept(List<SegmentRoute> routes, Expression filter) {
    SegmentQuery query =
        new SegmentQuery(
            "t",
            List.of("ts", "key"),
            List.of(ColumnType.LONG, ColumnType.STRING),
            filter,
            new SegmentQuery.Selection(List.of(TIME), List.of(), SegmentQuery.NO_LIMIT));
    return new SegmentPruner(routes)
        .prune(FilterScope.of(query)).orElse(routes).stream()
            .map(SegmentRoute::segment)
            .sorted()
            .toList();
  }

  @Test
  void segmentsOfOtherTimesAreLeftOut() {
    List<SegmentRoute> routes =
        List.of(
            route("a", times(0, 9)),
            route("b", times(10, 19)),
            route("c", times(20, 29)),
            route("unknown", SegmentScope.UNKNOWN));
    assertThat(kept(routes, is("GE", TIME, number(20)))).containsExactly("c", "unknown");
    assertThat(kept(routes, is("GT", TIME, number(19)))).containsExactly("c", "unknown");
    assertThat(kept(routes, is("LT", TIME, number(10)))).containsExactly("a", "unknown");
    assertThat(kept(routes, is("LE", TIME, number(10)))).containsExactly("a", "b", "unknown");
    assertThat(kept(routes, is("GT", number(10), TIME))).containsExactly("a", "unknown");
    assertThat(kept(routes, is("EQ", TIME, number(15)))).containsExactly("b", "unknown");
    assertThat(kept(routes, is("BETWEEN", TIME, number(9), number(12))))
        .containsExactly("a", "b", "unknown");
    assertThat(kept(routes, is("AND", is("GE", TIME, number(5)), is("LT", TIME, number(10)))))
        .containsExactly("a", "unknown");
    assertThat(kept(routes, is("OR", is("EQ", TIME, number(5)), is("EQ", TIME, number(8)))))
        .containsExactly("a", "unknown");
    assertThat(kept(routes, is("IN", TIME, number(25), number(100))))
        .containsExactly("c", "unknown");
    assertThat(kept(routes, is("LT", TIME, number(Long.MIN_VALUE)))).containsExactly("unknown");
  }

  @Test
  void whatIsNotUnderstoodLeavesNothingOut() {
    List<SegmentRoute> routes = List.of(route("a", times(0, 9)), route("b", times(10, 19)));
    for (Expression filter :
        List.of(
            is("NE", TIME, number(5)),
            is("NOT", is("EQ", TIME, number(5))),
            is("EQ", TIME, new Expression.Literal(null, ColumnType.LONG)),
            is("OR", is("EQ", TIME, number(5)), is("EQ", KEY, text("x"))),
            // Compared as something else than what the segments' bounds are.
            is("EQ", TIME, new Expression.Literal(5L, ColumnType.TIMESTAMP)),
            is("LT", TIME, new Expression.Literal(5.0, ColumnType.DOUBLE)),
            is("IN", TIME, number(5), new Expression.Literal(7.5, ColumnType.DOUBLE)),
            is("LIKE", KEY, text("x")))) {
      assertThat(kept(routes, filter)).as("%s", filter).containsExactly("a", "b");
    }
  }

  @Test
  void segmentsOfOtherPartitionsAreLeftOut() {
    // Of the four partitions: kept apart by the function, whatever its values are.
    List<SegmentRoute> routes = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; keys.size() < 4; i++) {
      String key = "key" + i;
      int id = MURMUR.partition(key.getBytes(StandardCharsets.UTF_8));
      if (keys.stream()
          .noneMatch(other -> MURMUR.partition(other.getBytes(StandardCharsets.UTF_8)) == id)) {
        keys.add(key);
        routes.add(route(key, keys(key)));
      }
    }
    assertThat(kept(routes, is("EQ", KEY, text(keys.get(2))))).containsExactly(keys.get(2));
    assertThat(kept(routes, is("IN", KEY, text(keys.get(0)), text(keys.get(3)))))
        .containsExactlyInAnyOrder(keys.get(0), keys.get(3));
    assertThat(kept(routes, is("GE", KEY, text("a")))).hasSize(4);
    assertThat(
            kept(
                routes,
                is("AND", is("EQ", KEY, text(keys.get(0))), is("EQ", KEY, text(keys.get(1))))))
        .isEmpty();
  }

  @Test
  void sameValuesOfOtherTypesAreTheSame() {
    Expression number = new Expression.Column(0, ColumnType.LONG);
    PartitionFunction modulo = new PartitionFunction(PartitionFunction.Kind.MODULO, 2);
    List<SegmentRoute> routes = new ArrayList<>();
    for (int id = 0; id < 2; id++) {
      routes.add(
          route(
              "odd" + id,
              new SegmentScope(
                  Optional.empty(), Map.of("ts", new Partitions(modulo, Set.of(id))))));
    }
    Expression five = new Expression.Literal(5L, ColumnType.INT);
    assertThat(
            kept(routes, is("AND", is("EQ", number, five), is("IN", number, number(5), number(8)))))
        .containsExactly("odd1");
    assertThat(kept(routes, is("IN", number, five, new Expression.Literal(null, ColumnType.LONG))))
        .containsExactly("odd1");
  }

  @Test
  void intervalsAreFoundAsByLookingAtEach() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      List<IntervalIndex.Entry<Integer>> entries = new ArrayList<>();
      int count = random.nextInt(50);
      for (int i = 0; i < count; i++) {
        long min = random.nextInt(100);
        entries.add(new IntervalIndex.Entry<>(min, min + random.nextInt(30), i));
      }
      IntervalIndex<Integer> index = new IntervalIndex<>(entries);
      long min = random.nextInt(120) - 10L;
      long max = min + random.nextInt(40) - 5;
      Set<Integer> expected = new HashSet<>();
      for (IntervalIndex.Entry<Integer> entry : entries) {
        if (min <= max && entry.max() >= min && entry.min() <= max) {
          expected.add(entry.value());
        }
      }
      Set<Integer> found = new HashSet<>();
      index.meeting(min, max, found::add);
      assertThat(found).as("seed %d, round %d", SEED, round).isEqualTo(expected);
    }
  }
}
