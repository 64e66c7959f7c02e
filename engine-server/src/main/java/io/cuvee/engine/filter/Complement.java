package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;

/// The rows that do not pass a condition, be it false or NULL for them.
final class Complement extends FilterNode {
  private final FilterNode condition;

  private Complement(FilterNode condition) {
    this.condition = condition;
  }

  FilterNode condition() {
    return condition;
  }

  static FilterNode of(FilterNode condition) {
    if (condition instanceof AllRows) {
      return NoRows.INSTANCE;
    }
    if (condition instanceof NoRows) {
      return AllRows.INSTANCE;
    }
    return condition instanceof Complement twice ? twice.condition : new Complement(condition);
  }

  @Override
  public void narrow(Block block, long[] mask) {
    int words = block.wordCount();
    long[] passed = block.borrowMask();
    System.arraycopy(mask, 0, passed, 0, words);
    condition.narrow(block, passed);
    for (int w = 0; w < words; w++) {
      mask[w] &= ~passed[w];
    }
    block.releaseMask();
  }

  @Override
  double cost() {
    return condition.cost();
  }

  @Override
  double passRate() {
    return 1 - condition.passRate();
  }

  @Override
  boolean mayFail() {
    return condition.mayFail();
  }

  @Override
  public String toString() {
    return "not " + condition;
  }
}
