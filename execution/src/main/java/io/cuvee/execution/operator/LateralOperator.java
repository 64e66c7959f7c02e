package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Each left row with what the right side has for it. The right side is computed once for each page
/// of the left.
final class LateralOperator implements PageSource {
  private final PageSource left;
  private final RepeatedPlan rightPlan;
  private final PlanNode.Lateral node;
  private final List<ColumnType> rightTypes;
  private final QueryContext context;
  private final BitSet matched = new BitSet();

  /// The left rows that the right side is being read for.
  private @Nullable Page rows;

  private @Nullable PageSource right;

  /// @param rightPlan reads left rows
  LateralOperator(
      PageSource left, RepeatedPlan rightPlan, PlanNode.Lateral node, QueryContext context) {
    this.left = left;
    this.rightPlan = rightPlan;
    this.node = node;
    this.rightTypes = node.right().types().subList(1, node.right().types().size());
    this.context = context;
  }

  @Override
  public @Nullable Page next() {
    while (true) {
      context.check();
      Page of = rows;
      PageSource source = right;
      if (of == null || source == null) {
        Page page = left.next();
        if (page == null) {
          return null;
        }
        if (page.rowCount() > 0) {
          rows = page;
          matched.clear();
          right = rightPlan.start(List.of(numbered(page)));
        }
        continue;
      }
      Page found = source.next();
      if (found == null) {
        source.close();
        right = null;
        rows = null;
        if (node.keepsUnmatched() && matched.cardinality() < of.rowCount()) {
          return unmatched(of);
        }
      } else if (found.rowCount() > 0) {
        return matched(of, found);
      }
    }
  }

  private static Page numbered(Page page) {
    long[] numbers = new long[page.rowCount()];
    Arrays.setAll(numbers, i -> i);
    List<Values> columns = new ArrayList<>(page.columns());
    columns.add(new LongValues(numbers, numbers.length, null));
    return new Page(page.rowCount(), columns);
  }

  private Page matched(Page of, Page found) {
    long[] numbers = ((LongValues) found.column(0)).values();
    int[] leftRows = new int[found.rowCount()];
    for (int i = 0; i < leftRows.length; i++) {
      leftRows[i] = (int) numbers[i];
      matched.set(leftRows[i]);
    }
    List<Values> columns = new ArrayList<>(of.select(leftRows, leftRows.length).columns());
    columns.addAll(found.columns().subList(1, found.columns().size()));
    return new Page(leftRows.length, columns);
  }

  private Page unmatched(Page of) {
    matched.flip(0, of.rowCount());
    int[] leftRows = matched.stream().toArray();
    List<Values> columns = new ArrayList<>(of.select(leftRows, leftRows.length).columns());
    for (ColumnType type : rightTypes) {
      ValuesBuilder nulls = ValuesBuilder.of(type, leftRows.length);
      for (int i = 0; i < leftRows.length; i++) {
        nulls.appendNull();
      }
      columns.add(nulls.build());
    }
    return new Page(leftRows.length, columns);
  }

  @Override
  public void close() {
    left.close();
    if (right != null) {
      right.close();
    }
    rightPlan.close();
  }
}
