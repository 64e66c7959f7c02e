package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A part of a plan that runs again and again, each time with other [PlanNode.Given] rows. What in
/// it reads tables and does not depend on these rows gives the same each time: after a few runs it
/// is read once more and held from then on, if it is short. Before, a join may have servers leave
/// out rows without a match, which is better where only few runs follow.
final class RepeatedPlan implements AutoCloseable {
  private static final int RUNS_BEFORE_HOLDING = 3;

  /// More rows are not held: joins put them together for each run.
  private static final long MAX_ROWS = 100_000;

  /// Memory must have so many times the room of what is held.
  private static final int ROOM = 4;

  private final int number;
  private final Opener opener;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final Map<Integer, List<Page>> held = new HashMap<>();

  private PlanNode plan;
  private int runs;

  /// Opens a plan.
  @FunctionalInterface
  interface Opener {
    /// @param given the rows of [PlanNode.Given]s that the plan has besides those known already
    PageSource open(PlanNode plan, Map<Integer, List<Page>> given);
  }

  /// @param number of the [PlanNode.Given] whose rows change
  RepeatedPlan(
      PlanNode plan, int number, Opener opener, QueryContext context, MemoryBudget memory) {
    this.plan = plan;
    this.number = number;
    this.opener = opener;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  /// Starts the next run.
  PageSource start(List<Page> rows) {
    if (runs++ == RUNS_BEFORE_HOLDING) {
      plan = holding(plan, Set.of(number));
    }
    Map<Integer, List<Page>> given = new HashMap<>(held);
    given.put(number, rows);
    return opener.open(plan, given);
  }

  /// @param changing numbers of the [PlanNode.Given]s whose rows differ from run to run
  private PlanNode holding(PlanNode node, Set<Integer> changing) {
    if (!depends(node, changing)) {
      return reads(node) ? held(node) : node;
    }
    if (node instanceof PlanNode.LookupJoin) {
      // Its scan is of use only together with its sides.
      return node;
    }
    Set<Integer> within = new HashSet<>(changing);
    switch (node) {
      case PlanNode.Lateral lateral -> within.add(lateral.number());
      case PlanNode.Recursion recursion -> within.add(recursion.number());
      default -> {}
    }
    List<PlanNode> inputs = new ArrayList<>();
    node.inputs().forEach(input -> inputs.add(holding(input, within)));
    return node.withInputs(inputs);
  }

  private static boolean depends(PlanNode node, Set<Integer> changing) {
    return node instanceof PlanNode.Given given && changing.contains(given.number())
        || node.inputs().stream().anyMatch(input -> depends(input, changing));
  }

  private static boolean reads(PlanNode node) {
    return node instanceof PlanNode.Scan || node.inputs().stream().anyMatch(RepeatedPlan::reads);
  }

  private PlanNode held(PlanNode node) {
    Held rows = new Held(node.types(), memory);
    try (PageSource source = opener.open(node, Map.of())) {
      for (Page page = source.next(); page != null; page = source.next()) {
        context.check();
        long bytes = ROOM * (rows.sizeBytes() + page.sizeBytes());
        if (rows.rowCount() + page.rowCount() > MAX_ROWS
            || !memory.fits(bytes)
            || memory.isTight(bytes)) {
          rows.clear();
          return node;
        }
        rows.add(page);
      }
    }
    // Those of plans are not negative, and those of other repeated plans with this number's are
    // within one that does not change.
    int place = -1 - (number << 16) - held.size();
    held.put(place, rows.pages());
    return new PlanNode.Given(place, node.types());
  }

  @Override
  public void close() {
    memory.close();
  }
}
