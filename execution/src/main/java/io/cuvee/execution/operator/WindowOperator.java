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

/// Window functions: holds all rows, sorts them by partition and order, and computes each call over
/// the sorted rows, in which order they leave.
final class WindowOperator implements PageSource {
  private final PageSource input;
  private final PlanNode.Window node;
  private final QueryContext context;
  private final MemoryBudget memory;
  private @Nullable Output output;

  WindowOperator(
      PageSource input, PlanNode.Window node, QueryContext context, MemoryBudget memory) {
    this.input = input;
    this.node = node;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  @Override
  public @Nullable Page next() {
    context.check();
    Output ready = output;
    if (ready == null) {
      ready = new Output(compute());
      output = ready;
    }
    return ready.next();
  }

  private Page compute() {
    Held held = new Held(node.input().types(), memory);
    held.addAll(input, context);
    Page unsorted = held.all();
    int rowCount = unsorted.rowCount();
    List<SortKey> keys = new ArrayList<>();
    for (int key : node.partitionKeys()) {
      keys.add(new SortKey(key, false, false));
    }
    keys.addAll(node.order());
    // Order, partitions and peers of each row, and about what the results take.
    memory.reserve((32L + 8L * node.calls().size()) * rowCount);
    Page page = unsorted;
    if (!keys.isEmpty()) {
      page = unsorted.select(new RowOrder(unsorted, keys).sorted(rowCount), rowCount);
      held.replace(page);
    }
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
    return new WindowAggregate(call, arguments, condition, frames, context, memory).compute();
  }

  @Override
  public void close() {
    input.close();
    memory.close();
  }
}
