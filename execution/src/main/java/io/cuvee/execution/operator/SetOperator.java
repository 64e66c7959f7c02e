package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.SetKind;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.expression.Conversions;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
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
        yield node.all() ? all : new Distinct(all, node.types(), own);
      }
      case INTERSECT, EXCEPT ->
          new Counted(converted, node.kind() == SetKind.INTERSECT, node.all(), node.types(), own);
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

  /// All rows of one input after the other.
  private static final class Concatenation implements PageSource {
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

  /// The first of equal rows.
  private static final class Distinct implements PageSource {
    private final PageSource input;
    private final MemoryBudget memory;
    private final GroupTable seen;

    Distinct(PageSource input, List<ColumnType> types, MemoryBudget memory) {
      this.input = input;
      this.memory = memory;
      this.seen = new GroupTable(types, memory);
    }

    @Override
    public @Nullable Page next() {
      Page page = input.next();
      if (page == null) {
        return null;
      }
      int known = seen.groupCount();
      int[] groups = new int[page.rowCount()];
      seen.lookup(page.columns(), page.rowCount(), groups);
      int[] rows = new int[page.rowCount()];
      int count = 0;
      for (int i = 0; i < groups.length; i++) {
        if (groups[i] == known + count) {
          rows[count++] = i;
        }
      }
      return count == rows.length ? page : page.select(rows, count);
    }

    @Override
    public void close() {
      input.close();
      memory.close();
    }
  }

  /// INTERSECT and EXCEPT: counts how often each row of the first input comes in the others.
  private static final class Counted implements PageSource {
    private final List<PageSource> inputs;
    private final boolean intersect;
    private final boolean all;
    private final MemoryBudget memory;
    private final GroupTable table;
    private @Nullable Output output;

    Counted(
        List<PageSource> inputs,
        boolean intersect,
        boolean all,
        List<ColumnType> types,
        MemoryBudget memory) {
      this.inputs = inputs;
      this.intersect = intersect;
      this.all = all;
      this.memory = memory;
      this.table = new GroupTable(types, memory);
    }

    @Override
    public @Nullable Page next() {
      Output ready = output;
      if (ready == null) {
        ready = new Output(compute());
        output = ready;
      }
      return ready.next();
    }

    private Page compute() {
      long[] counts = count(inputs.getFirst(), true, new long[16]);
      for (PageSource input : inputs.subList(1, inputs.size())) {
        long[] others = count(input, false, new long[counts.length]);
        for (int i = 0; i < table.groupCount(); i++) {
          if (intersect) {
            counts[i] = Math.min(counts[i], others[i]);
          } else if (all) {
            counts[i] = Math.max(0, counts[i] - others[i]);
          } else {
            counts[i] = others[i] > 0 ? 0 : counts[i];
          }
        }
      }
      int rowCount = 0;
      for (int i = 0; i < table.groupCount(); i++) {
        counts[i] = all ? counts[i] : Math.min(1, counts[i]);
        rowCount = Math.addExact(rowCount, (int) counts[i]);
      }
      int[] rows = new int[rowCount];
      int at = 0;
      for (int i = 0; i < table.groupCount(); i++) {
        Arrays.fill(rows, at, at + (int) counts[i], i);
        at += (int) counts[i];
      }
      return new Page(table.groupCount(), table.keys()).select(rows, rowCount);
    }

    /// How often each row of the table comes in `input`; the first input fills the table.
    private long[] count(PageSource input, boolean first, long[] start) {
      long[] counts = start;
      for (Page page = input.next(); page != null; page = input.next()) {
        int[] groups = new int[page.rowCount()];
        if (first) {
          table.lookup(page.columns(), page.rowCount(), groups);
          if (table.groupCount() > counts.length) {
            int capacity = Math.max(table.groupCount(), counts.length + (counts.length >> 1));
            memory.reserve(8L * (capacity - counts.length));
            counts = Arrays.copyOf(counts, capacity);
          }
        } else {
          table.find(page.columns(), page.rowCount(), groups);
        }
        for (int group : groups) {
          if (group >= 0) {
            counts[group]++;
          }
        }
      }
      input.close();
      return counts;
    }

    @Override
    public void close() {
      inputs.forEach(PageSource::close);
      memory.close();
    }
  }
}
