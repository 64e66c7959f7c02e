package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys of one column of longs or doubles. Open addressing with linear probing: a slot holds a
/// group, the group's key lies in a dense array.
final class LongKeys implements KeyTable {
  private final boolean doubles;
  private final MemoryBudget budget;
  private int[] slots = new int[0];
  private int mask;
  private long[] keys = new long[0];
  private int groupCount;
  private int nullGroup = -1;
  private long[] scratch = new long[0];

  LongKeys(ColumnType type, MemoryBudget budget) {
    this.doubles = type.dataType().representation() == Representation.DOUBLE;
    this.budget = budget;
    resize(16);
  }

  @Override
  public void lookup(List<Values> columns, int count, int[] groups, boolean add) {
    Values column = columns.getFirst();
    long[] values =
        doubles
            ? bits(((DoubleValues) column).values(), count, add)
            : ((LongValues) column).values();
    Validity validity = column.validity();
    for (int i = 0; i < count; i++) {
      groups[i] = validity == null || validity.isSet(i) ? find(values[i], add) : findNull(add);
    }
  }

  private int find(long key, boolean add) {
    int slot = Hashing.hash(key) & mask;
    while (true) {
      int group = slots[slot] - 1;
      if (group < 0) {
        return add ? insert(key, slot) : -1;
      }
      if (keys[group] == key && group != nullGroup) {
        return group;
      }
      slot = slot + 1 & mask;
    }
  }

  private int insert(long key, int slot) {
    int group = newGroup(key);
    slots[slot] = group + 1;
    if (groupCount * 2L > slots.length) {
      resize(slots.length * 2);
    }
    return group;
  }

  private int findNull(boolean add) {
    if (nullGroup < 0 && add) {
      nullGroup = newGroup(0);
    }
    return nullGroup;
  }

  private int newGroup(long key) {
    if (groupCount == keys.length) {
      int capacity = Capacities.grow(keys.length, groupCount + 1);
      budget.reserve(8L * (capacity - keys.length));
      keys = Arrays.copyOf(keys, capacity);
    }
    keys[groupCount] = key;
    return groupCount++;
  }

  private void resize(int slotCount) {
    Capacities.checkSlots(slotCount);
    budget.reserve(4L * (slotCount - slots.length));
    slots = new int[slotCount];
    mask = slotCount - 1;
    for (int group = 0; group < groupCount; group++) {
      if (group != nullGroup) {
        int slot = Hashing.hash(keys[group]) & mask;
        while (slots[slot] != 0) {
          slot = slot + 1 & mask;
        }
        slots[slot] = group + 1;
      }
    }
  }

  /// Only adding may use the scratch array: finding in a finished table is for any number of
  /// threads.
  private long[] bits(double[] values, int count, boolean add) {
    if (add && scratch.length < count) {
      scratch = new long[count];
    }
    long[] bits = add ? scratch : new long[count];
    for (int i = 0; i < count; i++) {
      bits[i] = Hashing.bits(values[i]);
    }
    return bits;
  }

  @Override
  public int groupCount() {
    return groupCount;
  }

  @Override
  public List<Values> keys() {
    Validity validity = allBut(nullGroup, groupCount);
    if (!doubles) {
      return List.of(new LongValues(Arrays.copyOf(keys, groupCount), groupCount, validity));
    }
    double[] values = new double[groupCount];
    for (int i = 0; i < groupCount; i++) {
      values[i] = Double.longBitsToDouble(keys[i]);
    }
    return List.of(new DoubleValues(values, groupCount, validity));
  }

  /// Validity of `count` rows of which one is NULL; absent if that one is negative.
  static @Nullable Validity allBut(int nullRow, int count) {
    if (nullRow < 0) {
      return null;
    }
    long[] words = new long[Validity.wordCount(count)];
    for (int i = 0; i < count; i++) {
      if (i != nullRow) {
        words[i >>> 6] |= 1L << i;
      }
    }
    return new Validity(words);
  }

  @Override
  public long sizeBytes() {
    return 4L * slots.length + 8L * keys.length;
  }
}
