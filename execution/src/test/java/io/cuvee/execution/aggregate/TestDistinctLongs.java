package io.cuvee.execution.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TestDistinctLongs {
  private static final AggregateCall COUNT_DISTINCT =
      new AggregateCall(
          "COUNT", List.of(new Expression.Column(0, ColumnType.LONG)), true, null, ColumnType.LONG);

  @Test
  void windowsGrowToBothSidesAndKeepWhatTheyHave() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      DistinctLongs bits = new DistinctLongs(MemoryBudget.unlimited());
      List<TreeSet<Long>> expected = new ArrayList<>();
      for (int g = 0; g < 5; g++) {
        expected.add(new TreeSet<>());
      }
      long center = List.of(0L, Long.MIN_VALUE, Long.MAX_VALUE, -40_000L).get(random.nextInt(4));
      for (int batch = 0; batch < 10; batch++) {
        int count = random.nextInt(300);
        long[] groups = new long[count];
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
          groups[i] = random.nextInt(1 + random.nextInt(5));
          int distance = random.nextInt(1 << random.nextInt(18));
          values[i] =
              center == Long.MIN_VALUE
                  ? center + distance
                  : center == Long.MAX_VALUE || random.nextBoolean()
                      ? center - distance
                      : center + distance;
        }
        int way = random.nextInt(3);
        if (way > 0) {
          Arrays.fill(groups, random.nextInt(5));
        }
        if (switch (way) {
          case 0 -> bits.add(groups, count, values);
          case 1 -> count > 0 && bits.add((int) groups[0], values, 0, count);
          default -> count > 0 && addBits(bits, (int) groups[0], values);
        }) {
          for (int i = 0; i < count; i++) {
            expected.get((int) groups[i]).add(values[i]);
          }
        }
      }
      List<Long> groups = new ArrayList<>();
      List<Long> values = new ArrayList<>();
      for (int g = 0; g < 5; g++) {
        for (long value : expected.get(g)) {
          groups.add((long) g);
          values.add(value);
        }
      }
      long first = center + (center < 0 ? random.nextInt(1000) : -random.nextInt(1 << 17));
      int width = 1 + random.nextInt(1 << 16);
      long[] copied = new long[width / 64 + 2];
      bits.copyBits(1, first, width, copied);
      assertThat(BitSet.valueOf(copied).stream().mapToLong(bit -> first + bit))
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              expected.get(1).stream()
                  .filter(value -> value >= first && value - first < width)
                  .toList());
      assertThat(bits.count()).as("seed %d", seed).isEqualTo(values.size());
      assertThat(bits.count(1)).as("seed %d", seed).isEqualTo(expected.get(1).size());
      assertThat(bits.groups()).as("seed %d", seed).containsExactly(groups.toArray(Long[]::new));
      assertThat(bits.values().values())
          .as("seed %d", seed)
          .containsExactly(values.toArray(Long[]::new));
    }
  }

  private static boolean addBits(DistinctLongs bits, int group, long[] values) {
    long min = Arrays.stream(values).min().orElseThrow();
    long max = Arrays.stream(values).max().orElseThrow();
    long[] words = new long[(int) (max - min >>> 6) + 1];
    for (long value : values) {
      words[(int) (value - min >>> 6)] |= 1L << value - min;
    }
    return bits.addBits(group, min, words);
  }

  @Test
  void valuesThatLieTooFarApartAreNotTaken() {
    DistinctLongs bits = new DistinctLongs(MemoryBudget.unlimited());
    assertThat(bits.add(new long[2], 2, new long[] {1, 2})).isTrue();
    assertThat(bits.add(new long[2], 2, new long[] {3, 1L << 40})).isFalse();
    assertThat(bits.add(new long[2], 2, new long[] {Long.MIN_VALUE, Long.MAX_VALUE})).isFalse();
    assertThat(bits.add(new long[] {1 << 20}, 1, new long[] {3})).isFalse();
    assertThat(bits.values().values()).containsExactly(1, 2);
  }

  @Test
  void countsAreRightWhereverResultsAreAskedForInBetween() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      long spread = 1L << 1 + random.nextInt(61);
      Accumulator count = Accumulators.create(COUNT_DISTINCT, MemoryBudget.unlimited());
      count.ensureGroups(2);
      List<Set<Long>> expected = List.of(new HashSet<>(), new HashSet<>());
      for (int batch = 0; batch < 6; batch++) {
        long[] values = random.longs(50, -spread, spread).toArray();
        int[] groups = random.ints(50, 0, 2).toArray();
        count.add(groups, 50, List.of(new LongValues(values, 50, null)));
        for (int i = 0; i < 50; i++) {
          expected.get(groups[i]).add(values[i]);
        }
        if (random.nextInt(3) == 0) {
          Values results = count.results(2);
          assertThat(Arrays.asList(results.get(0), results.get(1)))
              .as("seed %d", seed)
              .containsExactly((long) expected.get(0).size(), (long) expected.get(1).size());
        }
      }
      Values results = count.results(2);
      assertThat(results.get(1)).as("seed %d", seed).isEqualTo((long) expected.get(1).size());
    }
  }

  @Test
  void memoryIsGivenBackWhenATableTakesOver() {
    MemoryBudget atOnce = MemoryBudget.of("test", 1 << 20, "nothing");
    Accumulator table = Accumulators.create(COUNT_DISTINCT, atOnce);
    table.ensureGroups(1);
    table.addAll(4, List.of(new LongValues(new long[] {1, 60_000, Long.MAX_VALUE, -1}, 4, null)));
    MemoryBudget later = MemoryBudget.of("test", 1 << 20, "nothing");
    Accumulator count = Accumulators.create(COUNT_DISTINCT, later);
    count.ensureGroups(1);
    count.addAll(2, List.of(new LongValues(new long[] {1, 60_000}, 2, null)));
    assertThat(later.usedBytes()).isGreaterThan(60_000 / 8);
    count.addAll(2, List.of(new LongValues(new long[] {Long.MAX_VALUE, -1}, 2, null)));
    assertThat(count.results(1).get(0)).isEqualTo(4L);
    assertThat(later.usedBytes()).isLessThan(atOnce.usedBytes() + 60_000 / 8);
  }
}
