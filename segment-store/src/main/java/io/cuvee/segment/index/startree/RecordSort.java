package io.cuvee.segment.index.startree;

/// Puts a range of records in the order of the last dimensions.
final class RecordSort {
  /// A counting sort is worth a pass over the values of each dimension if there are so many records
  /// for each of them.
  private static final int VALUES_PER_RECORD = 4;

  private static final int INSERTION_LIMIT = 12;

  private final Records records;
  private final int[] cardinalities;
  private int[] order = new int[0];
  private int[] scratch = new int[0];

  /// @param cardinalities of the dimensions
  RecordSort(Records records, int[] cardinalities) {
    this.records = records;
    this.cardinalities = cardinalities;
  }

  /// The records `[start, end)` by the dimensions from `firstDimension`; valid until the next call.
  int[] sorted(int start, int end, int firstDimension) {
    int count = end - start;
    if (order.length < count) {
      order = new int[count];
      scratch = new int[count];
    }
    for (int i = 0; i < count; i++) {
      order[i] = start + i;
    }
    boolean counting = true;
    for (int d = firstDimension; d < cardinalities.length; d++) {
      counting &= cardinalities[d] <= (long) count * VALUES_PER_RECORD;
    }
    if (counting) {
      for (int d = cardinalities.length - 1; d >= firstDimension; d--) {
        countingSort(count, d);
      }
    } else {
      System.arraycopy(order, 0, scratch, 0, count);
      mergeSort(order, scratch, 0, count, firstDimension);
    }
    return order;
  }

  private void countingSort(int count, int dimension) {
    int[] ids = records.ids(dimension);
    int[] starts = new int[cardinalities[dimension] + 3];
    for (int i = 0; i < count; i++) {
      starts[ids[order[i]] + 3]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    for (int i = 0; i < count; i++) {
      scratch[starts[ids[order[i]] + 2]++] = order[i];
    }
    int[] swap = order;
    order = scratch;
    scratch = swap;
  }

  /// Sorts `[from, to)` of `target`; `source` holds the same there.
  private void mergeSort(int[] target, int[] source, int from, int to, int firstDimension) {
    if (to - from <= INSERTION_LIMIT) {
      for (int i = from + 1; i < to; i++) {
        int moving = target[i];
        int at = i;
        for (; at > from && compare(target[at - 1], moving, firstDimension) > 0; at--) {
          target[at] = target[at - 1];
        }
        target[at] = moving;
      }
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(source, target, from, middle, firstDimension);
    mergeSort(source, target, middle, to, firstDimension);
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft =
          right >= to || left < middle && compare(source[left], source[right], firstDimension) <= 0;
      target[i] = takeLeft ? source[left++] : source[right++];
    }
  }

  /// Compares two records by the dimensions from `firstDimension`.
  int compare(int a, int b, int firstDimension) {
    for (int d = firstDimension; d < cardinalities.length; d++) {
      int order = Integer.compare(records.id(d, a), records.id(d, b));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
