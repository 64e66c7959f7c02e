package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;

/// The rows for which an expression, computed row by row, is true, or those for which it is false.
final class ComputedCondition extends FilterNode {
  private final RowExpression expression;
  private final boolean wanted;

  ComputedCondition(RowExpression expression, boolean wanted) {
    this.expression = expression;
    this.wanted = wanted;
  }

  List<Integer> slots() {
    return expression.slots();
  }

  @Override
  public void narrow(Block block, long[] mask) {
    int words = block.wordCount();
    int count = Kernels.bitCount(mask, words);
    if (count == 0) {
      return;
    }
    int[] positions = new int[count];
    Kernels.positions(mask, words, positions);
    boolean all = count == block.count();
    int[] docIds = new int[all ? 0 : count];
    for (int i = 0; i < docIds.length; i++) {
      docIds[i] = block.fromDoc() + positions[i];
    }
    List<Values> columns = new ArrayList<>(expression.slots().size());
    for (int slot : expression.slots()) {
      SegmentColumn column = block.column(slot);
      columns.add(all ? column.values(block.fromDoc(), count) : column.values(docIds, count));
    }
    block.addScannedEntries((long) count * columns.size());
    LongValues truths = (LongValues) expression.evaluate(count, columns);
    for (int i = 0; i < count; i++) {
      if (truths.isNull(i) || (truths.values()[i] != 0) != wanted) {
        mask[positions[i] >>> 6] &= ~(1L << positions[i]);
      }
    }
  }

  @Override
  double cost() {
    return 50;
  }

  @Override
  double passRate() {
    return 0.3;
  }

  @Override
  boolean mayFail() {
    return true;
  }

  @Override
  public String toString() {
    return (wanted ? "" : "not ") + expression.expression();
  }
}
