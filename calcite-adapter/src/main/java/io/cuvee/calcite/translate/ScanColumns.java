package io.cuvee.calcite.translate;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The columns that a fragment reads.
final class ScanColumns {
  private ScanColumns() {}

  /// `query` with only the columns that its expressions refer to.
  static SegmentQuery withoutUnused(SegmentQuery query) {
    TreeSet<Integer> used = new TreeSet<>();
    PlanNode scan = new PlanNode.Scan(query);
    PlanNode same =
        scan.mapExpressions(expression -> {
          if (expression instanceof Expression.Column column) {
            used.add(column.index());
          }
          return expression;
        });
    assert same.equals(scan);
    if (used.size() == query.columns().size()) {
      return query;
    }
    int[] positions = new int[query.columns().size()];
    List<String> names = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    for (int index : used) {
      positions[index] = names.size();
      names.add(query.columns().get(index));
      types.add(query.columnTypes().get(index));
    }
    PlanNode.Scan renumbered =
        (PlanNode.Scan)
            scan.mapExpressions(expression ->
                expression instanceof Expression.Column column
                    ? new Expression.Column(positions[column.index()], column.type())
                    : expression);
    return new SegmentQuery(
        query.table(), names, types, renumbered.query().filter(), renumbered.query().output());
  }
}
