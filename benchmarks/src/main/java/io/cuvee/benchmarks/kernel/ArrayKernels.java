package io.cuvee.benchmarks.kernel;

import io.cuvee.engine.scan.Kernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Aggregates of decoded values.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BlockData.VALUES)
public class ArrayKernels {
  private final long[] longs = new long[BlockData.VALUES];
  private final double[] doubles = new double[BlockData.VALUES];

  @Setup
  public void fill() {
    SplittableRandom random = BlockData.random();
    Arrays.setAll(longs, i -> random.nextInt());
    Arrays.setAll(doubles, i -> longs[i] * 0.5);
  }

  @Benchmark
  public long sumLongs() {
    return Kernels.sum(longs, BlockData.VALUES);
  }

  @Benchmark
  public double sumDoubles() {
    return Kernels.sum(doubles, BlockData.VALUES);
  }

  @Benchmark
  public long maxLongs() {
    return Kernels.max(longs, BlockData.VALUES);
  }
}
