package io.cuvee.benchmarks.kernel;

import io.cuvee.segment.packing.BlockPacker;
import io.cuvee.segment.packing.FramedLongs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/// Sums of a packed block.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BlockData.VALUES)
public class SumKernels {
  /// A frame: the base, then two sums of widths.
  private static final int FRAME_BYTES = 16;

  @Param({"7", "12", "20", "40"})
  private int width;

  private Arena arena;
  private FramedLongs framed;

  @Setup
  public void pack() {
    SplittableRandom random = BlockData.random();
    long[] values = new long[BlockData.VALUES];
    Arrays.setAll(values, i -> random.nextLong() >>> 64 - width);
    BlockPacker packer = new BlockPacker();
    long bytes = packer.pack(values, 0, values.length, 0, width) * 8L;
    arena = Arena.ofConfined();
    MemorySegment frame = arena.allocate(FRAME_BYTES, 8);
    frame.set(ValueLayout.JAVA_INT, 12, width);
    MemorySegment packed = arena.allocate(bytes, 64);
    MemorySegment.copy(MemorySegment.ofArray(packer.words()), 0, packed, 0, bytes);
    framed = new FramedLongs(frame.address(), packed.address(), BlockData.VALUES);
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public long sumPacked() {
    return framed.sum(0);
  }
}
