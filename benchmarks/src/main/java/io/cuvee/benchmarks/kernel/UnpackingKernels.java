package io.cuvee.benchmarks.kernel;

import io.cuvee.segment.packing.BlockPacker;
import io.cuvee.segment.packing.PackedInts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Bit-packed blocks, decoded.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BlockData.VALUES)
public class UnpackingKernels {
  @Param({"4", "7", "12", "20"})
  private int width;

  private final int[] ints = new int[BlockData.VALUES];
  private final long[] longs = new long[BlockData.VALUES];
  private final int[] some = new int[BlockData.VALUES];
  private Arena arena;
  private PackedInts packed;

  @Setup
  public void pack() {
    SplittableRandom random = BlockData.random();
    long[] values = new long[BlockData.VALUES];
    Arrays.setAll(values, i -> random.nextLong() >>> 64 - width);
    BlockPacker packer = new BlockPacker();
    long bytes = packer.pack(values, 0, values.length, 0, width) * 8L;
    arena = Arena.ofConfined();
    MemorySegment memory = arena.allocate(bytes, 64);
    MemorySegment.copy(MemorySegment.ofArray(packer.words()), 0, memory, 0, bytes);
    packed = new PackedInts(memory.address(), width, BlockData.VALUES);
    Arrays.setAll(some, i -> i);
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public int[] unpackInts() {
    packed.ints(0, BlockData.VALUES, ints);
    return ints;
  }

  @Benchmark
  public long[] unpackLongs() {
    packed.widened(0, BlockData.VALUES, longs);
    return longs;
  }

  @Benchmark
  public int[] unpackByPosition() {
    packed.ints(some, BlockData.VALUES, ints);
    return ints;
  }
}
