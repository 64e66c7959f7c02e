package io.cuvee.execution.aggregate;

import io.cuvee.execution.kernel.ValueOrder;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.Comparator;

/// The distinct values of one group and how often each came. Not thread-safe.
final class Tally {
  private final Values values;
  private final long[] counts;
  private final int[] order;
  private final int start;
  private final int end;

  /// @param counts how often each of `values` came
  /// @param order the group's values are those at `order[start..end)`, at least one; is reordered
  Tally(Values values, long[] counts, int[] order, int start, int end) {
    this.values = values;
    this.counts = counts;
    this.order = order;
    this.start = start;
    this.end = end;
  }

  Values values() {
    return values;
  }

  /// How many values there are, with repetitions.
  long size() {
    return sum(start, end);
  }

  /// How many values there are, without repetitions.
  int distinctCount() {
    return end - start;
  }

  /// The position of the distinct value number `i`.
  int position(int i) {
    return order[start + i];
  }

  /// How often the distinct value number `i` came.
  long count(int i) {
    return counts[order[start + i]];
  }

  /// Numbers the distinct values in ascending order.
  void sort() {
    sort(false);
  }

  /// Numbers the distinct values by how often they came, the most frequent first.
  void sortByCount() {
    sort(true);
  }

  private void sort(boolean byCount) {
    Integer[] positions = new Integer[end - start];
    Arrays.setAll(positions, i -> order[start + i]);
    Comparator<Integer> byValue = (a, b) -> ValueOrder.compare(values, a, values, b);
    Comparator<Integer> byFrequency = (a, b) -> Long.compare(counts[b], counts[a]);
    Arrays.sort(positions, byCount ? byFrequency.thenComparing(byValue) : byValue);
    for (int i = 0; i < positions.length; i++) {
      order[start + i] = positions[i];
    }
  }

  private long sum(int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += counts[order[i]];
    }
    return sum;
  }

  /// The position of the value that came most often, of several the smallest.
  int mode() {
    int best = order[start];
    for (int i = start + 1; i < end; i++) {
      int candidate = order[i];
      if (counts[candidate] > counts[best]
          || counts[candidate] == counts[best]
              && ValueOrder.compare(values, candidate, values, best) < 0) {
        best = candidate;
      }
    }
    return best;
  }

  /// The position of the value that has `rank` values before it in ascending order, found by
  /// Hoare's selection.
  int atRank(long rank) {
    int from = start;
    int to = end;
    long before = rank;
    long seed = 0x9E37_79B9_7F4A_7C15L;
    while (true) {
      seed = seed * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      int pivot = order[from + (int) ((seed >>> 33) % (to - from))];
      int less = from;
      int greater = to;
      int at = from;
      while (at < greater) {
        int candidate = order[at];
        int comparison = ValueOrder.compare(values, candidate, values, pivot);
        if (comparison < 0) {
          order[at++] = order[less];
          order[less++] = candidate;
        } else if (comparison > 0) {
          order[at] = order[--greater];
          order[greater] = candidate;
        } else {
          at++;
        }
      }
      long smaller = sum(from, less);
      if (before < smaller) {
        to = less;
      } else if (before < smaller + sum(less, greater)) {
        return pivot;
      } else {
        before -= smaller + sum(less, greater);
        from = greater;
      }
    }
  }
}
