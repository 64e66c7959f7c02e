package io.cuvee.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TestKernels {
  private static final int[] EDGES = {Integer.MIN_VALUE, -1, 0, 1, 7, Integer.MAX_VALUE};

  @Test
  void scalarAndVectorFiltersAgree() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int[] ints = new int[Block.ROWS];
    long[] longs = new long[Block.ROWS];
    for (int round = 0; round < 500; round++) {
      for (int i = 0; i < Block.ROWS; i++) {
        ints[i] = random.nextInt(4) == 0 ? edge(random) : random.nextInt(20);
        longs[i] =
            switch (random.nextInt(6)) {
              case 0 -> Long.MIN_VALUE;
              case 1 -> Long.MAX_VALUE;
              default -> random.nextInt(20);
            };
      }
      int words = 1 + random.nextInt(Block.WORDS);
      int lo = random.nextBoolean() ? edge(random) : random.nextInt(20);
      int hi = random.nextBoolean() ? edge(random) : random.nextInt(20);
      boolean negate = random.nextBoolean();
      long[] expected = mask(random);
      long[] found = expected.clone();
      long[] byRow = expected.clone();
      Kernels.Scalars.narrowRange(ints, words, lo, hi, negate, expected);
      Kernels.Vectors.narrowRange(ints, words, lo, hi, negate, found);
      for (int i = 0; i < words * 64; i++) {
        if ((ints[i] >= lo && ints[i] <= hi) == negate) {
          byRow[i >>> 6] &= ~(1L << i);
        }
      }
      assertThat(expected).as("seed %d", seed).isEqualTo(byRow);
      assertThat(found).as("seed %d", seed).isEqualTo(byRow);

      expected = mask(random);
      found = expected.clone();
      long low = random.nextBoolean() ? Long.MIN_VALUE : lo;
      long high = random.nextBoolean() ? Long.MAX_VALUE : hi;
      Kernels.Scalars.narrowRange(longs, words, low, high, negate, expected);
      Kernels.Vectors.narrowRange(longs, words, low, high, negate, found);
      assertThat(found).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static int edge(Random random) {
    return EDGES[random.nextInt(EDGES.length)];
  }

  private static long[] mask(Random random) {
    long[] mask = new long[Block.WORDS];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = random.nextInt(4) == 0 ? 0 : random.nextLong();
    }
    return mask;
  }

  @Test
  void sortableBitsOrderAsSqlDoes() {
    double[] ascending = {
      Double.NEGATIVE_INFINITY,
      -1e300,
      -1,
      -Double.MIN_VALUE,
      0,
      Double.MIN_VALUE,
      1,
      1e300,
      Double.POSITIVE_INFINITY,
      Double.NaN
    };
    for (int i = 1; i < ascending.length; i++) {
      assertThat(Kernels.sortableBits(ascending[i - 1]))
          .isLessThan(Kernels.sortableBits(ascending[i]));
    }
    assertThat(Kernels.sortableBits(-0.0)).isEqualTo(Kernels.sortableBits(0.0));
  }

  @Test
  void positionsAreNarrowedToARange() {
    for (int from : new int[] {-100, 0, 1, 63, 64, 65, 200, 2048, 5000}) {
      for (int to : new int[] {-1, 0, 1, 63, 64, 128, 2047, 2048, 9000}) {
        long[] mask = new long[Block.WORDS];
        Kernels.fill(mask, Block.ROWS);
        Kernels.narrowPositions(mask, Block.WORDS, from, to);
        assertThat(Kernels.bitCount(mask, Block.WORDS))
            .isEqualTo(Math.max(0, Math.min(to, Block.ROWS) - Math.max(from, 0)));
      }
    }
  }

  @Test
  void nullsAreReplacedUpToTheCount() {
    int[] values = new int[128];
    long[] validity = {0b101L, 0};
    Kernels.replaceNulls(values, 66, validity, 9);
    assertThat(values[0]).isZero();
    assertThat(values[1]).isEqualTo(9);
    assertThat(values[2]).isZero();
    assertThat(values[65]).isEqualTo(9);
    assertThat(values[66]).isZero();
  }
}
