package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.VectorApi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows whose value, a long, is within a range or outside of it; rows that are NULL do not
/// pass.
final class LongCondition extends FilterNode {
  final int slot;
  final long lo;
  final long hi;
  final boolean negate;
  private final boolean hasNulls;
  private final double passRate;
  private final ZoneMap.@Nullable Longs zones;

  LongCondition(
      int slot,
      long lo,
      long hi,
      boolean negate,
      boolean hasNulls,
      double passRate,
      ZoneMap.@Nullable Longs zones) {
    this.slot = slot;
    this.lo = lo;
    this.hi = hi;
    this.negate = negate;
    this.hasNulls = hasNulls;
    this.passRate = passRate;
    this.zones = zones;
  }

  /// The rows that pass this and another condition of the same column, both on what is within a
  /// range.
  FilterNode and(LongCondition other) {
    long from = Math.max(lo, other.lo);
    long to = Math.min(hi, other.hi);
    if (from > to) {
      return NoRows.INSTANCE;
    }
    boolean nested = from == lo && to == hi || from == other.lo && to == other.hi;
    // Two ends of one interval: what neither leaves out.
    double rate =
        nested
            ? Math.min(passRate, other.passRate)
            : Math.max(0.001, passRate + other.passRate - 1);
    return new LongCondition(slot, from, to, false, hasNulls, rate, zones);
  }

  @Override
  public void narrow(Block block, long[] mask) {
    boolean blockHasNulls = hasNulls;
    if (zones != null) {
      int zone = block.fromDoc() / Block.ROWS;
      blockHasNulls = zones.nullCounts()[zone] > 0;
      long min = zones.minima()[zone];
      long max = zones.maxima()[zone];
      if (excludes(min, max)) {
        Arrays.fill(mask, 0);
        return;
      }
      if (negate ? max < lo || min > hi : min >= lo && max <= hi) {
        if (blockHasNulls) {
          HasValue.narrow(block, slot, true, mask);
        }
        return;
      }
    }
    int sparse = block.hasLongs(slot) ? -1 : block.sparseRows(mask, Block.SPARSE_ROWS);
    if (sparse >= 0) {
      narrowFew(block, sparse, mask);
    } else {
      FramedLongs frames = block.hasLongs(slot) ? null : block.frames(slot);
      if (frames != null && frames.width(block.fromDoc() / Block.ROWS) < Integer.SIZE) {
        narrowDifferences(block, frames, mask);
      } else if (block.column(slot).hasInts() && !block.hasLongs(slot)) {
        narrowInts(block, mask);
      } else {
        Kernels.narrowRange(block.longs(slot), block.wordCount(), lo, hi, negate, mask);
      }
      block.addScannedEntries(block.count());
    }
    if (blockHasNulls) {
      HasValue.narrow(block, slot, true, mask);
    }
  }

  @Override
  boolean keepsDocs() {
    return true;
  }

  @Override
  int keep(Block block, int[] docIds, int count) {
    int found = hasNulls ? HasValue.keep(block, slot, true, docIds, count) : count;
    long[] values = block.scratchLongs();
    block.column(slot).longs(docIds, found, values);
    block.addScannedEntries(found);
    int kept = 0;
    for (int i = 0; i < found; i++) {
      int docId = docIds[i];
      docIds[kept] = docId;
      kept += (values[i] >= lo && values[i] <= hi) != negate ? 1 : 0;
    }
    return kept;
  }

  @Override
  int next(Block block, int from, int to) {
    ZoneMap.Longs known = zones;
    if (known == null) {
      return from;
    }
    int zone = from / Block.ROWS;
    while (zone * Block.ROWS < to && excludes(known.minima()[zone], known.maxima()[zone])) {
      zone++;
    }
    return Math.clamp((long) zone * Block.ROWS, from, to);
  }

  /// Whether no row of a block with this smallest and largest value passes.
  private boolean excludes(long min, long max) {
    return min > max || (negate ? min >= lo && max <= hi : max < lo || min > hi);
  }

  /// Compares the values' differences from the base of their block, which are narrower.
  private void narrowDifferences(Block block, FramedLongs frames, long[] mask) {
    int frame = block.fromDoc() / Block.ROWS;
    long base = frames.base(frame);
    long most = (1L << frames.width(frame)) - 1;
    long from = lo <= base ? 0 : lo - base;
    long to = hi < base ? -1 : hi - base;
    // A difference that overflows is larger than any in the block.
    from = from < 0 ? Long.MAX_VALUE : from;
    to = hi >= base && to < 0 ? most : Math.min(to, most);
    if (from > to) {
      if (!negate) {
        Arrays.fill(mask, 0);
      }
      return;
    }
    if (VectorApi.isActive()) {
      frames.narrowRange(frame, (int) from, (int) to, negate, block.wordCount(), mask);
      return;
    }
    int[] differences = block.scratchInts();
    frames.differences(frame, differences);
    Kernels.narrowRange(differences, block.wordCount(), (int) from, (int) to, negate, mask);
  }

  /// Bounds beyond 32 bits are as good as the last that fit: an interval beyond all values of the
  /// column makes no condition.
  private void narrowInts(Block block, long[] mask) {
    int from = (int) Math.max(lo, Integer.MIN_VALUE);
    int to = (int) Math.min(hi, Integer.MAX_VALUE);
    Kernels.narrowRange(block.ints(slot), block.wordCount(), from, to, negate, mask);
  }

  private void narrowFew(Block block, int rows, long[] mask) {
    if (rows == 0) {
      return;
    }
    long[] values = block.sparseLongs();
    int[] positions = block.sparsePositions();
    block.column(slot).longs(block.sparseDocIds(), rows, values);
    block.addScannedEntries(rows);
    for (int i = 0; i < rows; i++) {
      if ((values[i] >= lo && values[i] <= hi) == negate) {
        mask[positions[i] >>> 6] &= ~(1L << positions[i]);
      }
    }
  }

  @Override
  double cost() {
    return 0.5;
  }

  @Override
  double passRate() {
    return passRate;
  }

  @Override
  public String toString() {
    return "$" + slot + (negate ? " outside " : " in ") + lo + ".." + hi;
  }
}
