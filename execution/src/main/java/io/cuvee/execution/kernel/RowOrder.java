package io.cuvee.execution.kernel;

import io.cuvee.common.plan.SortKey;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The order of the rows of one page by some keys, and a stable sort by it.
public final class RowOrder {
  private static final int SMALL_RUN = 16;

  private final Values[] columns;
  private final int[] signs;
  private final int[] ofNull;
  private final Page page;
  private final List<SortKey> keys;

  /// Made when rows of this page are compared with each other for the first time.
  private @Nullable SortPrefixes prefixes;

  public RowOrder(Page page, List<SortKey> keys) {
    this.page = page;
    this.keys = keys;
    columns = new Values[keys.size()];
    signs = new int[columns.length];
    ofNull = new int[columns.length];
    for (int k = 0; k < columns.length; k++) {
      columns[k] = page.column(keys.get(k).column());
      signs[k] = keys.get(k).descending() ? -1 : 1;
      ofNull[k] = keys.get(k).nullsFirst() ? -1 : 1;
    }
  }

  private SortPrefixes prefixes() {
    SortPrefixes known = prefixes;
    if (known == null) {
      known = prefixes = new SortPrefixes(page, keys);
    }
    return known;
  }

  public int compare(int i, int j) {
    SortPrefixes known = prefixes();
    int order = Long.compare(known.get(i), known.get(j));
    return order != 0 || known.isExact() ? order : compare(this, i, this, j);
  }

  /// Compares row `i` of one page with row `j` of another of the same form.
  public static int compare(RowOrder a, int i, RowOrder b, int j) {
    for (int k = 0; k < a.columns.length; k++) {
      boolean aNull = a.columns[k].isNull(i);
      boolean bNull = b.columns[k].isNull(j);
      if (aNull || bNull) {
        if (aNull != bNull) {
          return aNull ? a.ofNull[k] : -a.ofNull[k];
        }
        continue;
      }
      int order = ValueOrder.compare(a.columns[k], i, b.columns[k], j);
      if (order != 0) {
        return a.signs[k] * order;
      }
    }
    return 0;
  }

  /// The numbers of the first `needed` rows in order; rows that are equal stay in theirs. Few of
  /// many are kept in a heap, whose top is the last of them.
  public int[] first(int rowCount, int needed) {
    if (needed >= rowCount / 8) {
      int[] rows = sorted(rowCount);
      return needed < rowCount ? Arrays.copyOf(rows, needed) : rows;
    }
    int[] heap = new int[needed];
    for (int row = 0; row < needed; row++) {
      heap[row] = row;
    }
    for (int at = needed / 2 - 1; at >= 0; at--) {
      siftDown(heap, at);
    }
    for (int row = needed; row < rowCount && needed > 0; row++) {
      // An equal row that comes later stays behind.
      if (compare(row, heap[0]) < 0) {
        heap[0] = row;
        siftDown(heap, 0);
      }
    }
    Arrays.sort(heap);
    return sort(heap);
  }

  private void siftDown(int[] heap, int from) {
    int row = heap[from];
    int at = from;
    while (2 * at + 1 < heap.length) {
      int child = 2 * at + 1;
      if (child + 1 < heap.length && isAfter(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isAfter(heap[child], row)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = row;
  }

  private boolean isAfter(int i, int j) {
    int order = compare(i, j);
    return order > 0 || order == 0 && i > j;
  }

  /// The numbers of all rows in order; rows that are equal stay in theirs.
  public int[] sorted(int rowCount) {
    int[] rows = new int[rowCount];
    for (int i = 0; i < rowCount; i++) {
      rows[i] = i;
    }
    return sort(rows);
  }

  /// Sorts row numbers; equal rows stay in their order.
  ///
  /// @return the array that holds them in the end
  private int[] sort(int[] numbers) {
    SortPrefixes known = prefixes();
    int rowBits = Integer.SIZE - Integer.numberOfLeadingZeros(page.rowCount());
    return known.isExact() && known.bits() + rowBits < Long.SIZE
        ? sortNumbers(numbers, known, rowBits)
        : mergeSort(numbers);
  }

  /// By one number for each row, made of its keys and its place.
  private static int[] sortNumbers(int[] rows, SortPrefixes prefixes, int rowBits) {
    long[] numbers = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      numbers[i] = prefixes.get(rows[i]) << rowBits | rows[i];
    }
    Arrays.sort(numbers);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (int) (numbers[i] & (1L << rowBits) - 1);
    }
    return rows;
  }

  private int[] mergeSort(int[] numbers) {
    int[] rows = numbers;
    int rowCount = rows.length;
    for (int from = 0; from < rowCount; from += SMALL_RUN) {
      insertionSort(rows, from, Math.min(rowCount, from + SMALL_RUN));
    }
    int[] other = new int[rowCount];
    for (long run = SMALL_RUN; run < rowCount; run *= 2) {
      for (long from = 0; from < rowCount; from += 2 * run) {
        int middle = (int) Math.min(rowCount, from + run);
        merge(rows, (int) from, middle, (int) Math.min(rowCount, from + 2 * run), other);
      }
      int[] swap = rows;
      rows = other;
      other = swap;
    }
    return rows;
  }

  private void insertionSort(int[] rows, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int row = rows[i];
      int at = i;
      while (at > from && compare(row, rows[at - 1]) < 0) {
        rows[at] = rows[at - 1];
        at--;
      }
      rows[at] = row;
    }
  }

  private void merge(int[] rows, int from, int middle, int to, int[] out) {
    if (middle == to || compare(rows[middle - 1], rows[middle]) <= 0) {
      System.arraycopy(rows, from, out, from, to - from);
      return;
    }
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft = right == to || left < middle && compare(rows[left], rows[right]) <= 0;
      out[i] = takeLeft ? rows[left++] : rows[right++];
    }
  }
}
