package io.cuvee.segment.build;

/// Sorts positions by what they stand for: a merge sort, stable, without boxing.
final class IndexSort {
  private static final int INSERTION_LIMIT = 12;

  private IndexSort() {}

  interface Order {
    int compare(int a, int b);
  }

  /// The positions `[0, count)` in the given order.
  static int[] sorted(int count, Order order) {
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = i;
    }
    sort(positions, positions.clone(), 0, count, order);
    return positions;
  }

  /// Sorts `[from, to)` of `target`; `scratch` has the same positions.
  private static void sort(int[] target, int[] scratch, int from, int to, Order order) {
    if (to - from <= INSERTION_LIMIT) {
      for (int i = from + 1; i < to; i++) {
        int moving = target[i];
        int at = i;
        for (; at > from && order.compare(target[at - 1], moving) > 0; at--) {
          target[at] = target[at - 1];
        }
        target[at] = moving;
      }
      return;
    }
    int middle = (from + to) >>> 1;
    sort(scratch, target, from, middle, order);
    sort(scratch, target, middle, to, order);
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft =
          right >= to || left < middle && order.compare(scratch[left], scratch[right]) <= 0;
      target[i] = takeLeft ? scratch[left++] : scratch[right++];
    }
  }
}
