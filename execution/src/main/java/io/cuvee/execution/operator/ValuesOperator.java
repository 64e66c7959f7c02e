package io.cuvee.execution.operator;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Conversions;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.List;

/// Constant rows.
final class ValuesOperator {
  private ValuesOperator() {}

  static PageSource of(PlanNode.Values node) {
    List<Values> columns = new ArrayList<>();
    for (int c = 0; c < node.types().size(); c++) {
      ColumnType type = node.types().get(c);
      ValuesBuilder builder = ValuesBuilder.of(type, node.rows().size());
      for (List<Expression> row : node.rows()) {
        Expression.Literal cell = Evaluator.constant(row.get(c));
        Object value = cell.value();
        builder.appendObject(
            value == null || cell.type().equals(type)
                ? value
                : Conversions.convert(value, cell.type(), type));
      }
      columns.add(builder.build());
    }
    return PageSource.of(List.of(new Page(node.rows().size(), columns)));
  }
}
