package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import java.util.Arrays;

/// Lets no row pass.
final class NoRows extends FilterNode {
  static final NoRows INSTANCE = new NoRows();

  private NoRows() {}

  @Override
  public void narrow(Block block, long[] mask) {
    Arrays.fill(mask, 0);
  }

  @Override
  double cost() {
    return 0;
  }

  @Override
  double passRate() {
    return 0;
  }

  @Override
  public String toString() {
    return "none";
  }
}
