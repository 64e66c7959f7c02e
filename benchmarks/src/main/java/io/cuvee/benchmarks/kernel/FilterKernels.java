package io.cuvee.benchmarks.kernel;

import io.cuvee.engine.scan.DictIdKernels;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.TableKernels;
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

/// Filters that pass half of a block's rows, and masks.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BlockData.VALUES)
public class FilterKernels {
  private static final int VALUES = BlockData.VALUES;
  private static final int WORDS = BlockData.WORDS;

  private final byte[] bytes = new byte[VALUES];
  private final short[] shorts = new short[VALUES];
  private final int[] ints = new int[VALUES];
  private final long[] longs = new long[VALUES];
  private final double[] doubles = new double[VALUES];
  private final int[] members = {3, 50, 99, 180};
  private final long[] table = new long[4];
  private final byte[] marks = new byte[256];
  private final byte[] flags = new byte[VALUES];
  private final long[] half = new long[WORDS];
  private final long[] mask = new long[WORDS];
  private final int[] positions = new int[VALUES];
  private final int[] gathered = new int[VALUES];
  private int selected;

  @Setup
  public void fill() {
    SplittableRandom random = BlockData.random();
    for (int i = 0; i < VALUES; i++) {
      ints[i] = random.nextInt(256);
      bytes[i] = (byte) ints[i];
      shorts[i] = (short) ints[i];
      longs[i] = ints[i];
      doubles[i] = ints[i];
    }
    Arrays.setAll(table, i -> random.nextLong());
    for (int id = 0; id < marks.length; id++) {
      marks[id] = (byte) (table[id >>> 6] >>> id & 1);
    }
    Arrays.setAll(half, i -> random.nextLong());
    selected = Kernels.positions(half, WORDS, positions);
  }

  private long[] all() {
    Arrays.fill(mask, -1L);
    return mask;
  }

  @Benchmark
  public long[] rangeOfBytes() {
    DictIdKernels.narrowRange(bytes, WORDS, 64, 191, false, all());
    return mask;
  }

  @Benchmark
  public long[] rangeOfShorts() {
    DictIdKernels.narrowRange(shorts, WORDS, 64, 191, false, all());
    return mask;
  }

  @Benchmark
  public long[] rangeOfInts() {
    Kernels.narrowRange(ints, WORDS, 64, 191, false, all());
    return mask;
  }

  @Benchmark
  public long[] rangeOfLongs() {
    Kernels.narrowRange(longs, WORDS, 64, 191, false, all());
    return mask;
  }

  @Benchmark
  public long[] rangeOfDoubles() {
    Kernels.narrowSortableRange(
        doubles, WORDS, Kernels.sortableBits(64), Kernels.sortableBits(191), false, all());
    return mask;
  }

  @Benchmark
  public long[] membersOfBytes() {
    DictIdKernels.narrowMembers(bytes, WORDS, members, all());
    return mask;
  }

  @Benchmark
  public long[] membersOfShorts() {
    DictIdKernels.narrowMembers(shorts, WORDS, members, all());
    return mask;
  }

  @Benchmark
  public long[] tableOfInts() {
    TableKernels.narrow(ints, WORDS, table, all());
    return mask;
  }

  @Benchmark
  public long[] marksOfInts() {
    TableKernels.narrow(ints, WORDS, marks, flags, all());
    return mask;
  }

  @Benchmark
  public long[] marksOfShorts() {
    TableKernels.narrow(shorts, WORDS, marks, flags, all());
    return mask;
  }

  @Benchmark
  public long[] marksOfBytes() {
    TableKernels.narrow(bytes, WORDS, marks, flags, all());
    return mask;
  }

  @Benchmark
  public int positionsOfMask() {
    return Kernels.positions(half, WORDS, positions);
  }

  @Benchmark
  public int countOfMask() {
    return Kernels.bitCount(half, WORDS);
  }

  @Benchmark
  public int[] gatherHalf() {
    Kernels.gather(ints, positions, selected, gathered);
    return gathered;
  }
}
