package io.cuvee.engine.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Arrays of a block's length that one worker needs for one query, kept for later queries: memory
/// that was used a moment ago is still in the processor's cache, while fresh memory is not, and for
/// a query of some tens of microseconds that is a good part of its time. What can be an index, the
/// integers up to 32 bits and the bits, is zero when taken, as fresh arrays are; longs and doubles
/// are what the query before left. Not thread-safe.
public final class BlockBuffers {
  private final Kept<int[]> ints = new Kept<>(() -> new int[Block.ROWS]);
  private final Kept<long[]> longs = new Kept<>(() -> new long[Block.ROWS]);
  private final Kept<double[]> doubles = new Kept<>(() -> new double[Block.ROWS]);
  private final Kept<short[]> shorts = new Kept<>(() -> new short[Block.ROWS]);
  private final Kept<byte[]> bytes = new Kept<>(() -> new byte[Block.ROWS]);
  private final Kept<long[]> morsels = new Kept<>(() -> new long[Block.MORSEL_ROWS / 64]);

  public int[] ints() {
    int[] taken = ints.take();
    Arrays.fill(taken, 0);
    return taken;
  }

  public long[] longs() {
    return longs.take();
  }

  double[] doubles() {
    return doubles.take();
  }

  short[] shorts() {
    short[] taken = shorts.take();
    Arrays.fill(taken, (short) 0);
    return taken;
  }

  byte[] bytes() {
    byte[] taken = bytes.take();
    Arrays.fill(taken, (byte) 0);
    return taken;
  }

  /// One bit for each row of a morsel.
  long[] morselBits() {
    long[] taken = morsels.take();
    Arrays.fill(taken, 0);
    return taken;
  }

  /// Takes all arrays back, which nobody may use any more.
  void reuse() {
    ints.reuse();
    longs.reuse();
    doubles.reuse();
    shorts.reuse();
    bytes.reuse();
    morsels.reuse();
  }

  private static final class Kept<T> {
    /// A query that needs more than this gets fresh ones, which the next finds gone.
    private static final int MOST = 32;

    private final Supplier<T> fresh;
    private final List<T> all = new ArrayList<>();
    private int taken;

    Kept(Supplier<T> fresh) {
      this.fresh = fresh;
    }

    T take() {
      if (taken == MOST) {
        return fresh.get();
      }
      if (taken == all.size()) {
        all.add(fresh.get());
      }
      return all.get(taken++);
    }

    void reuse() {
      taken = 0;
    }
  }
}
