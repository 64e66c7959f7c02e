package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.segment.column.ZoneMap;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows whose value, a long, is within a range or outside of it; rows that are NULL do not
/// pass.
final class LongCondition extends FilterNode {
  private final int slot;
  private final long lo;
  private final long hi;
  private final boolean negate;
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

  @Override
  public void narrow(Block block, long[] mask) {
    boolean blockHasNulls = hasNulls;
    if (zones != null) {
      int zone = block.fromDoc() / Block.ROWS;
      blockHasNulls = zones.nullCounts()[zone] > 0;
      long min = zones.minima()[zone];
      long max = zones.maxima()[zone];
      boolean outside = max < lo || min > hi;
      boolean inside = min >= lo && max <= hi;
      if (min > max || (negate ? inside : outside)) {
        Arrays.fill(mask, 0);
        return;
      }
      if (negate ? outside : inside) {
        if (blockHasNulls) {
          HasValue.narrow(block, slot, true, mask);
        }
        return;
      }
    }
    int sparse = block.hasLongs(slot) ? -1 : block.sparseRows(mask);
    if (sparse >= 0) {
      narrowFew(block, sparse, mask);
    } else {
      Kernels.narrowRange(block.longs(slot), block.wordCount(), lo, hi, negate, mask);
      block.addScannedEntries(block.count());
    }
    if (blockHasNulls) {
      HasValue.narrow(block, slot, true, mask);
    }
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
