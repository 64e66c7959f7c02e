package io.cuvee.execution.operator;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.SetKind;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.SpillableGroups;
import io.cuvee.execution.expression.Conversions;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// UNION, INTERSECT and EXCEPT.
final class SetOperator {
  private SetOperator() {}

  static PageSource of(
      List<PageSource> inputs,
      PlanNode.SetOperation node,
      QueryContext context,
      MemoryBudget memory) {
    List<PageSource> converted = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      converted.add(
          new Converted(inputs.get(i), node.inputs().get(i).types(), node.types(), context));
    }
    MemoryBudget own = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    return switch (node.kind()) {
      case UNION -> {
        PageSource all = new Concatenation(converted);
        yield node.all() ? all : new Distinct(all, node.types(), context, own);
      }
      case INTERSECT, EXCEPT ->
          new Counted(
              converted, node.kind() == SetKind.INTERSECT, node.all(), node.types(), context, own);
    };
  }

  /// Brings the columns of an input to the types of the output.
  private record Converted(
      PageSource input, List<ColumnType> from, List<ColumnType> to, QueryContext context)
      implements PageSource {
    @Override
    public @Nullable Page next() {
      context.check();
      Page page = input.next();
      if (page == null || from.equals(to)) {
        return page;
      }
      List<Values> columns = new ArrayList<>(to.size());
      for (int c = 0; c < to.size(); c++) {
        columns.add(Conversions.convert(page.column(c), from.get(c), to.get(c)));
      }
      return new Page(page.rowCount(), columns);
    }

    @Override
    public void close() {
      input.close();
    }
  }

  /// INTERSECT and EXCEPT: counts how often each row comes in each input.
  private static final class Counted implements PageSource {
    private static final AggregateCall COUNT =
        new AggregateCall(AggregateFunctions.COUNT, List.of(), false, null, ColumnType.LONG);

    private final List<PageSource> inputs;
    private final boolean intersect;
    private final boolean all;
    private final int columnCount;
    private final QueryContext context;
    private final MemoryBudget memory;
    private final SpillableGroups groups;
    private @Nullable PageSource counted;
    private @Nullable Output output;

    Counted(
        List<PageSource> inputs,
        boolean intersect,
        boolean all,
        List<ColumnType> types,
        QueryContext context,
        MemoryBudget memory) {
      this.inputs = inputs;
      this.intersect = intersect;
      this.all = all;
      this.columnCount = types.size();
      this.context = context;
      this.memory = memory;
      this.groups =
          new SpillableGroups(types, Collections.nCopies(inputs.size(), COUNT), memory, context);
    }

    @Override
    public @Nullable Page next() {
      if (counted == null) {
        for (int i = 0; i < inputs.size(); i++) {
          count(i);
        }
        counted = groups.results();
      }
      while (true) {
        context.check();
        Page page = output == null ? null : output.next();
        if (page != null) {
          return page;
        }
        Page more = counted.next();
        if (more == null) {
          return null;
        }
        output = new Output(repeated(more));
      }
    }

    /// Counts the rows of an input; those of others than the first only if the first may have them.
    private void count(int input) {
      PageSource source = inputs.get(input);
      for (Page page = source.next(); page != null; page = source.next()) {
        boolean known = input > 0 && !groups.isSpilled();
        int[] found =
            known
                ? groups.find(page.columns(), page.rowCount())
                : groups.lookup(page.columns(), page.rowCount());
        groups.accumulator(input).add(found, page.rowCount(), List.of());
        groups.spillIfTight();
      }
      source.close();
    }

    /// Each row as often as it is in the result.
    private Page repeated(Page counts) {
      long[] times = new long[counts.rowCount()];
      int rowCount = 0;
      for (int i = 0; i < times.length; i++) {
        times[i] = count(counts, 0, i);
        for (int other = 1; other < inputs.size(); other++) {
          long others = count(counts, other, i);
          if (intersect) {
            times[i] = Math.min(times[i], others);
          } else if (all) {
            times[i] = Math.max(0, times[i] - others);
          } else {
            times[i] = others > 0 ? 0 : times[i];
          }
        }
        times[i] = all ? times[i] : Math.min(1, times[i]);
        rowCount = Math.addExact(rowCount, Math.toIntExact(times[i]));
      }
      int[] rows = new int[rowCount];
      int at = 0;
      for (int i = 0; i < times.length; i++) {
        Arrays.fill(rows, at, at + (int) times[i], i);
        at += (int) times[i];
      }
      Page keys = new Page(counts.rowCount(), counts.columns().subList(0, columnCount));
      return keys.select(rows, rowCount);
    }

    private long count(Page counts, int input, int row) {
      return ((LongValues) counts.column(columnCount + input)).values()[row];
    }

    @Override
    public void close() {
      inputs.forEach(PageSource::close);
      if (counted != null) {
        counted.close();
      }
      groups.close();
      memory.close();
    }
  }
}
