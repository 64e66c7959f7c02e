package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives each row once for each element of an array, with the element in a column of its own, and
/// its position in another if that is wanted.
final class UnnestOperator implements PageSource {
  private final PageSource input;
  private final int column;
  private final boolean keepsEmpty;
  private final boolean withOrdinality;
  private final boolean keepsArray;
  private final QueryContext context;

  // Where to go on: row `row` of the page, at its element `element`.
  private @Nullable Page page;
  private int row;
  private int element;

  UnnestOperator(PageSource input, PlanNode.Unnest unnest, QueryContext context) {
    this.input = input;
    this.column = unnest.column();
    this.keepsEmpty = unnest.keepsEmpty();
    this.withOrdinality = unnest.withOrdinality();
    this.keepsArray = unnest.keepsArray();
    this.context = context;
  }

  @Override
  public @Nullable Page next() {
    context.check();
    Page current = page;
    if (current == null) {
      current = input.next();
      if (current == null) {
        return null;
      }
      row = 0;
      element = 0;
    }
    Page unnested = unnested(current);
    page = row < current.rowCount() ? current : null;
    return unnested;
  }

  /// The next rows of `from`, as many as a page should have.
  private Page unnested(Page from) {
    ArrayValues arrays = (ArrayValues) from.column(column);
    int[] rows = new int[Page.TARGET_ROWS];
    int[] elements = new int[Page.TARGET_ROWS];
    int count = 0;
    while (row < from.rowCount() && count < Page.TARGET_ROWS) {
      int length = arrays.isNull(row) ? 0 : arrays.length(row);
      if (length == 0 && keepsEmpty) {
        rows[count] = row;
        elements[count++] = -1;
      }
      int start = arrays.offsets()[row];
      while (element < length && count < Page.TARGET_ROWS) {
        rows[count] = row;
        elements[count++] = start + element++;
      }
      if (element >= length) {
        row++;
        element = 0;
      }
    }
    List<Values> columns = new ArrayList<>();
    int[] none = new int[keepsArray ? 0 : count];
    Arrays.fill(none, -1);
    for (int i = 0; i < from.columns().size(); i++) {
      columns.add(from.column(i).select(i == column && !keepsArray ? none : rows, count));
    }
    columns.add(arrays.elements().select(elements, count));
    if (withOrdinality) {
      ValuesBuilder.Longs ordinals = new ValuesBuilder.Longs(count);
      for (int i = 0; i < count; i++) {
        if (elements[i] < 0) {
          ordinals.appendNull();
        } else {
          ordinals.append(elements[i] - arrays.offsets()[rows[i]] + 1L);
        }
      }
      columns.add(ordinals.build());
    }
    return new Page(count, columns);
  }

  @Override
  public void close() {
    input.close();
  }
}
