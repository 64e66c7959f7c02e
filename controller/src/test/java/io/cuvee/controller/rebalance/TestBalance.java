package io.cuvee.controller.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.controller.placement.Balance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TestBalance {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20261122);

  private static NavigableMap<String, Set<String>> holders(Object... pairs) {
    NavigableMap<String, Set<String>> holders = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      holders.put((String) pairs[i], Set.copyOf(List.of(((String) pairs[i + 1]).split(","))));
    }
    return holders;
  }

  @Test
  void aBalancedTableStaysAsItIs() {
    var holders = holders("s1", "a,b", "s2", "b,c", "s3", "a,c");
    var target = Balance.withFewMoves(holders, Set.of("a", "b", "c"), 2);
    assertThat(Move.between(holders, target)).isEmpty();
  }

  @Test
  void aNewServerGetsItsShareAndNothingElseMoves() {
    var holders = holders("s1", "a", "s2", "a", "s3", "b", "s4", "b");
    var target = Balance.withFewMoves(holders, Set.of("a", "b", "c"), 1);
    List<Move> moves = Move.between(holders, target);
    assertThat(moves).hasSize(1);
    assertThat(moves.getFirst().to()).containsExactly("c");
  }

  @Test
  void aServerThatLeavesLosesAll() {
    var holders = holders("s1", "a,b", "s2", "a,c", "s3", "b,c");
    var target = Balance.withFewMoves(holders, Set.of("b", "c"), 2);
    assertThat(target.values())
        .allSatisfy(servers -> assertThat(servers).containsExactly("b", "c"));
  }

  @Test
  void fewerServersThanReplicasGetOneCopyEach() {
    var target = Balance.withFewMoves(holders("s1", "a"), Set.of("a", "b"), 5);
    assertThat(target.get("s1")).containsExactly("a", "b");
  }

  @Test
  void withoutServersNothingMoves() {
    var holders = holders("s1", "a");
    assertThat(Balance.withFewMoves(holders, Set.of(), 1)).isEqualTo(holders);
  }

  @Test
  void anyTableBecomesEvenWithWholeCopies() {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      List<String> servers = new ArrayList<>();
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        servers.add("server-" + i);
      }
      List<String> all = new ArrayList<>(servers);
      all.add("gone-1");
      all.add("gone-2");
      NavigableMap<String, Set<String>> holders = new TreeMap<>();
      int segments = random.nextInt(40);
      for (int i = 0; i < segments; i++) {
        Collections.shuffle(all, random);
        holders.put(
            "s" + i, new TreeSet<>(all.subList(0, random.nextInt(Math.min(4, all.size())))));
      }
      int replication = 1 + random.nextInt(4);
      for (var target :
          List.of(
              Balance.withFewMoves(holders, servers, replication),
              Balance.fromScratch(holders.keySet(), servers, replication))) {
        check(target, holders.keySet(), servers, replication, "seed " + SEED + ", round " + round);
      }
      var target = Balance.withFewMoves(holders, servers, replication);
      assertThat(Move.between(target, Balance.withFewMoves(target, servers, replication)))
          .as("done is done, seed %d, round %d", SEED, round)
          .isEmpty();
    }
  }

  private static void check(
      NavigableMap<String, Set<String>> target,
      Set<String> segments,
      List<String> servers,
      int replication,
      String what) {
    assertThat(target.keySet()).as(what).isEqualTo(segments);
    Map<String, Integer> loads = new HashMap<>();
    servers.forEach(server -> loads.put(server, 0));
    target
        .values()
        .forEach(holders -> {
          assertThat(holders).as(what).hasSize(Math.min(replication, servers.size()));
          assertThat(new HashSet<>(servers)).as(what).containsAll(holders);
          holders.forEach(server -> loads.merge(server, 1, Integer::sum));
        });
    assertThat(Collections.max(loads.values()) - Collections.min(loads.values()))
        .as(what)
        .isLessThanOrEqualTo(1);
  }
}
