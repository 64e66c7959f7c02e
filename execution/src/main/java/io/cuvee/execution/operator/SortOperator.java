package io.cuvee.execution.operator;

import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Orders rows, and keeps only the first `needed` while it reads: once it has more, it sorts and
/// cuts them, and from then on takes only rows that come before the last one kept.
final class SortOperator implements PageSource {
  private static final int LARGEST_TRIM = 1 << 20;

  private final PageSource input;
  private final List<SortKey> keys;
  private final long needed;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final Held held;
  private @Nullable Output output;

  /// @param needed how many rows are read from it at most
  SortOperator(
      PageSource input,
      List<ColumnType> types,
      List<SortKey> keys,
      long needed,
      QueryContext context,
      MemoryBudget memory) {
    this.input = input;
    this.keys = keys;
    this.needed = needed;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.held = new Held(types, this.memory);
  }

  @Override
  public @Nullable Page next() {
    context.check();
    if (needed == 0) {
      return null;
    }
    Output ready = output;
    if (ready == null) {
      read();
      held.replace(sorted(held.all()));
      ready = new Output(held.all());
      output = ready;
    }
    return ready.next();
  }

  private void read() {
    boolean trims = needed <= LARGEST_TRIM;
    long trimAt = trims ? 2 * needed + Page.TARGET_ROWS : Long.MAX_VALUE;
    RowOrder kept = null;
    int last = 0;
    for (Page page = input.next(); page != null; page = input.next()) {
      context.check();
      held.add(kept == null ? page : before(page, kept, last));
      if (held.rowCount() > trimAt) {
        Page first = sorted(held.all());
        held.replace(first);
        kept = new RowOrder(first, keys);
        last = first.rowCount() - 1;
      }
    }
    input.close();
  }

  /// The rows that come before row `last`; equal ones came later and stay behind it.
  private Page before(Page page, RowOrder kept, int last) {
    RowOrder order = new RowOrder(page, keys);
    int[] rows = new int[page.rowCount()];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (RowOrder.compare(order, i, kept, last) < 0) {
        rows[count++] = i;
      }
    }
    return count == rows.length ? page : page.select(rows, count);
  }

  private Page sorted(Page page) {
    // The order and its scratch space.
    long scratch = 20L * page.rowCount();
    memory.reserve(scratch);
    try {
      int count = page.rowCount();
      int wanted = (int) Math.min(needed, count);
      return page.select(new RowOrder(page, keys).first(count, wanted), wanted);
    } finally {
      memory.release(scratch);
    }
  }

  @Override
  public void close() {
    input.close();
    memory.close();
  }
}
