package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The rows of each [PlanNode.Shared] of a plan, read as a whole by the first that wants one of
/// them and held to the end of the query. They must fit in memory.
final class SharedRows {
  private final QueryContext context;
  private final MemoryBudget budget;
  private final Map<Integer, Held> held = new HashMap<>();

  /// Made with the first rows.
  private @Nullable MemoryBudget memory;

  SharedRows(QueryContext context, MemoryBudget budget) {
    this.context = context;
    this.budget = budget;
  }

  /// @param opener starts the input, if nobody has read it yet when the first page is wanted
  PageSource reader(PlanNode.Shared node, Function<PlanNode, PageSource> opener) {
    return new PageSource() {
      private @Nullable Iterator<Page> pages;

      @Override
      public @Nullable Page next() {
        Iterator<Page> rest = pages;
        if (rest == null) {
          rest = rows(node, opener).pages().iterator();
          pages = rest;
        }
        return rest.hasNext() ? rest.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  private Held rows(PlanNode.Shared node, Function<PlanNode, PageSource> opener) {
    Held known = held.get(node.number());
    if (known != null) {
      return known;
    }
    MemoryBudget charged = memory;
    if (charged == null) {
      charged = budget.child("the query", Long.MAX_VALUE, "its memory limit");
      memory = charged;
    }
    Held rows = new Held(node.types(), charged);
    try (PageSource source = opener.apply(node.input())) {
      for (Page page = source.next(); page != null; page = source.next()) {
        context.check();
        rows.add(page);
      }
    }
    held.put(node.number(), rows);
    return rows;
  }

  /// `rows`, with which what is held here is given back.
  PageSource closedWith(PageSource rows) {
    return new PageSource() {
      @Override
      public @Nullable Page next() {
        return rows.next();
      }

      @Override
      public void close() {
        rows.close();
        MemoryBudget charged = memory;
        if (charged != null) {
          charged.close();
        }
      }
    };
  }
}
