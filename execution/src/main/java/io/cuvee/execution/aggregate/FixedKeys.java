package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Keys of several columns of longs or doubles. A key is one word a column, 0 for NULL, and a last
/// word with a bit for each NULL.
final class FixedKeys implements KeyTable {
  static final int MAX_COLUMNS = 63;

  private final int columnCount;
  private final int stride;
  private final boolean[] doubles;
  private final MemoryBudget budget;
  private int[] slots = new int[0];
  private int mask;
  private long[] words = new long[0];
  private int groupCount;
  private long[] block = new long[0];

  FixedKeys(List<ColumnType> types, MemoryBudget budget) {
    this.columnCount = types.size();
    this.stride = columnCount + 1;
    this.doubles = new boolean[columnCount];
    for (int i = 0; i < columnCount; i++) {
      doubles[i] = types.get(i).dataType().representation() == Representation.DOUBLE;
    }
    this.budget = budget;
    resize(16);
  }

  @Override
  public void lookup(List<Values> columns, int count, int[] groups, boolean add) {
    fillBlock(columns, count);
    for (int i = 0; i < count; i++) {
      groups[i] = find(i * stride, add);
    }
  }

  private void fillBlock(List<Values> columns, int count) {
    int needed = Math.multiplyExact(count, stride);
    if (block.length < needed) {
      block = new long[needed];
    }
    long[] target = block;
    for (int i = 0; i < count; i++) {
      target[i * stride + columnCount] = 0;
    }
    for (int c = 0; c < columnCount; c++) {
      Values column = columns.get(c);
      if (doubles[c]) {
        double[] values = ((DoubleValues) column).values();
        for (int i = 0; i < count; i++) {
          target[i * stride + c] = Hashing.bits(values[i]);
        }
      } else {
        long[] values = ((LongValues) column).values();
        for (int i = 0; i < count; i++) {
          target[i * stride + c] = values[i];
        }
      }
      Validity validity = column.validity();
      if (validity != null) {
        for (int i = 0; i < count; i++) {
          if (!validity.isSet(i)) {
            target[i * stride + c] = 0;
            target[i * stride + columnCount] |= 1L << c;
          }
        }
      }
    }
  }

  private int find(int at, boolean add) {
    int slot = hash(block, at) & mask;
    while (true) {
      int group = slots[slot] - 1;
      if (group < 0) {
        return add ? insert(at, slot) : -1;
      }
      if (isEqual(group * stride, at)) {
        return group;
      }
      slot = slot + 1 & mask;
    }
  }

  private boolean isEqual(int at, int blockAt) {
    for (int i = 0; i < stride; i++) {
      if (words[at + i] != block[blockAt + i]) {
        return false;
      }
    }
    return true;
  }

  private int hash(long[] source, int at) {
    long hash = 0;
    for (int i = 0; i < stride; i++) {
      hash = Hashing.combine(hash, source[at + i]);
    }
    return Hashing.hash(hash);
  }

  private int insert(int at, int slot) {
    int end = groupCount * stride;
    if (end + stride > words.length || end + stride < 0) {
      int capacity = Capacities.grow(words.length, end + stride);
      budget.reserve(8L * (capacity - words.length));
      words = Arrays.copyOf(words, capacity);
    }
    System.arraycopy(block, at, words, end, stride);
    int group = groupCount++;
    slots[slot] = group + 1;
    if (groupCount * 2L > slots.length) {
      resize(slots.length * 2);
    }
    return group;
  }

  private void resize(int slotCount) {
    Capacities.checkSlots(slotCount);
    budget.reserve(4L * (slotCount - slots.length));
    slots = new int[slotCount];
    mask = slotCount - 1;
    for (int group = 0; group < groupCount; group++) {
      int slot = hash(words, group * stride) & mask;
      while (slots[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = group + 1;
    }
  }

  @Override
  public int groupCount() {
    return groupCount;
  }

  @Override
  public List<Values> keys() {
    List<Values> columns = new ArrayList<>(columnCount);
    for (int c = 0; c < columnCount; c++) {
      long[] validity = new long[Validity.wordCount(groupCount)];
      boolean nulls = false;
      long[] longs = new long[groupCount];
      for (int i = 0; i < groupCount; i++) {
        longs[i] = words[i * stride + c];
        if ((words[i * stride + columnCount] >>> c & 1) == 0) {
          validity[i >>> 6] |= 1L << i;
        } else {
          nulls = true;
        }
      }
      Validity marked = nulls ? new Validity(validity) : null;
      if (doubles[c]) {
        double[] values = new double[groupCount];
        for (int i = 0; i < groupCount; i++) {
          values[i] = Double.longBitsToDouble(longs[i]);
        }
        columns.add(new DoubleValues(values, groupCount, marked));
      } else {
        columns.add(new LongValues(longs, groupCount, marked));
      }
    }
    return columns;
  }

  @Override
  public long sizeBytes() {
    return 4L * slots.length + 8L * words.length;
  }
}
