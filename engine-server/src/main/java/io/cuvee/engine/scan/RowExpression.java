package io.cuvee.engine.scan;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// An expression over the columns that a query reads, computed for selected rows; only the columns
/// in it are read. Thread-safe.
public final class RowExpression {
  private final Expression expression;
  private final List<Integer> slots;
  private final Evaluator evaluator;

  private RowExpression(Expression expression, List<Integer> slots, Evaluator evaluator) {
    this.expression = expression;
    this.slots = slots;
    this.evaluator = evaluator;
  }

  public static RowExpression compile(Expression expression) {
    List<Integer> slots = new ArrayList<>();
    Expression narrowed =
        expression.rewrite(node -> {
          if (!(node instanceof Expression.Column column)) {
            return node;
          }
          int position = slots.indexOf(column.index());
          if (position < 0) {
            position = slots.size();
            slots.add(column.index());
          }
          return new Expression.Column(position, column.type());
        });
    return new RowExpression(expression, List.copyOf(slots), Evaluator.compile(narrowed));
  }

  /// As the query has it.
  public Expression expression() {
    return expression;
  }

  public ColumnType type() {
    return expression.type();
  }

  /// The query's columns that occur in it.
  public List<Integer> slots() {
    return slots;
  }

  /// One value for each selected row.
  public Values evaluate(Selection selection) {
    if (expression instanceof Expression.Column column) {
      return selection.values(column.index());
    }
    List<Values> columns = new ArrayList<>(slots.size());
    for (int slot : slots) {
      columns.add(selection.values(slot));
    }
    return evaluator.evaluate(new Page(selection.count(), columns));
  }

  /// One value for each value of its only column.
  public Values evaluate(Values column) {
    return expression instanceof Expression.Column ? column : evaluator.evaluate(Page.of(column));
  }

  /// One value for each row of all the query's columns that occur in it, as [#slots] orders them.
  public Values evaluate(int rowCount, List<Values> columns) {
    return expression instanceof Expression.Column
        ? columns.getFirst()
        : evaluator.evaluate(new Page(rowCount, columns));
  }
}
