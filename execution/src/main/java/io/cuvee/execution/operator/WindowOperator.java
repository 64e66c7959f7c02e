package io.cuvee.execution.operator;

import io.cuvee.common.function.WindowFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Window functions: sorts the rows by partition and order, and computes each call over some whole
/// partitions at a time, in whose order rows leave. What is sorted may go to disk; one partition
/// has to fit in memory.
final class WindowOperator implements PageSource {
  /// As soon as so many rows are there, whole partitions of them are computed.
  private static final int BATCH_ROWS = 16 * Page.TARGET_ROWS;

  private final PageSource sorted;
  private final PlanNode.Window node;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final List<SortKey> partitionKeys = new ArrayList<>();
  private final Held held;
  private MemoryBudget ofBatch;
  private @Nullable RowOrder last;
  private int lastRow;
  private boolean ended;
  private @Nullable Output output;

  WindowOperator(
      PageSource input, PlanNode.Window node, QueryContext context, MemoryBudget memory) {
    this.node = node;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.ofBatch = batchMemory();
    this.held = new Held(node.input().types(), this.memory);
    for (int key : node.partitionKeys()) {
      partitionKeys.add(new SortKey(key, false, false));
    }
    List<SortKey> keys = new ArrayList<>(partitionKeys);
    keys.addAll(node.order());
    this.sorted =
        keys.isEmpty()
            ? input
            : new SortOperator(
                input, node.input().types(), keys, Long.MAX_VALUE, context, this.memory);
  }

  private MemoryBudget batchMemory() {
    return memory.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  @Override
  public @Nullable Page next() {
    while (true) {
      context.check();
      Page page = output == null ? null : output.next();
      if (page != null) {
        return page;
      }
      ofBatch.close();
      ofBatch = batchMemory();
      if (ended) {
        return null;
      }
      output = new Output(nextBatch());
    }
  }

  /// Some whole partitions, computed.
  private Page nextBatch() {
    for (Page page = sorted.next(); page != null; page = sorted.next()) {
      context.check();
      if (page.rowCount() == 0) {
        continue;
      }
      int start = lastStart(page);
      if (start >= 0 && held.rowCount() + start >= BATCH_ROWS) {
        held.add(page.slice(0, start));
        Page batch = held.all();
        Page computed = compute(batch);
        held.replace(page.slice(start, page.rowCount() - start));
        return computed;
      }
      held.add(page);
    }
    ended = true;
    Page rest = compute(held.all());
    held.clear();
    return rest;
  }

  /// Where the last partition of a page begins; −1 if it began in an earlier page.
  private int lastStart(Page page) {
    RowOrder order = new RowOrder(page, partitionKeys);
    RowOrder before = last;
    int start = page.rowCount() - 1;
    while (start > 0 && order.compare(start - 1, start) == 0) {
      start--;
    }
    if (start == 0 && (before == null || RowOrder.compare(before, lastRow, order, 0) == 0)) {
      start = -1;
    }
    last = order;
    lastRow = page.rowCount() - 1;
    return start;
  }

  private Page compute(Page page) {
    int rowCount = page.rowCount();
    // Order, partitions and peers of each row, and about what the results take.
    ofBatch.reserve((32L + 8L * node.calls().size()) * rowCount);
    WindowFrames frames = new WindowFrames(page, node);
    List<Values> columns = new ArrayList<>(page.columns());
    for (AggregateCall call : node.calls()) {
      columns.add(compute(call, page, frames));
    }
    return new Page(rowCount, columns);
  }

  private Values compute(AggregateCall call, Page page, WindowFrames frames) {
    List<Values> arguments = new ArrayList<>(call.arguments().size());
    for (Expression argument : call.arguments()) {
      arguments.add(Evaluator.compile(argument).evaluate(page));
    }
    if (WindowFunctions.has(call.function())) {
      return WindowRanks.compute(call, arguments, frames);
    }
    Expression filter = call.filter();
    Values condition = filter == null ? null : Evaluator.compile(filter).evaluate(page);
    return new WindowAggregate(call, arguments, condition, frames, context, ofBatch).compute();
  }

  @Override
  public void close() {
    sorted.close();
    memory.close();
  }
}
