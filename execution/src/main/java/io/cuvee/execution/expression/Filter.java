package io.cuvee.execution.expression;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Validity;
import java.util.ArrayList;
import java.util.List;

/// Finds the rows for which a condition is true. Immutable and thread-safe.
public final class Filter {
  private final Kernel[] conjuncts;

  private Filter(List<Kernel> conjuncts) {
    this.conjuncts = conjuncts.toArray(new Kernel[0]);
  }

  /// @param condition of type BOOLEAN, without parameters
  public static Filter compile(Expression condition) {
    List<Kernel> conjuncts = new ArrayList<>();
    collect(condition, conjuncts);
    return new Filter(conjuncts);
  }

  private static void collect(Expression condition, List<Kernel> conjuncts) {
    if (condition instanceof Expression.Call call && call.function().equals("AND")) {
      call.arguments().forEach(argument -> collect(argument, conjuncts));
    } else {
      conjuncts.add(Coercion.to(ExpressionCompiler.compile(condition), ColumnType.BOOLEAN));
    }
  }

  /// Finds the rows of `page` that pass.
  ///
  /// @param out receives their numbers, ascending; at least as long as the page
  /// @return how many there are
  public int select(Page page, int[] out) {
    Rows rows = Rows.of(page);
    int count = selectTrue(conjuncts[0], rows, out);
    for (int i = 1; i < conjuncts.length && count > 0; i++) {
      if (count == page.rowCount()) {
        count = selectTrue(conjuncts[i], rows, out);
      } else {
        int[] positions = java.util.Arrays.copyOf(out, count);
        int[] kept = new int[count];
        int keptCount = selectTrue(conjuncts[i], rows.select(positions, count), kept);
        for (int j = 0; j < keptCount; j++) {
          out[j] = positions[kept[j]];
        }
        count = keptCount;
      }
    }
    return count;
  }

  /// The rows of `page` that pass; the page itself if all do.
  public Page apply(Page page) {
    int[] selected = new int[page.rowCount()];
    int count = select(page, selected);
    return count == page.rowCount() ? page : page.select(selected, count);
  }

  private static int selectTrue(Kernel condition, Rows rows, int[] out) {
    LongValues values = (LongValues) condition.evaluate(rows);
    long[] truths = values.values();
    Validity validity = values.validity();
    int rowCount = rows.count();
    int count = 0;
    if (validity == null) {
      for (int i = 0; i < rowCount; i++) {
        out[count] = i;
        count += (int) truths[i];
      }
    } else {
      for (int i = 0; i < rowCount; i++) {
        if (truths[i] != 0 && validity.isSet(i)) {
          out[count++] = i;
        }
      }
    }
    return count;
  }
}
