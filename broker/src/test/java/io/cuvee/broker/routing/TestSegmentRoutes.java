package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TestSegmentRoutes {
  private static final Replica CONSUMING = new Replica(SegmentState.CONSUMING, 0, "");
  private static final Replica ONLINE = new Replica(SegmentState.ONLINE, 7, "");

  private final Map<String, SegmentRecord> records = new TreeMap<>();
  private final Map<String, Map<String, Replica>> replicas = new TreeMap<>();

  private void sealed(String name, long sequence, long start, long end) {
    records.put(
        name,
        new SegmentRecord(
            "t",
            name,
            7,
            "",
            1,
            1,
            1,
            false,
            Map.of(),
            Optional.of(StreamRange.from(0, sequence, start).until(end)),
            SegmentScope.UNKNOWN));
  }

  private void consuming(String name, long sequence, long start) {
    records.put(name, SegmentRecord.consuming("t", name, 1, StreamRange.from(0, sequence, start)));
  }

  private List<String> routed() {
    Instance server =
        new Instance("s", Instance.Role.SERVER, "h", 1, 2, Set.of(), 1, Instance.Phase.WARM);
    return new SegmentRoutes(Map.of("s", server))
        .of(records, replicas).stream().map(SegmentRoute::segment).toList();
  }

  @Test
  void committedSegmentsAreNamedWithTheirEndsAndTheNewestWithWhatFollows() {
    sealed("a", 0, 0, 10);
    sealed("b", 1, 10, 20);
    consuming("c", 2, 20);
    replicas.put("a", Map.of("s", ONLINE));
    replicas.put("b", Map.of("s", CONSUMING));
    replicas.put("c", Map.of("s", CONSUMING));
    assertThat(routed()).containsExactly("a@10", "b@20", "c+0");
  }

  @Test
  void nextSegmentIsAskedWithTheOneBeforeUntilServersTellOfIt() {
    sealed("a", 0, 0, 10);
    consuming("b", 1, 10);
    replicas.put("a", Map.of("s", CONSUMING));
    assertThat(routed()).containsExactly("a++0");
  }

  @Test
  void newestOfPausedTableMayHaveSuccessorsSoon() {
    sealed("a", 0, 0, 10);
    replicas.put("a", Map.of("s", ONLINE));
    assertThat(routed()).containsExactly("a+0");
  }

  @Test
  void serversOfTheSegmentBeforeAreAskedForTheNewestLast() {
    sealed("a", 0, 0, 10);
    consuming("b", 1, 10);
    replicas.put("a", Map.of("s", ONLINE, "t", CONSUMING));
    replicas.put("b", Map.of("s", CONSUMING));
    Instance one =
        new Instance("s", Instance.Role.SERVER, "h", 1, 2, Set.of(), 1, Instance.Phase.WARM);
    Instance other =
        new Instance("t", Instance.Role.SERVER, "h", 1, 3, Set.of(), 1, Instance.Phase.WARM);
    SegmentRoute newest =
        new SegmentRoutes(Map.of("s", one, "t", other)).of(records, replicas).getLast();
    assertThat(newest.segment()).isEqualTo("b+0");
    assertThat(newest.preferred()).extracting(ServerAddress::id).containsExactly("s");
    assertThat(newest.fallback()).extracting(ServerAddress::id).containsExactly("t");
  }

  @Test
  void segmentsThatNobodyHoldsAreMissing() {
    sealed("a", 0, 0, 10);
    consuming("b", 1, 10);
    assertThat(routed()).containsExactly("a@10", "b+0");
    replicas.put("b", Map.of("gone", CONSUMING));
    assertThat(routed()).containsExactly("a@10", "b+0");
  }
}
