package io.cuvee.execution.aggregate;

import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Aggregates that need all values of a group in an order: ARRAY_AGG and STRING_AGG. Rows in which
/// the first column is NULL are left out; the others are what it is ordered by. Rows that are equal
/// in these are ordered by value, so that the result does not depend on how the rows came.
final class CollectAccumulator implements Accumulator {
  /// What becomes of the values of all groups.
  interface Joiner {
    /// @param values in order; those of group `g` are at `[offsets[g], offsets[g + 1])`
    Values join(Values values, int[] offsets, int groupCount);
  }

  private final List<ColumnType> types;
  private final List<SortKey> order;
  private final Joiner joiner;
  private final CollectedRows rows;

  /// @param types of the value, then of what it is ordered by
  /// @param order of the rows, by position in `types`; empty for that in which they come
  CollectAccumulator(
      List<ColumnType> types, List<SortKey> order, Joiner joiner, MemoryBudget budget) {
    this.types = List.copyOf(types);
    this.order = List.copyOf(order);
    this.joiner = joiner;
    this.rows = new CollectedRows(types, budget);
  }

  @Override
  public void ensureGroups(int groupCount) {
    // Groups take room with their first value.
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values value = arguments.getFirst();
    int[] kept = new int[count];
    int size = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !value.isNull(i)) {
        kept[size++] = i;
      }
    }
    long[] keptGroups = new long[size];
    for (int i = 0; i < size; i++) {
      keptGroups[i] = groups[kept[i]];
    }
    List<Values> columns = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      columns.add(arguments.get(i).select(kept, size));
    }
    rows.add(keptGroups, size, columns);
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    add(new int[count], count, arguments);
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    ArrayValues values = (ArrayValues) states.getFirst();
    int[] elements = new int[values.offsets()[count] - values.offsets()[0]];
    long[] elementGroups = new long[elements.length];
    int size = 0;
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0) {
        for (int j = values.offsets()[i]; j < values.offsets()[i + 1]; j++) {
          elementGroups[size] = groups[i];
          elements[size++] = j;
        }
      }
    }
    List<Values> columns = new ArrayList<>(types.size());
    columns.add(values.elements().select(elements, size));
    for (int k = 1; k < types.size(); k++) {
      Values keys = ((ArrayValues) states.get(2 * k - 1)).elements();
      long[] present = ((LongValues) ((ArrayValues) states.get(2 * k)).elements()).values();
      int[] known = new int[size];
      for (int i = 0; i < size; i++) {
        known[i] = present[elements[i]] == 0 ? -1 : elements[i];
      }
      columns.add(keys.select(known, size));
    }
    rows.add(Arrays.copyOf(elementGroups, size), size, columns);
  }

  @Override
  public List<Values> states(int groupCount) {
    Page all = rows.all();
    int[] offsets = new int[groupCount + 1];
    int[] sorted = sorted(all, List.of(), offsets);
    List<Values> states = new ArrayList<>(2 * types.size() - 1);
    states.add(
        new ArrayValues(all.column(1).select(sorted, sorted.length), offsets, groupCount, null));
    for (int k = 1; k < types.size(); k++) {
      // Arrays hold no NULLs, so what is one travels as 0 with a mark.
      Values keys = all.column(1 + k);
      ValuesBuilder known = ValuesBuilder.of(types.get(k), sorted.length);
      long[] present = new long[sorted.length];
      for (int i = 0; i < sorted.length; i++) {
        present[i] = keys.isNull(sorted[i]) ? 0 : 1;
        if (present[i] == 1) {
          known.append(keys, sorted[i]);
        } else {
          known.appendDefault();
        }
      }
      states.add(new ArrayValues(known.build(), offsets, groupCount, null));
      states.add(
          new ArrayValues(
              new LongValues(present, present.length, null), offsets, groupCount, null));
    }
    return states;
  }

  /// The rows by group and `keys`; those of group `g` are at `[offsets[g], offsets[g + 1])`.
  private static int[] sorted(Page all, List<SortKey> keys, int[] offsets) {
    long[] groups = ((LongValues) all.column(0)).values();
    for (int i = 0; i < all.rowCount(); i++) {
      offsets[(int) groups[i] + 1]++;
    }
    for (int g = 0; g + 1 < offsets.length; g++) {
      offsets[g + 1] += offsets[g];
    }
    List<SortKey> byGroup = new ArrayList<>(keys.size() + 1);
    byGroup.add(new SortKey(0, false, false));
    byGroup.addAll(keys);
    return new RowOrder(all, byGroup).sorted(all.rowCount());
  }

  @Override
  public Values results(int groupCount) {
    Page all = rows.all();
    List<SortKey> keys = new ArrayList<>();
    for (SortKey key : order) {
      keys.add(new SortKey(1 + key.column(), key.descending(), key.nullsFirst()));
    }
    if (!keys.isEmpty()) {
      keys.add(new SortKey(1, false, false));
    }
    int[] offsets = new int[groupCount + 1];
    int[] sorted = sorted(all, keys, offsets);
    return joiner.join(all.column(1).select(sorted, sorted.length), offsets, groupCount);
  }

  @Override
  public long sizeBytes() {
    return rows.sizeBytes();
  }
}
