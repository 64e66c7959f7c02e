package io.cuvee.calcite.translate;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;

/// Small pieces of broker plans.
final class Plans {
  private Plans() {}

  /// `input` with these columns; `input` itself if it has them already.
  static PlanNode project(PlanNode input, List<Expression> expressions) {
    if (isIdentity(expressions, input.types().size())) {
      return input;
    }
    if (input instanceof PlanNode.Project below && isSimple(expressions)) {
      // Columns of columns: one projection does.
      List<Expression> merged = new ArrayList<>();
      for (Expression expression : expressions) {
        merged.add(
            expression instanceof Expression.Column column
                ? below.expressions().get(column.index())
                : expression);
      }
      return project(below.input(), merged);
    }
    return new PlanNode.Project(input, expressions);
  }

  private static boolean isSimple(List<Expression> expressions) {
    boolean[] seen = new boolean[expressions.size() + 1];
    for (Expression expression : expressions) {
      switch (expression) {
        case Expression.Column column -> {
          // A column that is used twice would be computed twice.
          if (column.index() < seen.length) {
            if (seen[column.index()]) {
              return false;
            }
            seen[column.index()] = true;
          }
        }
        case Expression.Literal literal -> {}
        case Expression.Parameter parameter -> {}
        case Expression.Call call -> {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isIdentity(List<Expression> expressions, int width) {
    if (expressions.size() != width) {
      return false;
    }
    for (int i = 0; i < width; i++) {
      if (!(expressions.get(i) instanceof Expression.Column column) || column.index() != i) {
        return false;
      }
    }
    return true;
  }

  /// `input` with its columns converted to `types` where they differ.
  static PlanNode withTypes(PlanNode input, List<ColumnType> types, Typing typing) {
    List<Expression> columns = new ArrayList<>();
    List<Expression> inputs = Relation.columnsOf(input.types());
    for (int i = 0; i < types.size(); i++) {
      Typing.checkElements(inputs.get(i).type(), types.get(i));
      columns.add(typing.as(inputs.get(i), types.get(i)));
    }
    return project(input, columns);
  }
}
