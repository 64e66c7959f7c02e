package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Joins each left row with the nearest right row of its keys: holds the right input, sorted by
/// value, streams the left, and searches. Which of equal right rows is found follows from their
/// other columns alone.
final class AsOfJoinOperator implements PageSource {
  /// What a right row takes for finding it by key and value, roughly.
  private static final long KEY_BYTES = 24;

  /// Of the rows without a match that are kept.
  private static final int PAGE_ROWS = 16_384;

  private final PageSource left;
  private final PageSource right;
  private final PlanNode.Join node;
  private final PlanNode.Join.Nearest nearest;
  private final JoinKeys keys;
  private final QueryContext context;
  private final MemoryBudget memory;

  /// The right rows by the first one of their keys, from the smallest value up, without NULLs.
  private final Map<Integer, int[]> chains = new HashMap<>();

  /// The right rows that were found; absent if the others are not kept.
  private final @Nullable BitSet found;

  /// Where to look for the next right row that was not found, once the left rows are at an end.
  private int unmatched;

  private Page rightPage;
  private @Nullable JoinMatches matches;

  AsOfJoinOperator(
      PageSource left,
      PageSource right,
      PlanNode.Join node,
      QueryContext context,
      MemoryBudget memory) {
    this.left = left;
    this.node = node;
    this.nearest = Objects.requireNonNull(node.nearest());
    this.keys = new JoinKeys(node);
    this.found =
        switch (node.kind()) {
          case RIGHT, FULL -> new BitSet();
          case INNER, LEFT, SEMI, ANTI -> null;
        };
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.rightPage = Page.empty(node.right().types());
    this.right =
        new SortOperator(
            right,
            node.right().types(),
            order(node, nearest),
            Long.MAX_VALUE,
            context,
            this.memory);
  }

  /// By value, then by whatever else can be sorted.
  private static List<SortKey> order(PlanNode.Join node, PlanNode.Join.Nearest nearest) {
    List<SortKey> order = new ArrayList<>();
    order.add(new SortKey(nearest.rightValue(), false, false));
    for (int i = 0; i < node.right().types().size(); i++) {
      if (i != nearest.rightValue() && !node.right().types().get(i).isArray()) {
        order.add(new SortKey(i, false, false));
      }
    }
    return order;
  }

  @Override
  public @Nullable Page next() {
    JoinMatches built = matches;
    if (built == null) {
      built = build();
      matches = built;
    }
    for (Page page = left.next(); page != null; page = left.next()) {
      context.check();
      Page joined = joined(page, built);
      if (joined.rowCount() > 0) {
        return joined;
      }
    }
    return found == null ? null : others(found);
  }

  /// Right rows that are nearest to none, with NULLs on the left; null at the end.
  private @Nullable Page others(BitSet matched) {
    int[] rows = new int[Math.min(PAGE_ROWS, rightPage.rowCount())];
    int count = 0;
    int row = matched.nextClearBit(unmatched);
    while (count < rows.length && row < rightPage.rowCount()) {
      rows[count++] = row;
      row = matched.nextClearBit(row + 1);
    }
    unmatched = row;
    if (count == 0) {
      return null;
    }
    int[] none = new int[count];
    Arrays.fill(none, -1);
    List<Values> columns = new ArrayList<>(node.types().size());
    for (Values column : Page.empty(node.left().types()).columns()) {
      columns.add(column.select(none, count));
    }
    for (Values column : rightPage.columns()) {
      columns.add(column.select(rows, count));
    }
    return new Page(count, columns);
  }

  private JoinMatches build() {
    Held held = new Held(node.right().types(), memory);
    held.addAll(right, context);
    rightPage = held.all();
    memory.reserve(KEY_BYTES * rightPage.rowCount());
    if (found != null) {
      memory.reserve(rightPage.rowCount() / 8);
    }
    return new JoinMatches(keys, rightPage, memory);
  }

  private Page joined(Page page, JoinMatches built) {
    built.probe(page);
    Values values = page.column(nearest.leftValue());
    int[] leftRows = new int[page.rowCount()];
    int[] rightRows = new int[page.rowCount()];
    boolean keepsLeft =
        node.kind() == PlanNode.JoinKind.LEFT || node.kind() == PlanNode.JoinKind.FULL;
    int count = 0;
    for (int row = 0; row < page.rowCount(); row++) {
      int first = values.isNull(row) ? -1 : built.first(row);
      int match = first < 0 ? -1 : find(chain(first, built), values, row);
      if (match >= 0 && found != null) {
        found.set(match);
      }
      if (match >= 0 || keepsLeft) {
        leftRows[count] = row;
        rightRows[count++] = match;
      }
    }
    List<Values> columns = new ArrayList<>(node.types().size());
    for (Values column : page.columns()) {
      columns.add(count == page.rowCount() ? column : column.select(leftRows, count));
    }
    for (Values column : rightPage.columns()) {
      columns.add(column.select(rightRows, count));
    }
    return new Page(count, columns);
  }

  private int[] chain(int first, JoinMatches built) {
    int[] known = chains.get(first);
    if (known != null) {
      return known;
    }
    Values values = rightPage.column(nearest.rightValue());
    int[] rows = new int[8];
    int count = 0;
    for (int row = first; row >= 0 && !values.isNull(row); row = built.next(row)) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, 2 * count);
      }
      rows[count++] = row;
    }
    int[] chain = Arrays.copyOf(rows, count);
    chains.put(first, chain);
    return chain;
  }

  /// The nearest row of `chain`, or −1.
  private int find(int[] chain, Values values, int row) {
    Values candidates = rightPage.column(nearest.rightValue());
    // How many come before the place of the left value: those below, and equal ones where they are
    // on that side.
    boolean equalBefore = nearest.before() == nearest.orEqual();
    int low = 0;
    int high = chain.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = ValueOrder.compare(candidates, chain[middle], values, row);
      if (order < 0 || order == 0 && equalBefore) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int at = nearest.before() ? low - 1 : low;
    return at >= 0 && at < chain.length ? chain[at] : -1;
  }

  @Override
  public void close() {
    left.close();
    right.close();
    memory.close();
  }
}
