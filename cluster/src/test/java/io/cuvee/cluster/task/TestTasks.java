package io.cuvee.cluster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.TaskRecord.State;
import io.cuvee.common.catalog.TableConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TestTasks {
  private static TaskRecord task(int maxAttempts) {
    return TaskRecord.create(
        "group", 0, "PurgeTask", "t_OFFLINE", Map.of("filter", "a = 'ü'"), maxAttempts, 1000);
  }

  @Test
  void aTaskIsTriedAgainWithGrowingPausesAndThenGivenUp() {
    TaskRecord first = task(3).leased("m", 7, 2000);
    assertThat(first.isHeldBy("m", 7, 1)).isTrue();
    assertThat(first.isHeldBy("m", 8, 1)).isFalse();
    TaskRecord waiting = first.failed("no", true, 3000);
    assertThat(waiting.state()).isEqualTo(State.WAITING);
    assertThat(waiting.notBeforeMillis()).isEqualTo(4000);
    TaskRecord again = waiting.leased("m", 7, 5000).failed("no", true, 6000);
    assertThat(again.notBeforeMillis()).isEqualTo(8000);
    TaskRecord last = again.leased("n", 1, 9000).failed("still no", true, 9500);
    assertThat(last.state()).isEqualTo(State.FAILED);
    assertThat(last.message()).isEqualTo("still no");
    assertThat(first.failed("wrong", false, 3000).state()).isEqualTo(State.FAILED);
    assertThat(first.isHeldBy("m", 7, 2)).isFalse();
  }

  @Test
  void aTaskThatIsGivenBackCostsNoAttempt() {
    TaskRecord given = task(1).leased("m", 7, 2000).given("stopped", false, 3000);
    assertThat(given.state()).isEqualTo(State.WAITING);
    assertThat(given.attempts()).isZero();
    assertThat(task(1).leased("m", 7, 2000).given("gone", true, 3000).state())
        .isEqualTo(State.FAILED);
    assertThat(task(2).leased("m", 7, 2000).given("gone", true, 3000).state())
        .isEqualTo(State.WAITING);
  }

  @Test
  void tasksAreReadAsTheyWereWritten() {
    TaskRecord written = task(2).leased("m", 7, 2000).withProgress("half", 2500);
    assertThat(TaskRecord.parse(written.toJson())).isEqualTo(written);
    assertThat(written.completed("all", 3000).progress()).isEqualTo("all");
  }

  @Test
  void segmentsAreSpreadOverTasksByTheirRows() {
    List<SegmentRecord> segments = new ArrayList<>();
    for (int i = 1; i <= 7; i++) {
      segments.add(new SegmentRecord("t_OFFLINE", "s" + i, i, "file:///x", i * 10L, 1, 1));
    }
    List<List<SegmentRecord>> parts = SegmentList.spread(segments, 3);
    assertThat(parts).hasSize(3);
    assertThat(parts.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(segments);
    assertThat(parts)
        .allSatisfy(part ->
            assertThat(part.stream().mapToLong(SegmentRecord::totalDocs).sum())
                .isBetween(80L, 110L));
    assertThat(SegmentList.spread(List.of(), 3)).isEmpty();
    assertThat(SegmentList.decode(Map.of(SegmentList.KEY, SegmentList.encode(segments))))
        .containsEntry("s7", 7L)
        .hasSize(7);
  }

  @Test
  void periodsAndNumbersAreChecked() {
    TableConfig table = TableConfig.offline("t", 1);
    TaskSettings settings =
        new TaskSettings(
            table, "X", Map.of("a", "1d12h", "b", "soon", "c", "-1", "d", "99999999999d"));
    assertThat(settings.period("a")).contains(Duration.ofHours(36));
    assertThat(settings.period("none")).isEmpty();
    assertThat(settings.number("none", 5, 1)).isEqualTo(5);
    assertThatThrownBy(() -> settings.period("b")).hasMessageContaining("b of X is 'soon'");
    assertThatThrownBy(() -> settings.period("d")).hasMessageContaining("d of X");
    assertThatThrownBy(() -> settings.number("c", 5, 0)).hasMessageContaining("c of X is '-1'");
    assertThatThrownBy(() -> settings.required("none", "Write it."))
        .hasMessageContaining("none of X is missing. Write it.");
  }
}
