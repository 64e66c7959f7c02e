package io.cuvee.rowlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.AppendResult.Appended;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestRowLogState {
  private static final long DAY = 24 * 3_600_000L;
  private static final int MANY = 1_000_000;

  private final RowLogState state = new RowLogState(MANY);

  private AppendResult apply(long index, long millis, RowBatch batch) {
    return state.apply(index, Batches.entry(millis, batch)).getFirst();
  }

  @Test
  void rowsHaveOffsetsWithoutGaps() {
    assertThat(
            state.apply(3, Batches.entry(1, Batches.keyed("a", "x", "y"), Batches.keyed("b", "z"))))
        .containsExactly(new Appended(0, 2, false), new Appended(2, 1, false));
    assertThat(apply(7, 2, Batches.of(RowKey.any(), "v"))).isEqualTo(new Appended(3, 1, false));
    assertThat(state.latestOffset()).isEqualTo(4);
    assertThat(state.find(2).orElseThrow().index()).isEqualTo(3);
    assertThat(state.find(3).orElseThrow())
        .matches(place -> place.index() == 7 && place.offset() == 3);
    assertThat(state.find(4)).isEmpty();
  }

  @Test
  void keyIsUsedOnceInADay() {
    apply(1, 0, Batches.keyed("a", "x"));
    assertThat(apply(2, DAY - 1, Batches.keyed("a", "x"))).isEqualTo(new Appended(0, 1, true));
    assertThat(apply(3, DAY - 1, Batches.keyed("a", "other")))
        .isEqualTo(new AppendResult.OtherRows());
    assertThat(state.latestOffset()).isEqualTo(1);
    assertThat(apply(4, DAY, Batches.keyed("a", "x"))).isEqualTo(new Appended(1, 1, false));
  }

  @Test
  void clockThatGoesBackForgetsNothingEarlier() {
    apply(1, DAY, Batches.keyed("a", "x"));
    apply(2, 5, Batches.keyed("b", "x"));
    assertThat(apply(3, 2 * DAY - 1, Batches.keyed("b", "x"))).isEqualTo(new Appended(1, 1, true));
  }

  @Test
  void sameKeyTwiceInOneEntryCountsOnce() {
    List<AppendResult> results =
        state.apply(
            1,
            Batches.entry(
                0, Batches.keyed("a", "x"), Batches.keyed("a", "x"), Batches.keyed("b", "y")));
    assertThat(results)
        .containsExactly(
            new Appended(0, 1, false), new Appended(0, 1, true), new Appended(1, 1, false));
    assertThat(state.find(1).orElseThrow().skipped().get(1)).isTrue();
  }

  @Test
  void keysBeyondTheLimitAreRefused() {
    RowLogState small = new RowLogState(1);
    small.apply(1, Batches.entry(0, Batches.keyed("a", "x")));
    assertThat(small.apply(2, Batches.entry(0, Batches.keyed("b", "x"))))
        .containsExactly(new AppendResult.KeysFull());
    assertThat(small.latestOffset()).isEqualTo(1);
  }

  @Test
  void lastEntryBeforeAnOffsetHasNoRowFromIt() {
    apply(1, 0, Batches.keyed("a", "1", "2"));
    apply(4, 0, Batches.keyed("b", "3"));
    assertThat(state.lastBefore(1)).isEmpty();
    assertThat(state.lastBefore(2)).hasValue(1L);
    assertThat(state.lastBefore(3)).hasValue(4L);
    assertThat(state.lastBefore(99)).hasValue(4L);
    state.forget(1);
    assertThat(state.earliestOffset()).isEqualTo(2);
    assertThat(state.find(1)).isEmpty();
    state.forget(4);
    assertThat(state.earliestOffset()).isEqualTo(3);
  }

  @Test
  void replicaThatBeginsFromASnapshotComesToTheSame() throws IOException {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122L);
    System.out.println("cuvee.random.seed=" + seed);
    Random random = new Random(seed);
    List<RowFrames.Entry> entries = new ArrayList<>();
    List<List<AppendResult>> results = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      RowBatch[] batches = new RowBatch[1 + random.nextInt(4)];
      for (int j = 0; j < batches.length; j++) {
        String[] rows = new String[1 + random.nextInt(3)];
        java.util.Arrays.fill(rows, "r" + random.nextInt(2));
        batches[j] = Batches.keyed("k" + random.nextInt(300), rows);
      }
      entries.add(Batches.entry(i * 400_000L - random.nextInt(900_000), batches));
      results.add(state.apply(i, entries.getLast()));
    }
    for (int round = 0; round < 20; round++) {
      long offset = random.nextLong(state.latestOffset());
      long index = state.lastBefore(offset).orElse(-1L);
      if (index < 0) {
        continue;
      }
      RowLogState other =
          RowLogState.restore(new ByteArrayInputStream(state.snapshot(index)), MANY);
      assertThat(other.latestOffset()).isLessThanOrEqualTo(offset);
      for (int i = (int) index + 1; i < entries.size(); i++) {
        assertThat(other.apply(i, entries.get(i))).as("entry " + i).isEqualTo(results.get(i));
      }
      assertThat(other.latestOffset()).isEqualTo(state.latestOffset());
    }
  }

  @Test
  void snapshotOfAnotherVersionIsRefused() {
    byte[] newer = new byte[100];
    newer[3] = 9;
    assertThatThrownBy(() -> RowLogState.restore(new ByteArrayInputStream(newer), MANY))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("version 9");
  }
}
