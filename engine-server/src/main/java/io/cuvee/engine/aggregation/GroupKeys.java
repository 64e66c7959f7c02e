package io.cuvee.engine.aggregation;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Numbers the distinct combinations of key values from 0. The values of each key are numbered on
/// their own, and a combination is a number made of theirs, so that strings are hashed once for
/// each distinct value of a segment and not once for each group. Should a key have more values than
/// its share of 64 bits can tell apart, whole keys are compared from then on. Not thread-safe.
final class GroupKeys {
  private static final int COMBINED_BITS = 62;
  private static final int MOST_BITS = 31;
  private static final int LEAST_BITS = 8;

  private final List<ColumnType> types;
  private final MemoryBudget budget;
  private final int bits;
  private final List<CodeNumbers> byKey = new ArrayList<>();
  private final LongGroups combinations;
  private @Nullable GroupTable whole;
  private @Nullable CodeNumbers single;
  private int[] ids = new int[16];
  private long[] combined = new long[16];

  /// @param types at least one
  GroupKeys(List<ColumnType> types, MemoryBudget budget) {
    this.types = types;
    this.budget = budget;
    this.bits = Math.min(MOST_BITS, COMBINED_BITS / types.size());
    this.combinations = new LongGroups(budget);
    if (types.size() == 1 || bits < LEAST_BITS) {
      GroupTable table = new GroupTable(types, budget);
      whole = table;
      single = types.size() == 1 ? new CodeNumbers(table) : null;
    } else {
      types.forEach(type -> byKey.add(new CodeNumbers(new GroupTable(List.of(type), budget))));
    }
  }

  int groupCount() {
    GroupTable table = whole;
    return table == null ? combinations.count() : table.groupCount();
  }

  /// The keys of all groups, in the order of groups.
  List<Values> keys() {
    GroupTable table = whole;
    if (table != null) {
      return table.keys();
    }
    int count = combinations.count();
    List<Values> keys = new ArrayList<>(types.size());
    for (int k = 0; k < types.size(); k++) {
      int[] rows = new int[count];
      for (int i = 0; i < count; i++) {
        rows[i] = id(combinations.keys()[i], k);
      }
      keys.add(byKey.get(k).table().keys().getFirst().select(rows, count));
    }
    return keys;
  }

  private int id(long combination, int key) {
    return (int) (combination >>> key * bits & (1L << bits) - 1);
  }

  /// Finds or adds the groups of rows.
  void lookup(List<Values> keys, int count, int[] out) {
    if (whole == null) {
      reserve(count);
      for (int k = 0; k < types.size() && whole == null; k++) {
        byKey.get(k).table().lookup(List.of(keys.get(k)), count, ids);
        combine(k, count);
      }
    }
    GroupTable table = whole;
    if (table == null) {
      combinations.lookup(combined, count, out);
    } else {
      table.lookup(keys, count, out);
    }
  }

  /// Finds or adds groups whose keys are given by the codes of a segment.
  ///
  /// @param codes for each key the code of each row
  void lookup(List<KeyColumn> columns, List<int[]> codes, int count, int[] out) {
    if (whole == null) {
      reserve(count);
      for (int k = 0; k < types.size() && whole == null; k++) {
        int[] known = byKey.get(k).of(columns.get(k), codes.get(k), count);
        for (int i = 0; i < count; i++) {
          ids[i] = known[codes.get(k)[i]];
        }
        combine(k, count);
      }
    }
    GroupTable table = whole;
    if (table == null) {
      combinations.lookup(combined, count, out);
      return;
    }
    CodeNumbers numbers = single;
    if (numbers != null) {
      int[] known = numbers.of(columns.getFirst(), codes.getFirst(), count);
      for (int i = 0; i < count; i++) {
        out[i] = known[codes.getFirst()[i]];
      }
      return;
    }
    List<Values> keys = new ArrayList<>(types.size());
    for (int k = 0; k < types.size(); k++) {
      keys.add(columns.get(k).values(codes.get(k), count));
    }
    table.lookup(keys, count, out);
  }

  private void reserve(int count) {
    if (ids.length < count) {
      ids = new int[count];
      combined = new long[count];
    }
  }

  private void combine(int key, int count) {
    if (byKey.get(key).table().groupCount() > 1L << bits) {
      compareWhole();
      return;
    }
    int shift = key * bits;
    if (key == 0) {
      for (int i = 0; i < count; i++) {
        combined[i] = ids[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        combined[i] |= (long) ids[i] << shift;
      }
    }
  }

  /// Goes over to comparing whole keys. Groups keep their numbers, which are given in the order of
  /// keys.
  private void compareWhole() {
    List<Values> known = keys();
    int count = combinations.count();
    GroupTable table = new GroupTable(types, budget);
    table.lookup(known, count, new int[count]);
    combinations.release();
    byKey.forEach(values -> budget.release(values.table().sizeBytes()));
    byKey.clear();
    whole = table;
  }

  /// Finds or adds the groups of another.
  ///
  /// @param out receives the group of each of its groups
  void lookup(GroupKeys other, int[] out) {
    int count = other.groupCount();
    if (whole != null || other.whole != null) {
      lookup(other.keys(), count, out);
      return;
    }
    reserve(count);
    for (int k = 0; k < types.size() && whole == null; k++) {
      GroupTable theirs = other.byKey.get(k).table();
      int[] known = new int[theirs.groupCount()];
      byKey.get(k).table().lookup(theirs.keys(), known.length, known);
      for (int i = 0; i < count; i++) {
        ids[i] = known[other.id(other.combinations.keys()[i], k)];
      }
      combine(k, count);
    }
    if (whole == null) {
      combinations.lookup(combined, count, out);
    } else {
      lookup(other.keys(), count, out);
    }
  }
}
