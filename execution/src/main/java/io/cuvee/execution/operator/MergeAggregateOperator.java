package io.cuvee.execution.operator;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merges partial aggregate states. On the path of nearly every query: what it sets up is a few
/// small arrays.
final class MergeAggregateOperator implements PageSource {
  private final PageSource input;
  private final PlanNode.MergeAggregate node;
  private final QueryContext context;
  private final MemoryBudget memory;
  private @Nullable Output output;

  MergeAggregateOperator(
      PageSource input, PlanNode.MergeAggregate node, QueryContext context, MemoryBudget memory) {
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
      ready = new Output(merge());
      output = ready;
    }
    return ready.next();
  }

  private Page merge() {
    List<AggregateCall> calls = node.aggregates();
    int keyCount = node.keyCount();
    Accumulator[] accumulators = new Accumulator[calls.size()];
    int[] ends = new int[calls.size()];
    int end = keyCount;
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i] = Accumulators.create(calls.get(i), memory);
      end += AggregateFunctions.stateTypes(calls.get(i)).size();
      ends[i] = end;
    }
    GroupTable table =
        keyCount == 0 ? null : new GroupTable(node.input().types().subList(0, keyCount), memory);
    if (table == null) {
      for (Accumulator accumulator : accumulators) {
        accumulator.ensureGroups(1);
      }
    }
    int[] groups = new int[1];
    for (Page page = input.next(); page != null; page = input.next()) {
      context.check();
      int rowCount = page.rowCount();
      if (groups.length < rowCount) {
        groups = new int[rowCount];
      }
      if (table != null) {
        table.lookup(page.columns().subList(0, keyCount), rowCount, groups);
      }
      int start = keyCount;
      for (int i = 0; i < accumulators.length; i++) {
        if (table != null) {
          accumulators[i].ensureGroups(table.groupCount());
        }
        accumulators[i].merge(groups, rowCount, page.columns().subList(start, ends[i]));
        start = ends[i];
      }
    }
    input.close();
    int groupCount = table == null ? 1 : table.groupCount();
    List<Values> columns = new ArrayList<>(keyCount + accumulators.length);
    if (table != null) {
      columns.addAll(table.keys());
    }
    for (Accumulator accumulator : accumulators) {
      columns.add(accumulator.results(groupCount));
    }
    return new Page(groupCount, columns);
  }

  @Override
  public void close() {
    input.close();
    memory.close();
  }
}
