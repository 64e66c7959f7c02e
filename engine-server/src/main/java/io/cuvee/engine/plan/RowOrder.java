package io.cuvee.engine.plan;

import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.page.Values;
import java.util.List;

/// Compares rows of pages by sort keys. Immutable and thread-safe.
///
/// @param keys by position in the pages
public record RowOrder(List<SortKey> keys) {
  public RowOrder {
    keys = List.copyOf(keys);
  }

  public int compare(List<Values> a, int i, List<Values> b, int j) {
    for (int k = 0; k < keys.size(); k++) {
      SortKey key = keys.get(k);
      Values left = a.get(key.column());
      Values right = b.get(key.column());
      boolean leftNull = left.isNull(i);
      boolean rightNull = right.isNull(j);
      int order;
      if (leftNull || rightNull) {
        order = leftNull == rightNull ? 0 : leftNull == key.nullsFirst() ? -1 : 1;
      } else {
        order = ValueOrder.compare(left, i, right, j);
        order = key.descending() ? -order : order;
      }
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
