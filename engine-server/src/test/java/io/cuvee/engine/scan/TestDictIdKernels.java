package io.cuvee.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class TestDictIdKernels {
  private static final int ROUNDS = 400;

  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);
  private final byte[] bytes = new byte[Block.ROWS];
  private final short[] shorts = new short[Block.ROWS];
  private final int[] ids = new int[Block.ROWS];

  /// Draws ids below `size`, which the narrow arrays hold too.
  private void draw(int size) {
    for (int i = 0; i < Block.ROWS; i++) {
      ids[i] = random.nextInt(size);
      bytes[i] = (byte) ids[i];
      shorts[i] = (short) ids[i];
    }
  }

  private long[] randomMask() {
    long[] mask = new long[Block.WORDS];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = random.nextInt(4) == 0 ? 0 : random.nextLong();
    }
    return mask;
  }

  private long[] expected(long[] mask, int words, IntPredicate passes) {
    long[] expected = mask.clone();
    for (int i = 0; i < words * 64; i++) {
      if (!passes.test(ids[i])) {
        expected[i >>> 6] &= ~(1L << i);
      }
    }
    return expected;
  }

  @Test
  void rangesOfBytesAndShortsAreThoseOfARowAtATime() {
    System.out.println("seed " + seed);
    for (int round = 0; round < ROUNDS; round++) {
      boolean wide = random.nextBoolean();
      int size = 1 + random.nextInt(wide ? 1 << 16 : 1 << 8);
      draw(size);
      int lo = random.nextInt(size);
      int hi = lo + random.nextInt(size - lo);
      boolean negate = random.nextBoolean();
      int words = 1 + random.nextInt(Block.WORDS);
      long[] mask = randomMask();
      long[] expected = expected(mask, words, id -> (id >= lo && id <= hi) != negate);
      long[] scalar = mask.clone();
      long[] vector = mask.clone();
      if (wide) {
        DictIdKernels.Scalars.narrowRange(shorts, words, lo, hi, negate, scalar);
        DictIdKernels.Vectors.narrowRange(shorts, words, lo, hi, negate, vector);
      } else {
        DictIdKernels.Scalars.narrowRange(bytes, words, lo, hi, negate, scalar);
        DictIdKernels.Vectors.narrowRange(bytes, words, lo, hi, negate, vector);
      }
      assertThat(scalar).as("seed %d, round %d", seed, round).isEqualTo(expected);
      assertThat(vector).as("seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void membersOfBytesAndShortsAreThoseOfARowAtATime() {
    System.out.println("seed " + seed);
    for (int round = 0; round < ROUNDS; round++) {
      boolean wide = random.nextBoolean();
      int size = 1 + random.nextInt(wide ? 1 << 16 : 1 << 8);
      draw(size);
      int[] members = random.ints(1 + random.nextInt(8), 0, size).toArray();
      int words = 1 + random.nextInt(Block.WORDS);
      long[] mask = randomMask();
      long[] expected =
          expected(mask, words, id -> Arrays.stream(members).anyMatch(member -> member == id));
      long[] scalar = mask.clone();
      long[] vector = mask.clone();
      if (wide) {
        DictIdKernels.Scalars.narrowMembers(shorts, words, members, scalar);
        DictIdKernels.Vectors.narrowMembers(shorts, words, members, vector);
      } else {
        DictIdKernels.Scalars.narrowMembers(bytes, words, members, scalar);
        DictIdKernels.Vectors.narrowMembers(bytes, words, members, vector);
      }
      assertThat(scalar).as("seed %d, round %d", seed, round).isEqualTo(expected);
      assertThat(vector).as("seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void tablesSayTheSameInBytesAndInBits() {
    System.out.println("seed " + seed);
    byte[] flags = new byte[Block.ROWS];
    for (int round = 0; round < ROUNDS; round++) {
      boolean narrow = random.nextBoolean();
      int size = 1 + random.nextInt(narrow ? 1 << 8 : 1 << 16);
      draw(size);
      byte[] marks = new byte[size];
      long[] bits = new long[size + 63 >>> 6];
      for (int id = 0; id < size; id++) {
        marks[id] = (byte) random.nextInt(2);
        bits[id >>> 6] |= (long) marks[id] << id;
      }
      int words = 1 + random.nextInt(Block.WORDS);
      long[] mask = randomMask();
      long[] expected = expected(mask, words, id -> marks[id] == 1);
      random.nextBytes(flags);
      long[] found = mask.clone();
      TableKernels.narrow(ids, words, bits, found);
      assertThat(found).as("bits, seed %d, round %d", seed, round).isEqualTo(expected);
      found = mask.clone();
      TableKernels.narrow(ids, words, marks, flags, found);
      assertThat(found).as("ints, seed %d, round %d", seed, round).isEqualTo(expected);
      found = mask.clone();
      TableKernels.narrow(shorts, words, marks, flags, found);
      assertThat(found).as("shorts, seed %d, round %d", seed, round).isEqualTo(expected);
      if (narrow) {
        found = mask.clone();
        TableKernels.narrow(bytes, words, marks, flags, found);
        assertThat(found).as("bytes, seed %d, round %d", seed, round).isEqualTo(expected);
      }
    }
  }
}
