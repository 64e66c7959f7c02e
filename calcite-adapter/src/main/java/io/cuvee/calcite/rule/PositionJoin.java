package io.cuvee.calcite.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;

/// The join of a [io.cuvee.calcite.parser.PositionalJoin]: a full join by the numbers of the rows.
final class PositionJoin {
  private PositionJoin() {}

  static RelNode of(RelBuilder builder, RelNode left, RelNode right) {
    RelNode first = numbered(builder, left);
    RelNode second = numbered(builder, right);
    builder.push(first).push(second);
    int leftWidth = left.getRowType().getFieldCount();
    int rightWidth = right.getRowType().getFieldCount();
    builder.join(
        JoinRelType.FULL,
        builder.equals(builder.field(2, 0, leftWidth), builder.field(2, 1, rightWidth)));
    List<RexNode> fields = new ArrayList<>(builder.fields().subList(0, leftWidth));
    fields.addAll(builder.fields().subList(leftWidth + 1, leftWidth + 1 + rightWidth));
    return builder.project(fields).build();
  }

  /// The builder itself would merge projections, and the converter looks for `side`.
  private static RelNode numbered(RelBuilder builder, RelNode side) {
    builder.push(side);
    List<RexNode> fields = new ArrayList<>(builder.fields());
    fields.add(
        builder
            .aggregateCall(SqlStdOperatorTable.ROW_NUMBER)
            .over()
            .rowsTo(RexWindowBounds.CURRENT_ROW)
            .toRex());
    List<String> names = new ArrayList<>(side.getRowType().getFieldNames());
    names.add("position$");
    builder.clear();
    return LogicalProject.create(side, List.of(), fields, names, Set.of());
  }
}
