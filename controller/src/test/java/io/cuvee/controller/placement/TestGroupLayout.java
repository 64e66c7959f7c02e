package io.cuvee.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.common.catalog.ReplicaGroupConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Attendance.Roll;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestGroupLayout {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_123);

  private static ReplicaGroupConfig config(int groups, int perGroup, int partitions, int copies) {
    return new ReplicaGroupConfig(
        groups,
        perGroup,
        Optional.empty(),
        partitions,
        copies,
        Optional.empty(),
        false,
        List.of(),
        0);
  }

  private static ReplicaGroupConfig inPools(int groups, int perGroup, List<Integer> pools) {
    return new ReplicaGroupConfig(
        groups, perGroup, Optional.empty(), 1, 0, Optional.of("DefaultTenant"), true, pools, 0);
  }

  private static Instance server(String id, int pool) {
    return new Instance(
        id, Instance.Role.SERVER, "h", 1, 1, Set.of(Instance.DEFAULT_TENANT), 1, Phase.READY, pool);
  }

  private static List<Instance> servers(int count) {
    return IntStream.range(0, count).mapToObj(i -> server("server-" + i, i % 3)).toList();
  }

  private static Roll roll(Collection<Instance> live, Set<String> lost) {
    List<String> ids = live.stream().map(Instance::id).toList();
    return new Roll(ids, ids, Set.of(), lost, Set.copyOf(ids), List.copyOf(live));
  }

  private static ReplicaGroups arrange(
      ReplicaGroupConfig config, Optional<ReplicaGroups> present, Collection<Instance> live) {
    return GroupLayout.arrange("t", config, present, roll(live, Set.of()));
  }

  @Test
  void allServersAreDividedAmongTheGroups() {
    ReplicaGroups groups = arrange(config(2, 0, 1, 0), Optional.empty(), servers(5));
    assertThat(groups.members(0)).containsExactly("server-0", "server-2", "server-4");
    assertThat(groups.members(1)).containsExactly("server-1", "server-3");
    assertThat(ReplicaGroups.parse(groups.toJson("t").toString())).isEqualTo(groups);
  }

  @Test
  void tooFewServersAreToldWithWhatIsNeeded() {
    assertThatThrownBy(() -> arrange(config(2, 3, 1, 0), Optional.empty(), servers(5)))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_UNAVAILABLE))
        .hasMessageContaining(
            "Table 't' needs 2 replica groups of 3 servers, but group 1 would have 2")
        .hasMessageContaining("server-0, server-1, server-2, server-3, server-4");
    assertThatThrownBy(() -> arrange(config(3, 0, 1, 0), Optional.empty(), servers(2)))
        .hasMessageContaining("needs 3 replica groups of 1 server");
    assertThatThrownBy(() -> arrange(inPools(2, 1, List.of(0, 7)), Optional.empty(), servers(9)))
        .hasMessageContaining("of tenant 'DefaultTenant', each of one pool")
        .hasMessageContaining("[0, 7]");
  }

  @Test
  void eachGroupIsOfOnePool() {
    ReplicaGroups groups = arrange(inPools(3, 2, List.of()), Optional.empty(), servers(9));
    assertThat(groups.members(0)).containsExactly("server-0", "server-3");
    assertThat(groups.members(1)).containsExactly("server-1", "server-4");
    assertThat(groups.members(2)).containsExactly("server-2", "server-5");
  }

  @Test
  void aSpareTakesThePlaceOfALostServer() {
    ReplicaGroupConfig config = config(2, 2, 4, 1);
    List<Instance> live = new ArrayList<>(servers(5));
    ReplicaGroups groups = arrange(config, Optional.empty(), live);
    live.removeIf(server -> server.id().equals("server-0"));
    ReplicaGroups mended = GroupLayout.mended(config, groups, roll(live, Set.of("server-0")));
    assertThat(mended.members(0)).containsExactlyInAnyOrder("server-2", "server-4");
    assertThat(mended.servers().get(1)).isEqualTo(groups.servers().get(1));
    for (int partition = 0; partition < 4; partition++) {
      List<String> before = groups.servers().get(0).get(partition);
      assertThat(mended.servers().get(0).get(partition))
          .isEqualTo(before.equals(List.of("server-0")) ? List.of("server-4") : before);
    }
  }

  @Test
  void withoutASpareTheOthersOfTheGroupTakeOverUntilItIsBack() {
    ReplicaGroupConfig config = config(2, 2, 4, 1);
    List<Instance> live = new ArrayList<>(servers(4));
    ReplicaGroups groups = arrange(config, Optional.empty(), live);
    Instance lost = live.remove(0);
    ReplicaGroups mended = GroupLayout.mended(config, groups, roll(live, Set.of(lost.id())));
    assertThat(mended.members(0)).containsExactly("server-2");
    live.add(lost);
    ReplicaGroups whole = arrange(config, Optional.of(mended), live);
    assertThat(whole.members(0)).containsExactlyInAnyOrder("server-0", "server-2");
    assertThat(whole.members(1)).isEqualTo(groups.members(1));
  }

  @Test
  void aGroupOfWhichAllAreLostStaysAsItIs() {
    ReplicaGroupConfig config = config(2, 1, 1, 0);
    List<Instance> live = new ArrayList<>(servers(2));
    ReplicaGroups groups = arrange(config, Optional.empty(), live);
    live.remove(0);
    assertThat(GroupLayout.mended(config, groups, roll(live, Set.of("server-0"))))
        .isEqualTo(groups);
  }

  @Test
  void anyFleetIsDividedEvenlyAndFewServersChangePlaces() {
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      String what = "seed " + SEED + ", round " + round;
      int groups = 1 + random.nextInt(4);
      int partitions = 1 + random.nextInt(6);
      int perGroup = random.nextBoolean() ? 0 : 1 + random.nextInt(3);
      int copies = perGroup == 0 ? random.nextInt(2) : random.nextInt(perGroup + 1);
      ReplicaGroupConfig config = config(groups, perGroup, partitions, copies);
      List<Instance> all = new ArrayList<>(servers(40));
      Collections.shuffle(all, random);
      int count = groups * Math.max(1, perGroup) + random.nextInt(8);
      List<Instance> live = new ArrayList<>(all.subList(0, count));
      ReplicaGroups before = arrange(config, Optional.empty(), live);
      check(config, before, live, what);
      assertThat(arrange(config, Optional.of(before), live)).as(what).isEqualTo(before);
      assertThat(GroupLayout.mended(config, before, roll(live, Set.of())))
          .as(what)
          .isEqualTo(before);

      // Some go, some come; as many stay as the groups need.
      Collections.shuffle(live, random);
      int gone = random.nextInt(count - groups * Math.max(1, perGroup) + 1);
      live.subList(0, gone).clear();
      int come = random.nextInt(6);
      live.addAll(all.subList(count, count + come));
      ReplicaGroups after = arrange(config, Optional.of(before), live);
      check(config, after, live, what);
      Map<String, Integer> placesBefore = places(before);
      Map<String, Integer> placesAfter = places(after);
      Set<String> ids = new HashSet<>(live.stream().map(Instance::id).toList());
      long changed =
          placesBefore.entrySet().stream()
              .filter(place -> ids.contains(place.getKey()))
              .filter(place -> !place.getValue().equals(placesAfter.get(place.getKey())))
              .count();
      // Only to fill what those that went have left, or to even out.
      assertThat(changed).as(what).isLessThanOrEqualTo(perGroup == 0 ? gone : 0);
    }
  }

  private static void check(
      ReplicaGroupConfig config, ReplicaGroups groups, List<Instance> live, String what) {
    Set<String> ids = new HashSet<>(live.stream().map(Instance::id).toList());
    assertThat(groups.groupCount()).as(what).isEqualTo(config.groups());
    assertThat(groups.partitionCount()).as(what).isEqualTo(config.partitions());
    Set<String> seen = new HashSet<>();
    List<Integer> sizes = new ArrayList<>();
    for (int group = 0; group < groups.groupCount(); group++) {
      Map<String, Integer> loads = new HashMap<>();
      for (List<String> partition : groups.servers().get(group)) {
        assertThat(ids).as(what).containsAll(partition);
        assertThat(partition).as(what).isNotEmpty().doesNotHaveDuplicates();
        if (config.serversPerPartition() > 0) {
          assertThat(partition).as(what).hasSize(config.serversPerPartition());
        }
        partition.forEach(server -> loads.merge(server, 1, Integer::sum));
      }
      assertThat(Collections.max(loads.values()) - Collections.min(loads.values()))
          .as(what)
          .isLessThanOrEqualTo(1);
      for (String member : groups.members(group)) {
        assertThat(seen.add(member)).as(what + ": one group a server").isTrue();
      }
      if (config.serversPerPartition() == 0) {
        sizes.add(groups.members(group).size());
      }
    }
    if (!sizes.isEmpty()) {
      assertThat(Collections.max(sizes) - Collections.min(sizes)).as(what).isLessThanOrEqualTo(1);
      if (config.serversPerGroup() > 0) {
        assertThat(sizes).as(what).containsOnly(config.serversPerGroup());
      }
    }
  }

  private static Map<String, Integer> places(ReplicaGroups groups) {
    Map<String, Integer> places = new HashMap<>();
    for (int group = 0; group < groups.groupCount(); group++) {
      for (String member : groups.members(group)) {
        places.put(member, group);
      }
    }
    return places;
  }
}
