package io.cuvee.broker.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/// Closed intervals of longs, and which of them meet another: a balanced tree by their beginnings,
/// in arrays, each node with the largest end below it. Immutable.
final class IntervalIndex<T> {
  private final List<Entry<T>> entries;
  private final long[] largestEnd;

  /// @param max not below `min`
  record Entry<T>(long min, long max, T value) {}

  IntervalIndex(List<Entry<T>> intervals) {
    List<Entry<T>> sorted = new ArrayList<>(intervals);
    sorted.sort(Comparator.comparingLong(Entry::min));
    entries = List.copyOf(sorted);
    largestEnd = new long[entries.size()];
    fill(0, entries.size());
  }

  private long fill(int from, int to) {
    if (from >= to) {
      return Long.MIN_VALUE;
    }
    int middle = (from + to) >>> 1;
    largestEnd[middle] =
        Math.max(entries.get(middle).max(), Math.max(fill(from, middle), fill(middle + 1, to)));
    return largestEnd[middle];
  }

  int size() {
    return entries.size();
  }

  /// Hands over the value of each interval that has a number from `min` to `max`.
  void meeting(long min, long max, Consumer<T> found) {
    if (min > max) {
      return;
    }
    meeting(0, entries.size(), min, max, found);
  }

  private void meeting(int from, int to, long min, long max, Consumer<T> found) {
    if (from >= to) {
      return;
    }
    int middle = (from + to) >>> 1;
    if (largestEnd[middle] < min) {
      return;
    }
    meeting(from, middle, min, max, found);
    Entry<T> entry = entries.get(middle);
    if (entry.min() > max) {
      return;
    }
    if (entry.max() >= min) {
      found.accept(entry.value());
    }
    meeting(middle + 1, to, min, max, found);
  }
}
