package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;

/// The rows in which a column is not NULL, or those in which it is.
final class HasValue extends FilterNode {
  final int slot;
  final boolean wanted;
  private final double passRate;

  HasValue(int slot, boolean wanted, double passRate) {
    this.slot = slot;
    this.wanted = wanted;
    this.passRate = passRate;
  }

  @Override
  public void narrow(Block block, long[] mask) {
    narrow(block, slot, wanted, mask);
  }

  static void narrow(Block block, int slot, boolean wanted, long[] mask) {
    long[] validity = block.validity(slot);
    long flip = wanted ? 0 : -1L;
    for (int w = 0; w < block.wordCount(); w++) {
      mask[w] &= validity[w] ^ flip;
    }
  }

  @Override
  boolean keepsDocs() {
    return true;
  }

  @Override
  int keep(Block block, int[] docIds, int count) {
    return keep(block, slot, wanted, docIds, count);
  }

  static int keep(Block block, int slot, boolean wanted, int[] docIds, int count) {
    long[] validity = block.borrowMask();
    block.column(slot).validity(docIds, count, validity);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int docId = docIds[i];
      docIds[kept] = docId;
      kept += (validity[i >>> 6] >>> i & 1) != 0 == wanted ? 1 : 0;
    }
    block.releaseMask();
    return kept;
  }

  @Override
  double cost() {
    return 0.05;
  }

  @Override
  double passRate() {
    return passRate;
  }

  @Override
  public String toString() {
    return "$" + slot + (wanted ? " has a value" : " is null");
  }
}
