package io.cuvee.execution.operator;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All rows of one input after the other.
final class Concatenation implements PageSource {
  private final List<PageSource> inputs;
  private int current;

  Concatenation(List<PageSource> inputs) {
    this.inputs = inputs;
  }

  @Override
  public @Nullable Page next() {
    while (current < inputs.size()) {
      Page page = inputs.get(current).next();
      if (page != null) {
        return page;
      }
      inputs.get(current++).close();
    }
    return null;
  }

  @Override
  public void close() {
    inputs.forEach(PageSource::close);
  }
}
