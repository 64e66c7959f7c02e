package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.segment.column.SegmentColumn;

/// The rows of an array column with a dictionary of which some element is in a set, or of which
/// none is; rows that are NULL do not pass.
final class ArrayCondition extends FilterNode {
  final int slot;
  final DictIdSet set;
  final boolean some;
  private final boolean hasNulls;

  ArrayCondition(int slot, DictIdSet set, boolean some, boolean hasNulls) {
    this.slot = slot;
    this.set = set;
    this.some = some;
    this.hasNulls = hasNulls;
  }

  @Override
  public void narrow(Block block, long[] mask) {
    if (hasNulls) {
      HasValue.narrow(block, slot, true, mask);
    }
    SegmentColumn column = block.column(slot);
    int count = block.count();
    int[] offsets = block.arrayOffsets(slot);
    int[] ids = block.scratchInts();
    int elements = offsets[count] - offsets[0];
    block.addScannedEntries(elements);
    int row = 0;
    boolean found = false;
    // Elements come in runs of a block's size; a row may span several of them.
    for (int from = offsets[0]; row < count; ) {
      int read = Math.min(Block.ROWS, offsets[count] - from);
      if (read > 0) {
        column.elementDictIds(from, read, ids);
      }
      int to = from + read;
      for (; row < count && offsets[row + 1] <= to; row++) {
        found |= anyIn(ids, Math.max(offsets[row], from) - from, offsets[row + 1] - from);
        if (found != some) {
          mask[row >>> 6] &= ~(1L << row);
        }
        found = false;
      }
      if (row < count) {
        found |= anyIn(ids, Math.max(offsets[row], from) - from, read);
      }
      from = to;
    }
  }

  private boolean anyIn(int[] ids, int from, int to) {
    for (int i = from; i < to; i++) {
      if (set.contains(ids[i])) {
        return true;
      }
    }
    return false;
  }

  @Override
  double cost() {
    return 5;
  }

  @Override
  double passRate() {
    return 0.3;
  }

  @Override
  public String toString() {
    return "$" + slot + (some ? " some" : " no") + " element's dictId " + set;
  }
}
