package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;

/// Lets every row pass.
final class AllRows extends FilterNode {
  static final AllRows INSTANCE = new AllRows();

  private AllRows() {}

  @Override
  public void narrow(Block block, long[] mask) {}

  @Override
  double cost() {
    return 0;
  }

  @Override
  double passRate() {
    return 1;
  }

  @Override
  public String toString() {
    return "all";
  }
}
