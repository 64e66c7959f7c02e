package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.ServingView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestAbsentServers {
  private static final Replica ONLINE = new Replica(SegmentState.ONLINE, 7, "");
  private static final long SECOND = 1_000_000_000L;

  private final AbsentServers absent = new AbsentServers();

  private record View(long version, Map<String, Map<String, Replica>> replicas)
      implements ServingView {
    @Override
    public Set<String> tables() {
      return Set.of("t");
    }

    @Override
    public Map<String, Map<String, Replica>> replicas(String table) {
      return replicas;
    }
  }

  private static final View FULL = new View(1, Map.of("s", Map.of("a", ONLINE, "b", ONLINE)));
  private static final View EMPTY = new View(2, Map.of());

  private static Instance server(String id, long incarnation, Phase phase) {
    return new Instance(id, Instance.Role.SERVER, "h", 1, 2, Set.of(), incarnation, phase);
  }

  @Test
  void whatVanishedIsTheLastToBeAskedForAWhile() {
    Instance a = server("a", 1, Phase.WARM);
    Instance b = server("b", 1, Phase.WARM);
    assertThat(absent.update(List.of(a, b), FULL, 0)).isFalse();
    // What it has goes first.
    assertThat(absent.update(List.of(a, b), EMPTY, 20 * SECOND)).isFalse();
    assertThat(absent.update(List.of(b), EMPTY, 21 * SECOND)).isTrue();
    assertThat(absent.withAbsent(List.of(b))).containsExactly(b, server("a", 1, Phase.STARTING));
    assertThat(absent.withAbsent("t", Map.of("s", Map.of("b", ONLINE))))
        .isEqualTo(Map.of("s", Map.of("a", ONLINE, "b", ONLINE)));
    // It is back, and has not told yet what it has.
    assertThat(absent.update(List.of(a, b), EMPTY, 25 * SECOND)).isTrue();
    assertThat(absent.withAbsent(List.of(a, b))).containsExactly(a, b);
    assertThat(absent.withAbsent("t", Map.of())).containsKey("s");
    assertThat(absent.update(List.of(a, b), EMPTY, 60 * SECOND)).isFalse();
    assertThat(absent.withAbsent("t", Map.of())).isEmpty();
  }

  @Test
  void whoLeftOrBeganAnewIsNotAsked() {
    Instance leaving = server("a", 1, Phase.DRAINING);
    absent.update(List.of(leaving, server("b", 1, Phase.WARM)), FULL, 0);
    assertThat(absent.update(List.of(), FULL, SECOND)).isTrue();
    assertThat(absent.withAbsent(List.of())).extracting(Instance::id).containsExactly("b");
    assertThat(absent.update(List.of(server("b", 2, Phase.STARTING)), FULL, 2 * SECOND)).isFalse();
  }
}
