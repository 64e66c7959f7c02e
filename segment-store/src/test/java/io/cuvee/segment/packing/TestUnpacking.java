package io.cuvee.segment.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cuvee.segment.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestUnpacking {
  private static final int BLOCK = PackedFormat.BLOCK;

  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  private long[] randomValues(int width) {
    long[] values = new long[BLOCK];
    Arrays.setAll(values, i -> width == 0 ? 0 : random.nextLong() >>> 64 - width);
    return values;
  }

  private static MemorySegment pack(Arena arena, long[] values, int width) {
    BlockPacker packer = new BlockPacker();
    int words = packer.pack(values, 0, values.length, 0, width);
    MemorySegment memory = arena.allocate(Math.max(1, words * 8L), 64);
    MemorySegment.copy(MemorySegment.ofArray(packer.words()), 0, memory, 0, words * 8L);
    NativeMemory.register(memory);
    return memory;
  }

  @Test
  void everyWidthDecodesToWhatWasPacked() {
    for (int width = 1; width <= 64; width++) {
      try (Arena arena = Arena.ofConfined()) {
        long[] values = randomValues(width);
        MemorySegment memory = pack(arena, values, width);
        long[] out = new long[BLOCK];
        Unpacking.longs(memory.address(), width, 0, 0, BLOCK, out, 0);
        assertThat(out).as("width %d, seed %d", width, seed).isEqualTo(values);
        for (int i = 0; i < BLOCK; i += 13) {
          assertThat(ScalarUnpacking.getLong(memory.address(), width, i)).isEqualTo(values[i]);
        }
        NativeMemory.unregister(memory);
      }
    }
  }

  @Test
  void shortBlocksOfDifferencesArePaddedWithZeros() {
    for (int width = 0; width <= 64; width++) {
      try (Arena arena = Arena.ofConfined()) {
        int count = 1 + random.nextInt(BLOCK - 1);
        long base = random.nextLong();
        long[] values = new long[count + 3];
        long[] expected = new long[BLOCK];
        for (int i = 0; i < count; i++) {
          expected[i] = width == 0 ? 0 : random.nextLong() >>> 64 - width;
          values[3 + i] = base + expected[i];
        }
        BlockPacker packer = new BlockPacker();
        packer.pack(randomValues(64), 0, BLOCK, 0, 64);
        int words = packer.pack(values, 3, count, base, width);
        assertThat(words * 8).isEqualTo(PackedFormat.blockBytes(width));
        MemorySegment memory = arena.allocate(Math.max(1, words * 8L), 64);
        MemorySegment.copy(MemorySegment.ofArray(packer.words()), 0, memory, 0, words * 8L);
        NativeMemory.register(memory);
        long[] out = new long[BLOCK];
        for (int i = 0; width > 0 && i < BLOCK; i++) {
          out[i] = ScalarUnpacking.getLong(memory.address(), width, i);
        }
        assertThat(out).as("width %d, seed %d", width, seed).isEqualTo(expected);
        NativeMemory.unregister(memory);
      }
    }
  }

  private void narrowsAsLoopsDo(long block, int width, int[] values) {
    for (int i = 0; i < 8; i++) {
      int one = values[random.nextInt(BLOCK)];
      int other = i < 2 ? one : values[random.nextInt(BLOCK)];
      int lo = Math.min(one, other);
      int hi = i == 7 ? Integer.MAX_VALUE : Math.max(one, other);
      boolean negate = random.nextBoolean();
      int wordCount = i < 4 ? BLOCK / Long.SIZE : random.nextInt(BLOCK / Long.SIZE);
      long[] words = random.longs(BLOCK / Long.SIZE).toArray();
      words[random.nextInt(words.length)] = 0;
      long[] expected = words.clone();
      for (int row = 0; row < wordCount * Long.SIZE; row++) {
        if ((values[row] >= lo && values[row] <= hi) == negate) {
          expected[row >>> 6] &= ~(1L << row);
        }
      }
      VectorRanges.narrow(block, width, lo, hi, negate, wordCount, words);
      long sum = 0;
      for (int row = 0; row < wordCount * Long.SIZE; row++) {
        sum += values[row] * (expected[row >>> 6] >>> row & 1);
      }
      assertThat(VectorSums.sum(block, width, wordCount, expected))
          .as("width %d, seed %d", width, seed)
          .isEqualTo(sum);
      assertThat(words)
          .as("%d to %d, negated: %b, width %d, seed %d", lo, hi, negate, width, seed)
          .isEqualTo(expected);
    }
  }

  @Test
  void scalarAndVectorDecodersAgree() {
    assumeThat(VectorApi.isActive()).isTrue();
    for (int width = 1; width <= 64; width++) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = pack(arena, randomValues(width), width);
        long block = memory.address();
        int positions = PackedFormat.laneBits(width);
        long base = random.nextLong();
        long[] scalar = new long[BLOCK];
        long[] vector = new long[BLOCK];
        ScalarUnpacking.longs(block, width, base, 0, BLOCK, scalar, 0);
        VectorUnpacking.longs(block, width, base, 0, positions, vector, 0);
        assertThat(vector).as("longs, width %d, seed %d", width, seed).isEqualTo(scalar);
        if (width <= 32) {
          assertThat(VectorSums.sum(block, width))
              .as("sum, width %d, seed %d", width, seed)
              .isEqualTo(ScalarUnpacking.sum(block, width))
              .isEqualTo(Arrays.stream(scalar).map(value -> value - base).sum());
        }
        if (width < 32) {
          int[] scalarInts = new int[BLOCK];
          int[] vectorInts = new int[BLOCK];
          ScalarUnpacking.ints(block, width, 0, BLOCK, scalarInts, 0);
          VectorUnpacking.ints(block, width, 0, positions, vectorInts, 0);
          assertThat(vectorInts).as("ints, width %d, seed %d", width, seed).isEqualTo(scalarInts);
          narrowsAsLoopsDo(block, width, scalarInts);
        }
        if (positions == 8) {
          byte[] scalarBytes = new byte[BLOCK];
          byte[] vectorBytes = new byte[BLOCK];
          ScalarUnpacking.bytes(block, width, scalarBytes);
          VectorUnpacking.bytes(block, width, vectorBytes);
          assertThat(vectorBytes)
              .as("bytes, width %d, seed %d", width, seed)
              .isEqualTo(scalarBytes);
        }
        if (positions == 16) {
          short[] scalarShorts = new short[BLOCK];
          short[] vectorShorts = new short[BLOCK];
          ScalarUnpacking.shorts(block, width, scalarShorts);
          VectorUnpacking.shorts(block, width, vectorShorts);
          assertThat(vectorShorts)
              .as("shorts, width %d, seed %d", width, seed)
              .isEqualTo(scalarShorts);
        }
        NativeMemory.unregister(memory);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 9, 13, 16, 17, 31})
  void anyRangeOfAnyBlockDecodes(int width) {
    try (Arena arena = Arena.ofConfined()) {
      int count = 3 * BLOCK + 100;
      int[] expected = new int[count];
      MemorySegment memory = arena.allocate(PackedFormat.sizeBytes(count, width), 64);
      BlockPacker packer = new BlockPacker();
      long blockBytes = PackedFormat.blockBytes(width);
      for (int block = 0; block < 4; block++) {
        long[] values = randomValues(width);
        int inBlock = Math.min(BLOCK, count - block * BLOCK);
        packer.pack(values, 0, inBlock, 0, width);
        MemorySegment.copy(
            MemorySegment.ofArray(packer.words()), 0, memory, block * blockBytes, blockBytes);
        for (int i = 0; i < inBlock; i++) {
          expected[block * BLOCK + i] = (int) values[i];
        }
      }
      NativeMemory.register(memory);
      PackedInts ints = new PackedInts(memory.address(), width, count);
      for (int round = 0; round < 300; round++) {
        int from = random.nextInt(count);
        int length = random.nextInt(count - from + 1);
        int[] out = new int[length];
        long[] wide = new long[length];
        ints.ints(from, length, out);
        ints.widened(from, length, wide);
        assertThat(out)
            .as("from %d, seed %d", from, seed)
            .isEqualTo(Arrays.copyOfRange(expected, from, from + length));
        assertThat(wide).isEqualTo(Arrays.stream(out).asLongStream().toArray());
      }
      int[] indexes = random.ints(500, 0, count).sorted().toArray();
      int[] gathered = new int[indexes.length];
      ints.ints(indexes, indexes.length, gathered);
      assertThat(gathered).isEqualTo(Arrays.stream(indexes).map(i -> expected[i]).toArray());
      NativeMemory.unregister(memory);
    }
  }

  @Test
  void readingOutsideMappedBuffersIsNoticed() {
    assertThat(NativeMemory.CHECKED).as("the tests run checked").isTrue();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = pack(arena, randomValues(5), 5);
      PackedInts ints = new PackedInts(memory.address(), 5, BLOCK);
      assertThatThrownBy(() -> ints.ints(BLOCK, 1, new int[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> ints.ints(0, 2 * BLOCK, new int[2 * BLOCK]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      NativeMemory.unregister(memory);
      assertThatThrownBy(() -> ints.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
