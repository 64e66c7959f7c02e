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
/// cuts them, and from then on takes only rows that come before the last one kept. When memory gets
/// tight, the rows it holds go to disk as a sorted run; the runs are merged in the end.
final class SortOperator implements PageSource {
  private static final int LARGEST_TRIM = 1 << 20;

  /// Sorting holds the rows up to three times.
  private static final int SHARE_OF_MEMORY = 4;

  private final PageSource input;
  private final List<ColumnType> types;
  private final List<SortKey> keys;
  private final long needed;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final Held held;
  private @Nullable SortedRuns runs;
  private @Nullable Output output;
  private long delivered;

  /// @param needed how many rows are read from it at most
  SortOperator(
      PageSource input,
      List<ColumnType> types,
      List<SortKey> keys,
      long needed,
      QueryContext context,
      MemoryBudget memory) {
    this.input = input;
    this.types = types;
    this.keys = keys;
    this.needed = needed;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.held = new Held(types, this.memory);
  }

  @Override
  public @Nullable Page next() {
    context.check();
    if (needed == delivered) {
      return null;
    }
    Output ready = output;
    if (ready == null) {
      read();
      ready = sortedOutput();
      output = ready;
    }
    Page page = ready.next();
    if (page == null) {
      return null;
    }
    Page wanted = page.slice(0, (int) Math.min(page.rowCount(), needed - delivered));
    delivered += wanted.rowCount();
    return wanted;
  }

  private Output sortedOutput() {
    if (runs != null) {
      spillRun();
      return new Output(runs);
    }
    held.replace(sorted(held.all()));
    return new Output(held.all());
  }

  private boolean isTight() {
    return memory.isTight()
        || memory.spill() != null
            && memory.usedBytes() > memory.leastLimitBytes() / SHARE_OF_MEMORY;
  }

  private void spillRun() {
    if (runs == null) {
      runs = new SortedRuns(types, keys, context, memory);
    }
    if (held.rowCount() > 0) {
      runs.add(sorted(held.all()));
    }
    held.clear();
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
      if (isTight()) {
        spillRun();
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
    if (runs != null) {
      runs.close();
    }
    memory.close();
  }
}
