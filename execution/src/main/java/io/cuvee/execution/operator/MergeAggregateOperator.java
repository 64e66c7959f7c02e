package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.aggregate.SpillableGroups;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import org.jspecify.annotations.Nullable;

/// Merges partial aggregate states. On the path of nearly every query: what it sets up is a few
/// small arrays.
final class MergeAggregateOperator implements PageSource {
  private final PageSource input;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final SpillableGroups groups;
  private @Nullable Output output;

  MergeAggregateOperator(
      PageSource input, PlanNode.MergeAggregate node, QueryContext context, MemoryBudget memory) {
    this.input = input;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.groups =
        new SpillableGroups(
            node.input().types().subList(0, node.keyCount()),
            node.aggregates(),
            this.memory,
            context);
  }

  @Override
  public @Nullable Page next() {
    context.check();
    Output ready = output;
    if (ready == null) {
      for (Page page = input.next(); page != null; page = input.next()) {
        context.check();
        groups.merge(page);
      }
      input.close();
      ready = new Output(groups.results());
      output = ready;
    }
    return ready.next();
  }

  @Override
  public void close() {
    input.close();
    if (output != null) {
      output.close();
    }
    groups.close();
    memory.close();
  }
}
