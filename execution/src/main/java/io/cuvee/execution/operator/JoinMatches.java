package io.cuvee.execution.operator;

import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which right rows a left row may match: those with the same keys, or all if there are none. Right
/// rows of one key form a chain in their order.
final class JoinMatches {
  private final JoinKeys joinKeys;
  private final int rightCount;
  private final @Nullable GroupTable table;
  private int[] heads = new int[0];
  private int[] nexts = new int[0];
  private int[] probed = new int[0];

  JoinMatches(JoinKeys joinKeys, Page right, MemoryBudget memory) {
    this.joinKeys = joinKeys;
    this.rightCount = right.rowCount();
    if (joinKeys.types().isEmpty()) {
      this.table = null;
      return;
    }
    GroupTable groups = new GroupTable(joinKeys.types(), memory);
    this.table = groups;
    memory.reserve(12L * rightCount);
    List<Values> keys = joinKeys.ofRight(right);
    int[] groupOfRow = new int[rightCount];
    groups.lookup(keys, rightCount, groupOfRow);
    heads = new int[groups.groupCount()];
    Arrays.fill(heads, -1);
    nexts = new int[rightCount];
    for (int i = rightCount - 1; i >= 0; i--) {
      if (!anyNull(keys, i)) {
        nexts[i] = heads[groupOfRow[i]];
        heads[groupOfRow[i]] = i;
      }
    }
  }

  private static boolean anyNull(List<Values> keys, int row) {
    for (int k = 0; k < keys.size(); k++) {
      if (keys.get(k).isNull(row)) {
        return true;
      }
    }
    return false;
  }

  /// Makes `page` the left page that [#first] asks about.
  void probe(Page page) {
    GroupTable groups = table;
    if (groups == null) {
      return;
    }
    probed = new int[page.rowCount()];
    List<Values> keys = joinKeys.ofLeft(page);
    groups.find(keys, page.rowCount(), probed);
    for (int i = 0; i < probed.length; i++) {
      probed[i] = probed[i] < 0 || anyNull(keys, i) ? -1 : heads[probed[i]];
    }
  }

  /// The first right row that left row `row` may match; −1 if there is none.
  int first(int row) {
    if (table != null) {
      return probed[row];
    }
    return rightCount == 0 ? -1 : 0;
  }

  /// The right row after `candidate` for the same left row; −1 if there is none.
  int next(int candidate) {
    if (table != null) {
      return nexts[candidate];
    }
    return candidate + 1 < rightCount ? candidate + 1 : -1;
  }
}
