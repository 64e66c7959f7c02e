package io.cuvee.engine.aggregation;

import io.cuvee.execution.memory.MemoryBudget;
import java.util.Arrays;

/// Numbers the distinct of non-negative longs from 0 by open addressing. Not thread-safe.
final class LongGroups {
  private static final long EMPTY = -1;

  private final MemoryBudget budget;
  private long[] slots = new long[1024];
  private int[] slotGroups = new int[1024];
  private long[] keys = new long[512];
  private int count;
  private long reserved;

  LongGroups(MemoryBudget budget) {
    this.budget = budget;
    Arrays.fill(slots, EMPTY);
  }

  int count() {
    return count;
  }

  /// The key of each group, in the order of groups.
  long[] keys() {
    return keys;
  }

  void lookup(long[] values, int rows, int[] groups) {
    for (int i = 0; i < rows; i++) {
      groups[i] = group(values[i]);
    }
  }

  private int group(long key) {
    int mask = slots.length - 1;
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 33) & mask;
    while (slots[slot] != key) {
      if (slots[slot] == EMPTY) {
        return add(key, slot);
      }
      slot = slot + 1 & mask;
    }
    return slotGroups[slot];
  }

  private int add(long key, int slot) {
    slots[slot] = key;
    slotGroups[slot] = count;
    if (count == keys.length) {
      charge(8L * keys.length);
      keys = Arrays.copyOf(keys, keys.length * 2);
    }
    keys[count] = key;
    int group = count++;
    if (count * 2 > slots.length) {
      grow();
    }
    return group;
  }

  private void grow() {
    int size = slots.length * 2;
    charge(12L * slots.length);
    slots = new long[size];
    slotGroups = new int[size];
    Arrays.fill(slots, EMPTY);
    int mask = size - 1;
    for (int group = 0; group < count; group++) {
      int slot = (int) (keys[group] * 0x9E3779B97F4A7C15L >>> 33) & mask;
      while (slots[slot] != EMPTY) {
        slot = slot + 1 & mask;
      }
      slots[slot] = keys[group];
      slotGroups[slot] = group;
    }
  }

  private void charge(long bytes) {
    budget.reserve(bytes);
    reserved += bytes;
  }

  /// Gives back what was charged.
  void release() {
    budget.release(reserved);
    reserved = 0;
  }
}
