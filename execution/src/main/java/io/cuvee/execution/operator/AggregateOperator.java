package io.cuvee.execution.operator;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.aggregate.SpillableGroups;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Groups rows, once for each grouping set.
final class AggregateOperator implements PageSource {
  private final PageSource input;
  private final PlanNode.Aggregate node;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final List<Evaluator> keys;
  private final List<List<Evaluator>> arguments = new ArrayList<>();
  private final @Nullable Evaluator[] filters;

  /// The aggregates but for GROUPING, which has no states.
  private final List<AggregateCall> computed;

  private final List<GroupingSet> sets = new ArrayList<>();
  private @Nullable Output output;

  AggregateOperator(
      PageSource input, PlanNode.Aggregate node, QueryContext context, MemoryBudget memory) {
    this.input = input;
    this.node = node;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.keys = compile(node.groupKeys());
    this.computed = node.aggregates().stream().filter(call -> !isGrouping(call)).toList();
    this.filters = new Evaluator[node.aggregates().size()];
    for (int i = 0; i < filters.length; i++) {
      AggregateCall call = node.aggregates().get(i);
      arguments.add(compile(call.arguments()));
      Expression filter = call.filter();
      filters[i] = filter == null ? null : Evaluator.compile(filter);
    }
  }

  private static List<Evaluator> compile(List<Expression> expressions) {
    List<Evaluator> evaluators = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      evaluators.add(Evaluator.compile(expression));
    }
    return evaluators;
  }

  @Override
  public @Nullable Page next() {
    context.check();
    Output ready = output;
    if (ready == null) {
      ready = new Output(aggregate());
      output = ready;
    }
    return ready.next();
  }

  /// One grouping set with its groups.
  private final class GroupingSet {
    private final List<Integer> positions;
    private final SpillableGroups groups;

    GroupingSet(List<Integer> positions) {
      this.positions = positions;
      List<ColumnType> types = new ArrayList<>(positions.size());
      for (int position : positions) {
        types.add(keys.get(position).type());
      }
      this.groups = new SpillableGroups(types, computed, memory, context);
    }

    void add(
        int rowCount,
        List<Values> keyColumns,
        List<List<Values>> inputs,
        @Nullable Values[] passed) {
      List<Values> columns = new ArrayList<>(positions.size());
      for (int position : positions) {
        columns.add(keyColumns.get(position));
      }
      int[] found = groups.lookup(columns, rowCount);
      int[] filtered = new int[rowCount];
      int at = 0;
      for (int i = 0; i < passed.length; i++) {
        if (isGrouping(node.aggregates().get(i))) {
          continue;
        }
        Accumulator accumulator = groups.accumulator(at++);
        Values condition = passed[i];
        if (condition != null) {
          Accumulators.filterGroups(found, rowCount, condition, filtered);
          accumulator.add(filtered, rowCount, inputs.get(i));
        } else if (positions.isEmpty()) {
          accumulator.addAll(rowCount, inputs.get(i));
        } else {
          accumulator.add(found, rowCount, inputs.get(i));
        }
      }
      groups.spillIfTight();
    }

    /// The groups in the columns of the output.
    PageSource results() {
      PageSource found = groups.results();
      return new PageSource() {
        @Override
        public @Nullable Page next() {
          Page page = found.next();
          return page == null ? null : arranged(page);
        }

        @Override
        public void close() {
          found.close();
          groups.close();
        }
      };
    }

    private Page arranged(Page found) {
      int groupCount = found.rowCount();
      List<Values> columns = new ArrayList<>(node.types().size());
      for (int k = 0; k < keys.size(); k++) {
        int index = positions.indexOf(k);
        columns.add(index < 0 ? nulls(keys.get(k).type(), groupCount) : found.column(index));
      }
      int at = positions.size();
      for (AggregateCall call : node.aggregates()) {
        columns.add(isGrouping(call) ? grouping(call, groupCount) : found.column(at++));
      }
      return new Page(groupCount, columns);
    }

    private Values grouping(AggregateCall call, int groupCount) {
      long bits = 0;
      for (Expression argument : call.arguments()) {
        if (!(argument instanceof Expression.Literal literal
            && literal.value() instanceof Long position)) {
          throw new CuveeException(
              ErrorCode.INTERNAL, "GROUPING takes positions of group keys, not " + argument + ".");
        }
        bits = bits << 1 | (positions.contains((int) (long) position) ? 0 : 1);
      }
      long[] values = new long[groupCount];
      Arrays.fill(values, bits);
      return new LongValues(values, groupCount, null);
    }
  }

  private static boolean isGrouping(AggregateCall call) {
    return call.function().equals(AggregateFunctions.GROUPING);
  }

  private static Values nulls(ColumnType type, int count) {
    ValuesBuilder builder = ValuesBuilder.of(type, count);
    for (int i = 0; i < count; i++) {
      builder.appendNull();
    }
    return builder.build();
  }

  private PageSource aggregate() {
    for (List<Integer> positions : node.groupingSets()) {
      sets.add(new GroupingSet(positions));
    }
    if (sets.isEmpty()) {
      List<Integer> all = new ArrayList<>();
      for (int k = 0; k < keys.size(); k++) {
        all.add(k);
      }
      sets.add(new GroupingSet(all));
    }
    for (Page page = input.next(); page != null; page = input.next()) {
      context.check();
      if (page.rowCount() > 0) {
        add(page);
      }
    }
    input.close();
    List<PageSource> results = new ArrayList<>(sets.size());
    for (GroupingSet set : sets) {
      results.add(set.results());
    }
    return results.size() == 1 ? results.getFirst() : new Concatenation(results);
  }

  private void add(Page page) {
    List<Values> keyColumns = evaluate(keys, page);
    List<List<Values>> inputs = new ArrayList<>(arguments.size());
    Values[] passed = new Values[filters.length];
    for (int i = 0; i < filters.length; i++) {
      Evaluator filter = filters[i];
      passed[i] = filter == null ? null : filter.evaluate(page);
      inputs.add(argumentValues(i, page, passed[i]));
    }
    for (GroupingSet set : sets) {
      set.add(page.rowCount(), keyColumns, inputs, passed);
    }
  }

  /// The arguments of a call; where a FILTER leaves rows out, their arguments are not computed,
  /// since that may fail.
  private List<Values> argumentValues(int call, Page page, @Nullable Values condition) {
    if (condition == null) {
      return evaluate(arguments.get(call), page);
    }
    LongValues truths = (LongValues) condition;
    int[] rows = new int[page.rowCount()];
    int[] spread = new int[page.rowCount()];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      boolean passes = truths.values()[i] != 0 && !truths.isNull(i);
      spread[i] = passes ? count : -1;
      if (passes) {
        rows[count++] = i;
      }
    }
    if (count == rows.length) {
      return evaluate(arguments.get(call), page);
    }
    List<Values> values = new ArrayList<>();
    for (Values part : evaluate(arguments.get(call), page.select(rows, count))) {
      values.add(part.select(spread, rows.length));
    }
    return values;
  }

  private static List<Values> evaluate(List<Evaluator> evaluators, Page page) {
    List<Values> values = new ArrayList<>(evaluators.size());
    for (Evaluator evaluator : evaluators) {
      values.add(evaluator.evaluate(page));
    }
    return values;
  }

  @Override
  public void close() {
    input.close();
    if (output != null) {
      output.close();
    }
    sets.forEach(set -> set.groups.close());
    memory.close();
  }
}
