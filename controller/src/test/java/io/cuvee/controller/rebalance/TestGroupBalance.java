package io.cuvee.controller.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.common.catalog.PartitionFunction;
import io.cuvee.common.catalog.ReplicaGroupConfig;
import io.cuvee.controller.placement.SegmentHomes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TestGroupBalance {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_123);
  private static final int PARTITIONS = 4;

  private static ReplicaGroups groups(int count, int size) {
    List<List<List<String>>> groups = new ArrayList<>();
    for (int group = 0; group < count; group++) {
      List<List<String>> partitions = new ArrayList<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        String first = "g" + group + "-" + partition % size;
        String second = "g" + group + "-" + (partition + 1) % size;
        partitions.add(first.equals(second) ? List.of(first) : List.of(first, second));
      }
      groups.add(partitions);
    }
    return new ReplicaGroups(groups);
  }

  private static SegmentScope scope(Random random) {
    Set<Integer> ids =
        switch (random.nextInt(5)) {
          case 0 -> Set.of();
          case 1 -> Set.of(0, 1);
          default -> Set.of(random.nextInt(PARTITIONS));
        };
    return new SegmentScope(
        Optional.empty(),
        Map.of(
            "member",
            new SegmentScope.Partitions(
                new PartitionFunction(PartitionFunction.Kind.MODULO, PARTITIONS), ids)));
  }

  /// Whatever there was before: each group has each segment once, on a server of its partition; of
  /// each set of servers none has more than one more than another; and done is done.
  @Test
  void eachGroupHasEachSegmentOnce() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      String what = "seed " + SEED + ", round " + round;
      int count = 1 + random.nextInt(3);
      int size = 2 + random.nextInt(3);
      ReplicaGroupConfig config =
          new ReplicaGroupConfig(
              count,
              0,
              Optional.of("member"),
              PARTITIONS,
              2,
              Optional.empty(),
              false,
              List.of(),
              0);
      ReplicaGroups groups = groups(count, size);
      SegmentHomes homes = new SegmentHomes(config, groups);
      List<String> all = new ArrayList<>(List.of("gone-1", "gone-2"));
      for (int group = 0; group < count; group++) {
        all.addAll(groups.members(group));
      }
      NavigableMap<String, Set<String>> holders = new TreeMap<>();
      Map<String, SegmentScope> scopes = new HashMap<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        Collections.shuffle(all, random);
        holders.put("s" + i, new TreeSet<>(all.subList(0, random.nextInt(4))));
        scopes.put("s" + i, scope(random));
      }
      for (boolean fromScratch : new boolean[] {false, true}) {
        var target = Rebalancer.inGroups(holders, scopes, homes, fromScratch);
        assertThat(target.keySet()).as(what).isEqualTo(holders.keySet());
        Map<Set<String>, Map<String, Integer>> loads = new HashMap<>();
        target.forEach((segment, servers) -> {
          List<Set<String>> own = homes.of(segment, scopes.get(segment));
          assertThat(servers).as(what).hasSize(count);
          for (Set<String> home : own) {
            List<String> there = servers.stream().filter(home::contains).toList();
            assertThat(there).as(what + ": " + segment).hasSize(1);
            Map<String, Integer> load = loads.computeIfAbsent(home, set -> new HashMap<>());
            home.forEach(server -> load.putIfAbsent(server, 0));
            load.merge(there.getFirst(), 1, Integer::sum);
          }
        });
        loads
            .values()
            .forEach(load ->
                assertThat(Collections.max(load.values()) - Collections.min(load.values()))
                    .as(what)
                    .isLessThanOrEqualTo(1));
        assertThat(Move.between(target, Rebalancer.inGroups(target, scopes, homes, false)))
            .as(what)
            .isEmpty();
      }
    }
  }
}
