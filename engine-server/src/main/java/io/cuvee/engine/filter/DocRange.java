package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;

/// The documents in `[from, to)`, which is what a condition on a sorted column comes to.
final class DocRange extends FilterNode {
  final int from;
  final int to;
  private final int docCount;

  private DocRange(int from, int to, int docCount) {
    this.from = from;
    this.to = to;
    this.docCount = docCount;
  }

  static FilterNode of(int from, int to, int docCount) {
    if (from >= to) {
      return NoRows.INSTANCE;
    }
    return from == 0 && to == docCount ? AllRows.INSTANCE : new DocRange(from, to, docCount);
  }

  FilterNode and(DocRange other) {
    return of(Math.max(from, other.from), Math.min(to, other.to), docCount);
  }

  @Override
  public void narrow(Block block, long[] mask) {
    Kernels.narrowPositions(mask, block.wordCount(), from - block.fromDoc(), to - block.fromDoc());
  }

  @Override
  double cost() {
    return 0.01;
  }

  @Override
  double passRate() {
    return (double) (to - from) / docCount;
  }

  @Override
  public String toString() {
    return "docs " + from + ".." + to;
  }
}
