package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.aggregate.KeyHashes;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.spill.Spill;
import io.cuvee.execution.spill.SpillPartitions;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A join whose right input does not fit in memory: both inputs are parted on disk by a hash of
/// their keys, so that rows that match are in parts of the same number, and these are joined one
/// after the other.
final class PartedJoin implements PageSource {
  private final PlanNode.Join node;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final int level;
  private final SpillPartitions left;
  private final SpillPartitions right;
  private int next;
  private @Nullable JoinOperator current;

  /// Reads both inputs to their ends and closes them.
  ///
  /// @param held what was read of the right input already; is given back
  PartedJoin(
      PageSource leftInput,
      PageSource rightInput,
      Held held,
      JoinKeys keys,
      PlanNode.Join node,
      int level,
      QueryContext context,
      MemoryBudget memory) {
    this.node = node;
    this.context = context;
    this.memory = memory;
    this.level = level;
    Spill spill = Objects.requireNonNull(memory.spill());
    this.right = new SpillPartitions(spill, node.right().types(), level);
    for (Page page : held.pages()) {
      add(right, page, keys::ofRight);
    }
    held.clear();
    part(rightInput, right, keys::ofRight);
    this.left = new SpillPartitions(spill, node.left().types(), level);
    part(leftInput, left, keys::ofLeft);
  }

  private void part(PageSource input, SpillPartitions parts, Function<Page, List<Values>> keys) {
    for (Page page = input.next(); page != null; page = input.next()) {
      context.check();
      add(parts, page, keys);
    }
    input.close();
  }

  private static void add(SpillPartitions parts, Page page, Function<Page, List<Values>> keys) {
    if (page.rowCount() > 0) {
      parts.add(page, KeyHashes.of(keys.apply(page), page.rowCount()));
    }
  }

  @Override
  public @Nullable Page next() {
    while (true) {
      Page page = current == null ? null : current.next();
      if (page != null) {
        return page;
      }
      closeCurrent();
      if (next == SpillPartitions.COUNT) {
        return null;
      }
      current =
          new JoinOperator(
              plan -> PageSource.of(List.of()),
              left.read(next),
              right.read(next),
              node,
              level + 1,
              context,
              memory);
      next++;
    }
  }

  private void closeCurrent() {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  @Override
  public void close() {
    closeCurrent();
    left.close();
    right.close();
  }
}
