package io.cuvee.execution.operator;

import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.expression.CommonTypes;
import io.cuvee.execution.expression.Conversions;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which right rows a left row may match: those with the same keys, or all if there are none. Right
/// rows of one key form a chain in their order.
final class JoinMatches {
  private final List<Integer> leftKeys;
  private final List<ColumnType> leftTypes;
  private final List<ColumnType> keyTypes = new ArrayList<>();
  private final int rightCount;
  private final @Nullable GroupTable table;
  private int[] heads = new int[0];
  private int[] nexts = new int[0];
  private int[] probed = new int[0];

  JoinMatches(PlanNode.Join node, Page right, MemoryBudget memory) {
    this.leftKeys = node.leftKeys();
    this.leftTypes = node.left().types();
    this.rightCount = right.rowCount();
    if (leftKeys.isEmpty()) {
      this.table = null;
      return;
    }
    for (int k = 0; k < leftKeys.size(); k++) {
      keyTypes.add(
          CommonTypes.of(
              leftTypes.get(leftKeys.get(k)),
              node.right().types().get(node.rightKeys().get(k)),
              "JOIN"));
    }
    GroupTable groups = new GroupTable(keyTypes, memory);
    this.table = groups;
    memory.reserve(12L * rightCount);
    List<Values> keys = keys(right, node.rightKeys(), node.right().types());
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

  private List<Values> keys(Page page, List<Integer> positions, List<ColumnType> types) {
    List<Values> keys = new ArrayList<>(positions.size());
    for (int k = 0; k < positions.size(); k++) {
      int position = positions.get(k);
      keys.add(Conversions.convert(page.column(position), types.get(position), keyTypes.get(k)));
    }
    return keys;
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
    List<Values> keys = keys(page, leftKeys, leftTypes);
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
