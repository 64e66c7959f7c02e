package io.cuvee.segment.index.startree;

import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import java.util.Arrays;

/// The nodes of a star-tree while it is built, as [StarTreeNodes] lays them out.
final class NodeList {
  private static final int NUMBERS = StarTreeNodes.NODE_BYTES / 4;

  private final MemoryBudget budget;
  private int[] numbers = new int[0];
  private int count;

  NodeList(MemoryBudget budget) {
    this.budget = budget;
  }

  int count() {
    return count;
  }

  int add(int value, int start, int end) {
    if ((count + 1) * NUMBERS > numbers.length) {
      int capacity = Math.max(16 * NUMBERS, Math.multiplyExact(numbers.length, 2));
      budget.reserve(4L * (capacity - numbers.length));
      numbers = Arrays.copyOf(numbers, capacity);
    }
    int at = count * NUMBERS;
    numbers[at] = value;
    numbers[at + 1] = start;
    numbers[at + 2] = end;
    numbers[at + 3] = StarTreeNodes.NULL;
    return count++;
  }

  int value(int node) {
    return numbers[node * NUMBERS];
  }

  int start(int node) {
    return numbers[node * NUMBERS + 1];
  }

  int end(int node) {
    return numbers[node * NUMBERS + 2];
  }

  void setRecords(int node, int start, int end) {
    numbers[node * NUMBERS + 1] = start;
    numbers[node * NUMBERS + 2] = end;
  }

  int aggregate(int node) {
    return numbers[node * NUMBERS + 3];
  }

  void setAggregate(int node, int record) {
    numbers[node * NUMBERS + 3] = record;
  }

  int firstChild(int node) {
    return numbers[node * NUMBERS + 4];
  }

  int childCount(int node) {
    return numbers[node * NUMBERS + 5];
  }

  void setChildren(int node, int first, int children) {
    numbers[node * NUMBERS + 4] = first;
    numbers[node * NUMBERS + 5] = children;
  }

  void write(ColumnsWriter out, String owner) {
    out.begin();
    out.putInts(numbers, count * NUMBERS);
    out.end(owner, BufferKind.STAR_TREE_NODES);
  }
}
