package io.cuvee.execution.aggregate;

import io.cuvee.execution.memory.MemoryBudget;
import java.util.Arrays;

/// Numbers distinct byte ranges from 0. They lie one after the other in one array.
final class BytesTable {
  private final MemoryBudget budget;
  private int[] slots = new int[0];
  private int mask;
  private int[] hashes = new int[0];
  private int[] offsets = new int[1];
  private byte[] bytes = new byte[0];
  private int count;

  BytesTable(MemoryBudget budget) {
    this.budget = budget;
    resize(16);
  }

  int count() {
    return count;
  }

  byte[] bytes() {
    return bytes;
  }

  /// Where entry `index` begins; the end of the last for `count()`.
  int offset(int index) {
    return offsets[index];
  }

  int[] offsets() {
    return Arrays.copyOf(offsets, count + 1);
  }

  /// The number of this range; a new one if `add`, else −1.
  int find(byte[] source, int from, int length, boolean add) {
    int hash = Hashing.hash(source, from, length);
    int slot = hash & mask;
    while (true) {
      int index = slots[slot] - 1;
      if (index < 0) {
        return add ? insert(source, from, length, hash, slot) : -1;
      }
      if (hashes[index] == hash
          && Arrays.equals(
              bytes, offsets[index], offsets[index + 1], source, from, from + length)) {
        return index;
      }
      slot = slot + 1 & mask;
    }
  }

  private int insert(byte[] source, int from, int length, int hash, int slot) {
    append(source, from, length, hash);
    slots[slot] = count;
    if (count * 2L > slots.length) {
      resize(slots.length * 2);
    }
    return count - 1;
  }

  /// Adds an entry that [#find] never finds.
  int appendHidden() {
    append(bytes, 0, 0, 0);
    return count - 1;
  }

  private void append(byte[] source, int from, int length, int hash) {
    int end = offsets[count];
    if (end + length > bytes.length || end + length < 0) {
      int capacity =
          Capacities.grow(bytes.length, Math.max(end + length, end + length < 0 ? -1 : 256));
      budget.reserve(capacity - bytes.length);
      bytes = Arrays.copyOf(bytes, capacity);
    }
    if (count == hashes.length) {
      int capacity = Capacities.grow(hashes.length, Math.max(16, count + 1));
      budget.reserve(8L * (capacity - hashes.length));
      hashes = Arrays.copyOf(hashes, capacity);
      offsets = Arrays.copyOf(offsets, capacity + 1);
    }
    System.arraycopy(source, from, bytes, end, length);
    hashes[count] = hash;
    offsets[++count] = end + length;
  }

  private void resize(int slotCount) {
    Capacities.checkSlots(slotCount);
    budget.reserve(4L * (slotCount - slots.length));
    int[] old = slots;
    slots = new int[slotCount];
    mask = slotCount - 1;
    for (int entry : old) {
      if (entry != 0) {
        int slot = hashes[entry - 1] & mask;
        while (slots[slot] != 0) {
          slot = slot + 1 & mask;
        }
        slots[slot] = entry;
      }
    }
  }

  long sizeBytes() {
    return 4L * slots.length + 8L * hashes.length + bytes.length;
  }
}
