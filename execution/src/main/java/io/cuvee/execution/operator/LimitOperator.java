package io.cuvee.execution.operator;

import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import org.jspecify.annotations.Nullable;

/// Skips rows, then passes some, then stops pulling and closes its input.
final class LimitOperator implements PageSource {
  private final PageSource input;
  private final QueryContext context;
  private long toSkip;
  private long toPass;
  private boolean closed;

  LimitOperator(PageSource input, long offset, long limit, QueryContext context) {
    this.input = input;
    this.toSkip = offset;
    this.toPass = limit;
    this.context = context;
  }

  @Override
  public @Nullable Page next() {
    context.check();
    if (toPass == 0) {
      close();
      return null;
    }
    Page page = input.next();
    if (page == null) {
      return null;
    }
    int skipped = (int) Math.min(toSkip, page.rowCount());
    int passed = (int) Math.min(toPass, page.rowCount() - skipped);
    toSkip -= skipped;
    toPass -= passed;
    Page cut = page.slice(skipped, passed);
    if (toPass == 0) {
      close();
    }
    return cut;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      input.close();
    }
  }
}
