package io.cuvee.execution.operator;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import org.jspecify.annotations.Nullable;

/// A recursive query. Rows are passed on as they come, so that a LIMIT above ends what would go on
/// for ever. Those of the last two rounds are held, and without ALL each row that ever came; both
/// must fit in memory. Rounds are bounded too.
final class RecursionOperator implements PageSource {
  private static final int MAX_ROUNDS = 1_000_000;

  private final RepeatedPlan round;
  private final QueryContext context;
  private final MemoryBudget memory;

  /// The rows that came so far; absent if equal ones are kept.
  private final @Nullable GroupTable seen;

  /// What the current round reads.
  private Held given;

  /// What it has given so far.
  private Held found;

  private PageSource current;
  private int rounds;
  private boolean ended;

  /// @param round reads the rows of the round before
  RecursionOperator(
      PageSource first,
      RepeatedPlan round,
      PlanNode.Recursion node,
      QueryContext context,
      MemoryBudget memory) {
    this.current = first;
    this.round = round;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.seen = node.all() ? null : new GroupTable(node.types(), this.memory);
    this.given = new Held(node.types(), this.memory);
    this.found = new Held(node.types(), this.memory);
  }

  @Override
  public @Nullable Page next() {
    while (!ended) {
      context.check();
      Page page = current.next();
      if (page != null) {
        Page fresh = seen == null ? page : Distinct.fresh(seen, page);
        if (fresh.rowCount() > 0) {
          found.add(fresh);
          return fresh;
        }
      } else {
        current.close();
        startRound();
      }
    }
    return null;
  }

  private void startRound() {
    given.clear();
    Held read = found;
    found = given;
    given = read;
    if (given.rowCount() == 0) {
      ended = true;
    } else if (rounds++ == MAX_ROUNDS) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "The recursive query has not ended after "
              + MAX_ROUNDS
              + " rounds. Give its second query a condition that ends it, or the whole a LIMIT.");
    } else {
      current = round.start(given.pages());
    }
  }

  @Override
  public void close() {
    current.close();
    round.close();
    memory.close();
  }
}
