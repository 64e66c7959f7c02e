package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.segment.column.ZoneMap;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows whose value, a double, is within a range of [Kernels#sortableBits] or outside of it;
/// rows that are NULL do not pass.
final class DoubleCondition extends FilterNode {
  final int slot;
  final long lo;
  final long hi;
  final boolean negate;
  private final boolean hasNulls;
  private final ZoneMap.@Nullable Doubles zones;

  DoubleCondition(
      int slot,
      long lo,
      long hi,
      boolean negate,
      boolean hasNulls,
      ZoneMap.@Nullable Doubles zones) {
    this.slot = slot;
    this.lo = lo;
    this.hi = hi;
    this.negate = negate;
    this.hasNulls = hasNulls;
    this.zones = zones;
  }

  /// The rows that pass this and another condition of the same column, both on what is within a
  /// range.
  FilterNode and(DoubleCondition other) {
    long from = Math.max(lo, other.lo);
    long to = Math.min(hi, other.hi);
    return from > to
        ? NoRows.INSTANCE
        : new DoubleCondition(slot, from, to, false, hasNulls, zones);
  }

  @Override
  public void narrow(Block block, long[] mask) {
    if (zones != null) {
      int zone = block.fromDoc() / Block.ROWS;
      long min = Kernels.sortableBits(zones.minima()[zone]);
      long max = Kernels.sortableBits(zones.maxima()[zone]);
      boolean outside = max < lo || min > hi;
      boolean inside = min >= lo && max <= hi;
      if (min > max || (negate ? inside : outside)) {
        Arrays.fill(mask, 0);
        return;
      }
    }
    Kernels.narrowSortableRange(block.doubles(slot), block.wordCount(), lo, hi, negate, mask);
    block.addScannedEntries(block.count());
    if (hasNulls) {
      HasValue.narrow(block, slot, true, mask);
    }
  }

  @Override
  double cost() {
    return 1;
  }

  @Override
  double passRate() {
    return 0.4;
  }

  @Override
  public String toString() {
    return "$" + slot + (negate ? " outside a range" : " in a range");
  }
}
