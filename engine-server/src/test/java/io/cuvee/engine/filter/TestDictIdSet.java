package io.cuvee.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestDictIdSet {
  @Test
  void setsBehaveLikeBitSets() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      int size = 1 + random.nextInt(200);
      BitSet a = bits(random, size);
      BitSet b = bits(random, size);
      DictIdSet left = set(size, a);
      DictIdSet right = set(size, b);
      BitSet and = (BitSet) a.clone();
      and.and(b);
      BitSet or = (BitSet) a.clone();
      or.or(b);
      BitSet not = (BitSet) a.clone();
      not.flip(0, size);
      same(left, a, seed);
      same(left.intersection(right), and, seed);
      same(left.union(right), or, seed);
      same(left.complement(), not, seed);
    }
  }

  private static BitSet bits(Random random, int size) {
    BitSet bits = new BitSet();
    switch (random.nextInt(3)) {
      case 0 -> bits.set(random.nextInt(size), size);
      case 1 -> {
        bits.set(0, size);
        int from = random.nextInt(size);
        bits.clear(from, Math.min(size, from + random.nextInt(10)));
      }
      default -> {
        for (int i = 0; i < size; i++) {
          bits.set(i, random.nextBoolean());
        }
      }
    }
    return bits;
  }

  private static DictIdSet set(int size, BitSet bits) {
    return DictIdSet.of(size, java.util.Arrays.copyOf(bits.toLongArray(), size + 63 >>> 6));
  }

  private static void same(DictIdSet found, BitSet expected, long seed) {
    assertThat(found.count()).as("seed %d", seed).isEqualTo(expected.cardinality());
    assertThat(found.members()).as("seed %d", seed).isEqualTo(expected.stream().toArray());
  }

  @Test
  void adjacentIdsAreARange() {
    assertThat(DictIdSet.of(10, new long[] {0b0111000}).isTable()).isFalse();
    assertThat(DictIdSet.of(10, new long[] {0b1111100011}).negate()).isTrue();
    assertThat(DictIdSet.of(10, new long[] {0b0101000}).isTable()).isTrue();
    assertThat(DictIdSet.of(70, new long[] {0, 0}).isEmpty()).isTrue();
    assertThat(DictIdSet.range(10, -5, 20).isFull()).isTrue();
  }
}
