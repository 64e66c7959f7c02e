package io.cuvee.engine.rows;

import io.cuvee.common.plan.Expression;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Computes the output columns of given documents; each column of the segment is read once.
/// Immutable and thread-safe.
final class Projector {
  private final List<RowExpression> expressions;

  Projector(List<Expression> projections) {
    expressions = projections.stream().map(RowExpression::compile).toList();
  }

  /// @param docIds ascending
  Page project(SegmentScan scan, int[] docIds, int count) {
    @Nullable Values[] read = new Values[scan.columns().size()];
    List<Values> output = new ArrayList<>(expressions.size());
    for (RowExpression expression : expressions) {
      List<Values> inputs = new ArrayList<>(expression.slots().size());
      for (int slot : expression.slots()) {
        Values values = read[slot];
        if (values == null) {
          values = scan.columns().get(slot).values(docIds, count);
          read[slot] = values;
        }
        inputs.add(values);
      }
      output.add(expression.evaluate(count, inputs));
    }
    return new Page(count, output);
  }
}
