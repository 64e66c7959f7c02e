package io.cuvee.execution.operator;

import io.cuvee.common.plan.Expression;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Computes the columns of its output.
final class ProjectOperator implements PageSource {
  private final PageSource input;
  private final Evaluator[] evaluators;
  private final QueryContext context;

  ProjectOperator(PageSource input, List<Expression> expressions, QueryContext context) {
    this.input = input;
    this.evaluators = new Evaluator[expressions.size()];
    for (int i = 0; i < evaluators.length; i++) {
      evaluators[i] = Evaluator.compile(expressions.get(i));
    }
    this.context = context;
  }

  @Override
  public @Nullable Page next() {
    context.check();
    Page page = input.next();
    if (page == null) {
      return null;
    }
    Values[] columns = new Values[evaluators.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = evaluators[i].evaluate(page);
    }
    return new Page(page.rowCount(), Arrays.asList(columns));
  }

  @Override
  public void close() {
    input.close();
  }
}
