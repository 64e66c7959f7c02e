package io.cuvee.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.Replacement.State;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TestReplacement {
  private static SegmentRecord record(String name, boolean arriving) {
    return new SegmentRecord("t_OFFLINE", name, 1, "file:///x", 1, 1, 1).withArriving(arriving);
  }

  private static Replacement replacement(State state, boolean settled) {
    return new Replacement(
        "id", state, Map.of("a", 1L, "b", 1L), Map.of("c", 0L, "d", 0L), 5, 6, settled);
  }

  /// Names of segments that queries see.
  private static List<String> seen(Map<String, SegmentRecord> records, Replacement... known) {
    return new TreeMap<>(Replacement.visible(records, List.of(known)))
        .values().stream().filter(record -> !record.arriving()).map(SegmentRecord::name).toList();
  }

  private static final Map<String, SegmentRecord> ALL =
      Map.of(
          "a", record("a", false),
          "b", record("b", false),
          "c", record("c", true),
          "d", record("d", true),
          "x", record("x", false));

  @Test
  void oldSegmentsAreSeenUntilItIsCompletedAndNewOnesAfterwards() {
    assertThat(seen(ALL)).containsExactly("a", "b", "x");
    assertThat(seen(ALL, replacement(State.IN_PROGRESS, false))).containsExactly("a", "b", "x");
    assertThat(seen(ALL, replacement(State.COMPLETED, false))).containsExactly("c", "d", "x");
    assertThat(seen(ALL, replacement(State.REVERTED, false))).containsExactly("a", "b", "x");
    assertThat(seen(ALL, replacement(State.COMPLETED, true))).containsExactly("a", "b", "x");
  }

  @Test
  void whoHasNotHeardOfAllNewSegmentsSeesTheOldOnes() {
    Map<String, SegmentRecord> some = new TreeMap<>(ALL);
    some.remove("d");
    assertThat(seen(some, replacement(State.COMPLETED, false))).containsExactly("a", "b", "x");
    some.remove("a");
    some.remove("b");
    assertThat(seen(some, replacement(State.COMPLETED, false))).containsExactly("c", "x");
  }

  @Test
  void whatOneBroughtAnotherMayHaveReplaced() {
    Replacement next =
        new Replacement("z", State.COMPLETED, Map.of("c", 1L), Map.of("e", 1L), 7, 8, false);
    Map<String, SegmentRecord> records = new TreeMap<>(ALL);
    records.put("e", record("e", true));
    assertThat(seen(records, replacement(State.COMPLETED, false), next))
        .containsExactly("d", "e", "x");
    assertThat(seen(records, next, replacement(State.COMPLETED, false)))
        .containsExactly("d", "e", "x");
  }

  @Test
  void itIsReadAsItWasWritten() {
    Replacement written = replacement(State.COMPLETED, false);
    assertThat(Replacement.parse(written.toJson())).isEqualTo(written);
    SegmentRecord marked = record("a", true).withMarks(Map.of("k", "v=1"));
    assertThat(SegmentRecord.parse(marked.toJson())).isEqualTo(marked);
  }
}
