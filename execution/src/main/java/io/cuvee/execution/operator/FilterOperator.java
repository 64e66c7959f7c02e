package io.cuvee.execution.operator;

import io.cuvee.common.plan.Expression;
import io.cuvee.execution.expression.Filter;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import org.jspecify.annotations.Nullable;

/// Passes the rows for which a condition is true.
final class FilterOperator implements PageSource {
  private final PageSource input;
  private final Filter filter;
  private final QueryContext context;

  FilterOperator(PageSource input, Expression condition, QueryContext context) {
    this.input = input;
    this.filter = Filter.compile(condition);
    this.context = context;
  }

  @Override
  public @Nullable Page next() {
    context.check();
    Page page = input.next();
    return page == null ? null : filter.apply(page);
  }

  @Override
  public void close() {
    input.close();
  }
}
