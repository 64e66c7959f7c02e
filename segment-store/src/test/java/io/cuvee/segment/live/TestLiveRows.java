package io.cuvee.segment.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestLiveRows {
  private static final int DOCS = 200_000;

  @Test
  void snapshotsStayWhatTheyWere() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    GrowingLiveRows rows = new GrowingLiveRows();
    BitSet expected = new BitSet();
    Map<LiveRows, BitSet> snapshots = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      for (int change = random.nextInt(300); change > 0; change--) {
        int doc = random.nextInt(DOCS);
        if (random.nextInt(3) > 0) {
          rows.add(doc);
          expected.set(doc);
        } else {
          rows.remove(doc);
          expected.clear(doc);
        }
      }
      snapshots.put(rows.snapshot(), (BitSet) expected.clone());
    }
    snapshots.forEach(TestLiveRows::check);
  }

  private static void check(LiveRows rows, BitSet expected) {
    assertThat(rows.count()).isEqualTo(expected.cardinality());
    assertThat(rows.docCount(0)).isEqualTo(expected.cardinality());
    assertThat(rows.end()).isGreaterThanOrEqualTo(expected.length());
    for (int from = 0; from < DOCS; from += 1 << 16) {
      int docs = Math.min(1 << 16, DOCS - from);
      long[] words = new long[1 << 10];
      boolean any = rows.orInto(0, from, docs, words);
      BitSet part = expected.get(from, from + docs);
      assertThat(BitSet.valueOf(words)).isEqualTo(part);
      assertThat(any).isEqualTo(!part.isEmpty());
    }
    for (int doc = 0; doc < DOCS; doc += 997) {
      assertThat(rows.contains(doc)).isEqualTo(expected.get(doc));
    }
  }

  @Test
  void nothingCountsBeforeAnythingWasAdded() {
    GrowingLiveRows rows = new GrowingLiveRows();
    rows.remove(5);
    assertThat(rows.snapshot().count()).isZero();
    assertThat(rows.snapshot().end()).isZero();
    assertThat(rows.snapshot().contains(70_000)).isFalse();
    assertThat(LiveRows.NONE.orInto(0, 0, 64, new long[1])).isFalse();
  }
}
