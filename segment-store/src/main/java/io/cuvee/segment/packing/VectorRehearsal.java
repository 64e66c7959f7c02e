package io.cuvee.segment.packing;

import io.cuvee.segment.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Calls each decoder that uses the Vector API, so that the compiler takes notice of them.
final class VectorRehearsal implements AutoCloseable {
  /// One for each width of lanes, and what is special.
  private static final int[] WIDTHS = {5, 12, 20, 32, 40};

  private final MemorySegment memory;
  private final byte[] bytes = new byte[PackedFormat.BLOCK];
  private final short[] shorts = new short[PackedFormat.BLOCK];
  private final int[] ints = new int[PackedFormat.BLOCK];
  private final long[] words = new long[PackedFormat.BLOCK / Long.SIZE];
  private final long[] longs = new long[PackedFormat.BLOCK];

  VectorRehearsal(Arena arena) {
    memory = arena.allocate(PackedFormat.blockBytes(64), 64);
    NativeMemory.register(memory);
  }

  void run() {
    long block = memory.address();
    for (int width : WIDTHS) {
      int positions = PackedFormat.laneBits(width);
      VectorUnpacking.longs(block, width, 0, 0, positions, longs, 0);
      if (width < 32) {
        VectorUnpacking.ints(block, width, 0, positions, ints, 0);
        Arrays.fill(words, -1);
        VectorRanges.narrow(block, width, 1, 2, true, words.length, words);
        longs[0] += VectorSums.sum(block, width, words.length, words);
      }
      if (width <= 32) {
        longs[0] += VectorSums.sum(block, width);
      }
      if (positions == 8) {
        VectorUnpacking.bytes(block, width, bytes);
      } else if (positions == 16) {
        VectorUnpacking.shorts(block, width, shorts);
      }
    }
  }

  @Override
  public void close() {
    NativeMemory.unregister(memory);
  }
}
